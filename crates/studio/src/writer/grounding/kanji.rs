//! Numerals in kanji.

/// 二千五百, 3万5千, 二〇二六, 一九.
pub(super) fn kanji_value(run: &str) -> Option<u64> {
    let positional = run.chars().all(|c| c.is_ascii_digit() || kanji_digit(c).is_some());
    if positional {
        return run.chars().try_fold(0_u64, |value, c| {
            let digit = c.to_digit(10).map(u64::from).or_else(|| kanji_digit(c))?;
            value.checked_mul(10)?.checked_add(digit)
        });
    }
    let (mut total, mut group, mut digit) = (0_u64, 0_u64, None::<u64>);
    for c in run.chars() {
        if let Some(next) = c.to_digit(10).map(u64::from).or_else(|| kanji_digit(c)) {
            digit = Some(digit.unwrap_or(0).checked_mul(10)?.checked_add(next)?);
        } else {
            let scale = kanji_scale(c)?;
            if scale >= 10_000 {
                let sum = group.checked_add(digit.take().unwrap_or(u64::from(group == 0)))?;
                total = total.checked_add(sum.checked_mul(scale)?)?;
                group = 0;
            } else {
                group = group.checked_add(digit.take().unwrap_or(1).checked_mul(scale)?)?;
            }
        }
    }
    total.checked_add(group)?.checked_add(digit.unwrap_or(0))
}

const fn kanji_digit(c: char) -> Option<u64> {
    Some(match c {
        '〇' | '零' => 0,
        '一' => 1,
        '二' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

pub(super) const fn kanji_scale(c: char) -> Option<u64> {
    Some(match c {
        '十' => 10,
        '百' => 100,
        '千' => 1_000,
        '万' => 10_000,
        '億' => 100_000_000,
        '兆' => 1_000_000_000_000,
        _ => return None,
    })
}

pub(super) const fn is_kanji_digit(c: char) -> bool {
    kanji_digit(c).is_some() || kanji_scale(c).is_some()
}

pub(super) const fn is_kanji(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '々')
}
