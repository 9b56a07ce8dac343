//! Bytes to text: byte order mark > HTTP > the document's own declaration > UTF-8.
//!
//! Labels lie. One that cannot decode the document is passed over, and the bytes decide.

use encoding_rs::{EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// `content_type` as HTTP gave it. Never fails: what fits nothing is read as Western.
pub(super) fn decode(bytes: &[u8], content_type: Option<&str>) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0.into_owned();
    }
    match bytes {
        [b'<' | b'{', 0, ..] => return UTF_16LE.decode_without_bom_handling(bytes).0.into_owned(),
        [0, b'<' | b'{', ..] => return UTF_16BE.decode_without_bom_handling(bytes).0.into_owned(),
        _ => {}
    }
    let shifts = bytes.windows(2).any(|pair| matches!(pair, [0x1b, b'$' | b'(']));
    if let Ok(text) = std::str::from_utf8(bytes)
        && !shifts
        && (text.is_ascii() || surely_utf8(text) || labels(bytes, content_type).all(Encoding::is_single_byte))
    {
        return text.to_owned();
    }
    by_label_or_bytes(bytes, content_type, shifts)
}

fn by_label_or_bytes(bytes: &[u8], content_type: Option<&str>, shifts: bool) -> String {
    let mut closest: Option<(usize, String)> = None;
    let (western, labelled): (Vec<_>, Vec<_>) =
        labels(bytes, content_type).partition(|encoding| encoding.is_single_byte());
    // Shifts are ASCII to everyone else: no other label would ever seem wrong.
    let shifted = shifts.then_some((ISO_2022_JP, false));
    let labelled = labelled.into_iter().map(|encoding| (encoding, true));
    let guesses = [UTF_8, EUC_JP, SHIFT_JIS].map(|encoding| (encoding, false));
    for (encoding, trusted) in shifted.into_iter().chain(labelled).chain(guesses) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        let wrong = text.matches(char::REPLACEMENT_CHARACTER).count();
        if wrong == 0 && (trusted || encoding == UTF_8 || text.chars().any(is_kana)) {
            return text.into_owned();
        }
        // A few broken characters are better than another alphabet.
        let tolerable = wrong * 100 <= text.len();
        if tolerable
            && (trusted || western.is_empty())
            && closest.as_ref().is_none_or(|(least, _)| wrong < *least)
        {
            closest = Some((wrong, text.into_owned()));
        }
    }
    match closest {
        Some((_, text)) => text,
        None => {
            let encoding = western.first().copied().unwrap_or(WINDOWS_1252);
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        }
    }
}

/// Three bytes that make one character by UTF-8's rules, throughout a document, are no accident.
fn surely_utf8(text: &str) -> bool {
    text.chars().any(|c| c.len_utf8() >= 3)
}

/// HTTP's label, then the document's. UTF-16 is left out: its documents were told by their shape.
fn labels(bytes: &[u8], content_type: Option<&str>) -> impl Iterator<Item = &'static Encoding> {
    let head = bytes.get(..bytes.len().min(2_048)).unwrap_or_default();
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let declared = match head.trim_start().strip_prefix("<?xml") {
        Some(rest) => rest.split("?>").next().and_then(|declaration| value_of(declaration, "encoding")),
        None => value_of(&head, "charset"),
    };
    let http = content_type.and_then(|value| value_of(&value.to_ascii_lowercase(), "charset"));
    [http, declared]
        .into_iter()
        .flatten()
        .filter_map(|label| Encoding::for_label_no_replacement(label.as_bytes()))
        .filter(|encoding| ![UTF_16LE, UTF_16BE].contains(encoding))
}

fn value_of(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(rest.len());
    Some(rest.get(..end)?.to_owned())
}

const fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "日本語のフィードです。テストの文章をいくつか書きます。";

    fn document(label: &str, encoding: &'static Encoding) -> Vec<u8> {
        let text = format!("<?xml version=\"1.0\" encoding=\"{label}\"?><rss>{TEXT}</rss>");
        encoding.encode(&text).0.into_owned()
    }

    fn reads(bytes: &[u8], content_type: Option<&str>) -> bool {
        decode(bytes, content_type).contains(TEXT)
    }

    #[test]
    fn declared_charsets_are_read() {
        for encoding in [UTF_8, SHIFT_JIS, EUC_JP, ISO_2022_JP] {
            assert!(reads(&document(encoding.name(), encoding), None), "{}", encoding.name());
        }
    }

    #[test]
    fn http_wins_over_the_declaration_and_the_mark_over_both() {
        assert!(reads(&document("euc-jp", SHIFT_JIS), Some("text/xml; charset=Shift_JIS")));
        assert!(reads(&document("shift_jis", EUC_JP), Some("text/xml;charset=\"euc-jp\"")));
        let mut marked = b"\xef\xbb\xbf".to_vec();
        marked.extend(document("shift_jis", UTF_8));
        assert!(reads(&marked, Some("text/xml; charset=euc-jp")));
        let utf16: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(reads(&[b"\xff\xfe", &utf16[..]].concat(), None));
    }

    #[test]
    fn labels_that_lie_are_passed_over() {
        for encoding in [UTF_8, SHIFT_JIS, EUC_JP, ISO_2022_JP] {
            for label in ["utf-8", "iso-8859-1", "euc-jp", "shift_jis", "us-ascii", "utf-16", "nonsense"] {
                // A Japanese double-byte label over the other's bytes may decode to other kanji.
                let doubtful =
                    [SHIFT_JIS, EUC_JP].contains(&encoding) && ["euc-jp", "shift_jis"].contains(&label);
                if !doubtful {
                    assert!(reads(&document(label, encoding), None), "{} labelled {label}", encoding.name());
                    let header = format!("text/xml; charset={label}");
                    assert!(
                        reads(&document("utf-8", encoding), Some(&header)),
                        "{} {label}",
                        encoding.name()
                    );
                }
            }
        }
    }

    #[test]
    fn western_text_stays_western() {
        let bytes = b"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>caf\xe9 na\xefve \xfcber</a>";
        assert!(decode(bytes, None).contains("café naïve über"));
        assert!(decode(b"<a>caf\xe9 cr\xe8me</a>", None).contains("café crème"));
    }

    #[test]
    fn one_broken_character_does_not_change_the_alphabet() {
        let mut bytes = document("shift_jis", SHIFT_JIS);
        bytes.extend(SHIFT_JIS.encode(&TEXT.repeat(9)).0.iter());
        bytes.push(0x81);
        assert!(reads(&bytes, None));
    }
}
