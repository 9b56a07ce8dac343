//! A title as one would say it.

/// Longer titles are cut at a word or clause: no headline needs more. In characters.
const LONGEST: usize = 90;

/// Without what only decorates a list of links: a leading 【…】 or [tag], emoji, a trailing site
/// name. A title that would vanish stays as it is.
pub fn spoken_title(title: &str) -> String {
    let plain: String = title.chars().filter(|c| c.is_whitespace() || !is_decoration(*c)).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut title = plain.as_str();
    while let Some(rest) = without_prefix(title) {
        title = rest;
    }
    while let Some(rest) = without_site(title) {
        title = rest;
    }
    let title = title.trim_matches(|c: char| c.is_whitespace() || matches!(c, '。' | '.' | '．'));
    let title = if title.chars().any(char::is_alphanumeric) { title } else { plain.trim() };
    shortened(title)
}

/// 【速報】, ［PR］, [Show], (Part 2) are not prefixes in that sense: only square and lenticular brackets.
fn without_prefix(title: &str) -> Option<&str> {
    let close = match title.chars().next()? {
        '【' => '】',
        '［' => '］',
        '[' => ']',
        '〈' => '〉',
        _ => return None,
    };
    let (_, rest) = title.split_once(close)?;
    let rest = rest.trim_start();
    rest.chars().any(char::is_alphanumeric).then_some(rest)
}

/// " | Qiita", " - Zenn": the last part after a separator, if it is short and looks like a name.
fn without_site(title: &str) -> Option<&str> {
    const SURE: &[&str] = &[" | ", " ｜ ", "｜", "|"];
    const KNOWN_ONLY: &[&str] = &[" - ", " – ", " — ", " · ", " :: "];
    let cut = |separators: &[&str]| {
        separators
            .iter()
            .filter_map(|separator| Some((title.rfind(separator)?, separator.len())))
            .max_by_key(|(at, _)| *at)
            .and_then(|(at, len)| Some((title.get(..at)?.trim_end(), title.get(at + len..)?.trim())))
    };
    let worth_keeping = |rest: &&str| rest.chars().filter(|c| c.is_alphanumeric()).count() >= 4;
    if let Some((rest, site)) = cut(SURE)
        && site.chars().count() <= 30
        && worth_keeping(&rest)
    {
        return Some(rest);
    }
    let (rest, site) = cut(KNOWN_ONLY)?;
    (is_site(site) && worth_keeping(&rest)).then_some(rest)
}

fn is_site(name: &str) -> bool {
    const SITES: &[&str] = &[
        "qiita",
        "zenn",
        "note",
        "medium",
        "dev community",
        "dev",
        "hacker news",
        "github",
        "speaker deck",
        "はてなブログ",
        "はてなダイアリー",
        "publickey",
        "itmedia",
        "gihyo.jp",
        "ars technica",
        "the verge",
        "wikipedia",
        "youtube",
        "techcrunch",
        "infoq",
        "lwn.net",
        "the register",
    ];
    let name = name.to_lowercase();
    let has = |ending: &str| name.ends_with(ending);
    SITES.contains(&name.as_str())
        || ["ブログ", " blog", "tech blog", "engineering blog", "news", "ニュース"].into_iter().any(has)
        || (!name.contains(' ') && [".com", ".org", ".net", ".jp", ".dev", ".io"].into_iter().any(has))
}

fn shortened(title: &str) -> String {
    if title.chars().count() <= LONGEST {
        return title.to_owned();
    }
    let cut: String = title.chars().take(LONGEST).collect();
    let end = cut
        .char_indices()
        .filter(|(at, c)| *at > cut.len() / 2 && (c.is_whitespace() || matches!(c, '、' | '。' | '，' | ',')))
        .map(|(at, _)| at)
        .next_back();
    end.and_then(|end| cut.get(..end)).unwrap_or(&cut).trim_end().to_owned()
}

/// Pictures, arrows and marks that no voice says; also what only steers the direction of writing.
fn is_decoration(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{203b}' | '\u{2060}'..='\u{206f}'
            | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2500}'..='\u{27bf}'
            | '\u{2b00}'..='\u{2bff}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{1f000}'..='\u{1faff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_said_without_their_decoration() {
        for (written, said) in [
            ("【速報】Rust 1.95 リリース🎉 | Qiita", "Rust 1.95 リリース"),
            ("［PR］[重要] SQLiteのWAL - Zenn", "SQLiteのWAL"),
            ("🚀 Shipping faster – Engineering Blog", "Shipping faster"),
            ("Show HN: A tiny queue | Hacker News", "Show HN: A tiny queue"),
            ("Client - server, revisited", "Client - server, revisited"),
            ("所有権に叱られなくなるRustの学び方。", "所有権に叱られなくなるRustの学び方"),
            ("A | B", "A | B"),
            ("【まとめ】", "【まとめ】"),
            ("  a\u{202e}b\u{0007}c  ", "abc"),
            ("🎉🎉", ""),
        ] {
            assert_eq!(spoken_title(written), said, "{written}");
        }
    }

    #[test]
    fn a_huge_title_is_cut_at_a_word() {
        let said = spoken_title(&"word ".repeat(200_000));
        assert!(said.chars().count() <= LONGEST && said.ends_with("word"));
    }
}
