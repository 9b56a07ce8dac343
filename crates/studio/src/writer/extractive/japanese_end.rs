//! Where Japanese sentences end: at 。！？ outside quotes and brackets.

/// Byte offsets after each sentence of one line. What follows the last one is a sentence too.
pub(super) fn ends(line: &str) -> Vec<usize> {
    let chars: Vec<(usize, char)> = line.char_indices().collect();
    let inside = bracketed(&chars);
    let at = |i: usize| chars.get(i).map(|(_, c)| *c);
    let mut ends = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let (_, c) = chars[i];
        let before = i.checked_sub(1).and_then(at);
        if inside[i] || !is_end(c, before, at(i + 1)) {
            i += 1;
            continue;
        }
        let mut after = i + 1;
        while at(after)
            .is_some_and(|c| matches!(c, '。' | '！' | '？' | '!' | '?' | '…' | '」' | '』' | '）' | '”'))
        {
            after += 1;
        }
        // 「なぜ？と問う」, 「すごい！って」: the sentence goes on.
        let quoted =
            c != '。' && at(after).is_some_and(|c| matches!(c, 'と' | 'っ' | 'の' | 'な' | 'が' | 'を'));
        if !quoted && let Some((end, _)) = chars.get(after) {
            ends.push(*end);
        }
        i = after;
    }
    ends
}

fn is_end(c: char, before: Option<char>, after: Option<char>) -> bool {
    match c {
        '。' | '！' | '？' => true,
        // The full stop of some technical writing; elsewhere a decimal point.
        '．' => !before.is_some_and(char::is_numeric) || !after.is_some_and(char::is_numeric),
        // Half-width marks also stand in names (Yahoo!ニュース) and in English inside Japanese.
        '!' | '?' => after.is_none_or(char::is_whitespace),
        '.' => before.is_some_and(char::is_alphabetic) && after.is_none_or(char::is_whitespace),
        _ => false,
    }
}

/// Which characters stand inside a bracket that is closed in this line.
fn bracketed(chars: &[(usize, char)]) -> Vec<bool> {
    let mut inside = vec![false; chars.len()];
    let mut open: Vec<(usize, char)> = Vec::new();
    for (i, (_, c)) in chars.iter().enumerate() {
        if let Some(close) = closing(*c) {
            open.push((i, close));
        } else if let Some(depth) = open.iter().rposition(|(_, close)| close == c) {
            let (start, _) = open[depth];
            inside[start..i].fill(true);
            open.truncate(depth);
        }
    }
    inside
}

const fn closing(c: char) -> Option<char> {
    match c {
        '「' => Some('」'),
        '『' => Some('』'),
        '（' => Some('）'),
        '(' => Some(')'),
        '【' => Some('】'),
        '〈' => Some('〉'),
        '《' => Some('》'),
        '“' => Some('”'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Vec<&str> {
        let mut start = 0;
        let mut parts = Vec::new();
        for end in ends(line).into_iter().chain([line.len()]) {
            parts.push(&line[start..end]);
            start = end;
        }
        parts
    }

    #[test]
    fn quotes_and_brackets_stay_whole() {
        for (line, parts) in [
            ("一つ。二つ！三つ？", vec!["一つ。", "二つ！", "三つ？"]),
            (
                "彼は「無理です。やめましょう。」と言った。次だ。",
                vec!["彼は「無理です。やめましょう。」と言った。", "次だ。"],
            ),
            (
                "注意（ただし例外もある。）がある。以上。",
                vec!["注意（ただし例外もある。）がある。", "以上。"],
            ),
            ("なぜ？と問うた。答えは。", vec!["なぜ？と問うた。", "答えは。"]),
            ("本当に！？ はい。", vec!["本当に！？", " はい。"]),
            ("Rust 1.95 が出た。v2.0.1 も。", vec!["Rust 1.95 が出た。", "v2.0.1 も。"]),
            ("精度は３．５である．次に移る．", vec!["精度は３．５である．", "次に移る．"]),
            ("Yahoo!ニュースを読む。", vec!["Yahoo!ニュースを読む。"]),
            ("閉じない「括弧。でも切る。", vec!["閉じない「括弧。", "でも切る。"]),
            ("「終わった。」", vec!["「終わった。」"]),
        ] {
            assert_eq!(split(line), parts);
        }
    }
}
