//! Groups dead letters that died of the same thing: the message without what differs from job to job.

use crate::{Class, Kind};

/// Longer messages say nothing more about the cause.
const CHARS_MAX: usize = 300;

/// 16 hex digits, the same for ever for the same (kind, class, folded message): FNV-1a, 64 bits.
pub fn fingerprint(kind: &Kind, class: Class, message: &str) -> String {
    let folded = fold(message);
    let parts = [kind.name(), class.name(), &folded];
    // A byte that occurs in no part keeps ("ab", "c") and ("a", "bc") apart.
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xFF]));
    let hash = bytes.fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    format!("{hash:016x}")
}

/// A message with addresses, paths, quoted text, identifiers and numbers replaced by what they are.
pub fn fold(message: &str) -> String {
    let mut folded = String::with_capacity(message.len().min(CHARS_MAX));
    let mut rest = message.trim();
    let mut after_word = false;
    while let Some(first) = rest.chars().next() {
        if folded.len() >= CHARS_MAX {
            break;
        }
        if let Some(length) = quoted(rest, after_word) {
            folded.push_str("<text>");
            rest = &rest[length..];
            after_word = false;
        } else if first.is_whitespace() {
            if !folded.ends_with(' ') {
                folded.push(' ');
            }
            rest = rest.trim_start();
            after_word = false;
        } else {
            let length = word_length(rest).max(first.len_utf8());
            let (word, tail) = rest.split_at(length);
            push_word(&mut folded, word);
            rest = tail;
            after_word = word.ends_with(char::is_alphanumeric);
        }
    }
    folded
}

/// The bytes of a quotation at the start of `text`. An apostrophe inside a word opens none.
fn quoted(text: &str, after_word: bool) -> Option<usize> {
    let open = text.chars().next()?;
    let close = match open {
        '"' | '`' => open,
        '\'' if !after_word => open,
        '“' => '”',
        '「' => '」',
        _ => return None,
    };
    let inside = &text[open.len_utf8()..];
    Some(open.len_utf8() + inside.find(close)? + close.len_utf8())
}

/// The bytes up to the next space, quote or bracket; a list or an assignment is several words, an address
/// is one.
fn word_length(text: &str) -> usize {
    let ends = |c: char| c.is_whitespace() || "\"'`“”「」()[]{}<>".contains(c);
    let whole = text.find(ends).unwrap_or(text.len());
    let part = text[..whole].find([',', ';', '=']).unwrap_or(whole);
    if text[..part].contains("://") { whole } else { part }
}

fn push_word(folded: &mut String, word: &str) {
    let bare = word.trim_end_matches([':', '.', '!', '?']);
    let after = &word[bare.len()..];
    if bare.contains("://") {
        folded.push_str("<url>");
    } else if is_path(bare) {
        folded.push_str("<path>");
    } else {
        push_runs(folded, bare);
    }
    folded.push_str(after);
}

fn is_path(word: &str) -> bool {
    let drive = word.as_bytes().get(1..3) == Some(b":\\".as_slice());
    drive || (word.len() > 1 && (word.starts_with('/') || word.starts_with("./") || word.starts_with("~/")))
}

/// Letters and digits run by run: `<id>`, `<hex>`, `<n>`, or the text in lower case.
fn push_runs(folded: &mut String, word: &str) {
    if is_uuid(word) {
        folded.push_str("<id>");
        return;
    }
    let mut rest = word;
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(length.max(first.len_utf8()));
        if is_hex(run) {
            folded.push_str("<hex>");
        } else {
            push_letters(folded, run);
        }
        rest = tail;
    }
}

fn push_letters(folded: &mut String, run: &str) {
    let mut in_number = false;
    for c in run.chars() {
        if c.is_ascii_digit() {
            if !in_number {
                folded.push_str("<n>");
            }
            in_number = true;
        } else {
            in_number = false;
            folded.extend(c.to_lowercase());
        }
    }
}

fn is_uuid(word: &str) -> bool {
    let groups = [8, 4, 4, 4, 12];
    let mut parts = word.split('-');
    let all = groups.iter().all(|&length| {
        parts.next().is_some_and(|part| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit()))
    });
    all && parts.next().is_none()
}

/// `0x…`, or eight and more hex digits with both letters and digits, so that no word is taken for one.
fn is_hex(run: &str) -> bool {
    if let Some(digits) = run.strip_prefix("0x") {
        return !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit());
    }
    run.len() >= 8
        && run.bytes().all(|b| b.is_ascii_hexdigit())
        && run.bytes().any(|b| b.is_ascii_digit())
        && run.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_differs_from_job_to_job_is_folded() {
        for (message, folded) in [
            ("timeout after 3012 ms", "timeout after <n> ms"),
            ("GET https://example.org/a?b=1: status 503", "get <url>: status <n>"),
            ("cannot open /var/lib/x/7.mp3: no space", "cannot open <path>: no space"),
            ("article 'A new day' is too short", "article <text> is too short"),
            ("feed \"3 news\" doesn't answer", "feed <text> doesn't answer"),
            ("job 018f3a2b-7c1d-7e2f-8a3b-0123456789ab lost", "job <id> lost"),
            ("at 0x7ffE12 key deadbeef01", "at <hex> key <hex>"),
            ("声「テスト」は 12 秒", "声<text>は <n> 秒"),
            ("two   spaces\n and lines", "two spaces and lines"),
        ] {
            assert_eq!(fold(message), folded);
        }
    }

    #[test]
    fn kind_class_and_cause_keep_groups_apart() {
        let narrate = Kind::new("narrate");
        let id = |kind: &Kind, class, message| fingerprint(kind, class, message);
        let base = id(&narrate, Class::Transient, "status 503");
        assert_eq!(base, id(&narrate, Class::Transient, "status 500"));
        assert_ne!(base, id(&Kind::new("fetch"), Class::Transient, "status 503"));
        assert_ne!(base, id(&narrate, Class::Permanent, "status 503"));
        assert_ne!(base, id(&narrate, Class::Transient, "no answer"));
        // Groups are stored: the id of a known message must never change.
        assert_eq!(base, "b20dfa937a636801");
    }

    proptest! {
        #[test]
        fn any_text_folds_and_stays_folded(message in "\\PC{0,400}") {
            let once = fold(&message);
            prop_assert!(once.chars().count() <= CHARS_MAX + 100 || message.chars().count() > CHARS_MAX);
        }

        #[test]
        fn numbers_never_matter(a in any::<u32>(), b in any::<u32>()) {
            prop_assert_eq!(fold(&format!("row {a} of {b}")), fold(&format!("row {b} of {a}")));
        }
    }
}
