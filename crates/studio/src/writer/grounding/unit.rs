//! What a number counts.

/// The unit that follows a number, under one name however it is written.
pub(super) fn unit_of(rest: &str) -> Option<&'static str> {
    let (spaced, joined) = (rest.strip_prefix([' ', '-']).unwrap_or(rest), rest);
    for (unit, forms) in UNITS {
        for form in *forms {
            let latin = form.chars().all(|c| c.is_ascii_alphabetic());
            let after = if latin { spaced.strip_prefix(form) } else { joined.strip_prefix(form) };
            if after.is_some_and(|after| !latin || !after.starts_with(|c: char| c.is_ascii_alphanumeric())) {
                return Some(unit);
            }
        }
    }
    None
}

/// Longer forms before shorter ones that they start with.
const UNITS: &[(&str, &[&str])] = &[
    ("percent", &["%", "percent", "パーセント"]),
    ("tenth", &["割"]),
    ("millisecond", &["ミリ秒", "milliseconds", "millisecond", "ms", "msec"]),
    ("microsecond", &["マイクロ秒", "microseconds", "microsecond", "us"]),
    ("week", &["週間", "weeks", "week", "週"]),
    ("month", &["か月", "カ月", "ヶ月", "ヵ月", "months", "month", "月"]),
    ("year", &["年間", "years", "year", "年"]),
    ("day", &["日間", "days", "day", "日"]),
    ("hour", &["時間", "hours", "hour"]),
    ("o'clock", &["時", "am", "pm"]),
    ("minute", &["分間", "minutes", "minute", "min", "分"]),
    ("second", &["秒", "seconds", "second", "sec"]),
    ("bit", &["ビット", "bits", "bit"]),
    ("kilobyte", &["キロバイト", "KB", "KiB", "kilobytes", "kilobyte"]),
    ("megabyte", &["メガバイト", "MB", "MiB", "megabytes", "megabyte"]),
    ("gigabyte", &["ギガバイト", "GB", "GiB", "gigabytes", "gigabyte"]),
    ("byte", &["バイト", "bytes", "byte"]),
    ("yen", &["円", "yen"]),
    ("dollar", &["ドル", "dollars", "dollar"]),
    ("times", &["倍", "times"]),
    ("person", &["人", "名", "people"]),
    ("version", &["系"]),
    ("degree", &["度"]),
    ("row", &["行", "rows", "row"]),
    ("machine", &["台"]),
    ("case", &["件"]),
    ("occasion", &["回"]),
    ("company", &["社"]),
    ("digit", &["桁"]),
    ("letter", &["文字"]),
    ("age", &["歳"]),
    ("rank", &["番"]),
    // Said for one another: 三つ, 3点, 三種類.
    ("piece", &["つ", "個", "本", "枚", "冊", "種類", "段階", "箇所", "か所", "点", "列"]),
];
