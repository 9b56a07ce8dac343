//! Numbers that the analyser would not read as they are meant: versions, and amounts by the ten thousand.

/// A version by its digits: 1.95.0 → イッテンキューゴーテンゼロ; a part after the first is spelled.
pub(super) fn dotted(version: &str) -> String {
    let mut parts = version.split('.');
    let first = parts.next().unwrap_or_default();
    let last_digit = first.chars().next_back();
    let tens = match (first, last_digit) {
        ("0", _) => "ゼロ".to_owned(),
        // イッテン, ハッテン, ジュッテン: the digit before テン changes its sound.
        (_, Some('1')) => integer(first, 1) + "イッ",
        (_, Some('8')) => integer(first, 8) + "ハッ",
        _ => spoken_integer(first),
    };
    let rest: String =
        parts.map(|part| format!("テン{}", part.chars().map(digit).collect::<String>())).collect();
    let joint = if tens.ends_with("ジュー") {
        tens.trim_end_matches("ジュー").to_owned() + "ジュッ"
    } else {
        tens
    };
    joint + &rest
}

/// An integer below ten thousand without its last digit, which must be `last`.
fn integer(digits: &str, last: u64) -> String {
    digits
        .parse::<u64>()
        .ok()
        .filter(|value| *value > last)
        .map_or_else(String::new, |value| spoken_integer(&(value - last).to_string()))
}

fn spoken_integer(digits: &str) -> String {
    let Ok(value @ 1..=9_999) = digits.parse::<u64>() else {
        return digits.chars().map(digit).collect();
    };
    let place = |value: u64, one: &str, irregular: &[(u64, &str)], name: &str| match value {
        0 => String::new(),
        1 => one.to_owned(),
        _ => irregular.iter().find(|(at, _)| *at == value).map_or_else(
            || {
                digit(char::from_digit(u32::try_from(value).unwrap_or(0), 10).unwrap_or('0')).to_owned()
                    + name
            },
            |(_, said)| (*said).to_owned(),
        ),
    };
    let thousands = place(
        value / 1_000,
        "セン",
        &[(2, "ニセン"), (5, "ゴセン"), (3, "サンゼン"), (8, "ハッセン")],
        "セン",
    );
    let hundreds = place(
        value / 100 % 10,
        "ヒャク",
        &[(2, "ニヒャク"), (5, "ゴヒャク"), (3, "サンビャク"), (6, "ロッピャク"), (8, "ハッピャク")],
        "ヒャク",
    );
    let tens = place(value / 10 % 10, "ジュー", &[(2, "ニジュー"), (5, "ゴジュー")], "ジュー");
    let ones = place(value % 10, "イチ", &[(2, "ニ"), (5, "ゴ")], "");
    thousands + &hundreds + &tens + &ones
}

const fn digit(c: char) -> &'static str {
    match c {
        '0' => "ゼロ",
        '1' => "イチ",
        '2' => "ニー",
        '3' => "サン",
        '4' => "ヨン",
        '5' => "ゴー",
        '6' => "ロク",
        '7' => "ナナ",
        '8' => "ハチ",
        '9' => "キュー",
        _ => "",
    }
}

/// A large amount in Japanese grouping: 1500000000 → 15億.
pub(super) fn grouped(amount: f64) -> String {
    if !(1.0..1e16).contains(&amount) {
        return format!("{amount}");
    }
    let mut left = amount.round();
    let mut said = String::new();
    for (scale, name) in [(1e12, "兆"), (1e8, "億"), (1e4, "万")] {
        let count = (left / scale).floor();
        if count >= 1.0 {
            said += &format!("{count}{name}");
            left -= count * scale;
        }
    }
    if left >= 1.0 || said.is_empty() {
        said += &format!("{left}");
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_change_the_sound_before_ten() {
        for (version, said) in [
            ("1.95.0", "イッテンキューゴーテンゼロ"),
            ("0.8.12", "ゼロテンハチテンイチニー"),
            ("10.0.1", "ジュッテンゼロテンイチ"),
            ("18.2.0", "ジューハッテンニーテンゼロ"),
            ("2024.3.300", "ニセンニジューヨンテンサンテンサンゼロゼロ"),
        ] {
            assert_eq!(dotted(version), said);
        }
    }
}
