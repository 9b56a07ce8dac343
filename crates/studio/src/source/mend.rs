//! Small faults that `feed-rs` would refuse a whole feed for, put right in the text.

/// `feed-rs` knows some versions and namespaces only; their kin are read the same way.
pub(super) fn root(name: &str, tag: &str) -> String {
    const NAMESPACES: [(&str, &str); 5] = [
        ("http://my.netscape.com/rdf/simple/0.9/", "http://purl.org/rss/1.0/"),
        ("http://channel.netscape.com/rdf/simple/0.9/", "http://purl.org/rss/1.0/"),
        ("http://purl.org/atom/ns#", "http://www.w3.org/2005/Atom"),
        ("https://www.w3.org/2005/Atom", "http://www.w3.org/2005/Atom"),
        ("https://purl.org/rss/1.0/", "http://purl.org/rss/1.0/"),
    ];
    let mut tag = tag.to_owned();
    for (old, new) in NAMESPACES {
        tag = tag.replace(old, new);
    }
    if name == "rss" {
        let version = tag.find("version").and_then(|start| {
            let rest = tag.get(start..)?;
            let open = rest.find(['"', '\''])?;
            let length = rest.get(open + 1..)?.find(['"', '\''])?;
            Some((start, start + open + 1 + length + 1, rest.get(open + 1..open + 1 + length)?.to_owned()))
        });
        match version {
            Some((start, end, version)) if version.trim().starts_with("0.9") => {
                tag.replace_range(start..end, "version=\"0.91\"");
            }
            Some((start, end, _)) => tag.replace_range(start..end, "version=\"2.0\""),
            None => tag.insert_str("<rss".len(), " version=\"2.0\""),
        }
    }
    tag
}

/// Escapes `&` that starts no reference, drops references to characters XML forbids and such
/// characters themselves. Either would cost the whole feed.
pub(super) fn references(text: &str, out: &mut String) {
    out.reserve(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        let (before, from) = rest.split_at(at);
        push_legal(out, before);
        let taken = if from.starts_with("<![CDATA[") {
            let end = from.find("]]>").map_or(from.len(), |end| end + 3);
            push_legal(out, from.get(..end).unwrap_or(from));
            end
        } else if from.starts_with("<!--") {
            // Comments say nothing to listeners.
            from.find("-->").map_or(from.len(), |end| end + 3)
        } else if from.starts_with('<') {
            out.push('<');
            1
        } else {
            reference(from, out)
        };
        rest = from.get(taken..).unwrap_or_default();
    }
    push_legal(out, rest);
}

/// Returns how many bytes were read.
fn reference(from: &str, out: &mut String) -> usize {
    let name = from.get(1..).unwrap_or_default();
    let end = name.bytes().take(40).position(|byte| !(byte.is_ascii_alphanumeric() || byte == b'#'));
    let Some((name, true)) =
        end.and_then(|end| Some((name.get(..end)?, name.as_bytes().get(end) == Some(&b';'))))
    else {
        out.push_str("&amp;");
        return 1;
    };
    let length = name.len() + 2;
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => number.parse(),
        };
        if let Some(c) = code.ok().and_then(char::from_u32).filter(|c| legal(*c)) {
            out.push_str(&format!("&#{};", u32::from(c)));
        }
    } else if name.is_empty() {
        out.push_str("&amp;;");
    } else {
        out.push_str(from.get(..length).unwrap_or_default());
    }
    length
}

fn push_legal(out: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r')) {
        out.push_str(text);
    } else {
        out.extend(text.chars().filter(|c| legal(*c)));
    }
}

const fn legal(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}
