//! Telling a teaser from an article, and which of two texts to keep. Pure.

use domain::{ArticleDraft, Detected, language};

/// Characters below which a text is taken for a teaser.
const SHORT: usize = 600;
/// Characters below which a page's text is no article.
const LEAST: usize = 200;

/// What feeds end a teaser with, in lower case.
const INVITATIONS: [&str; 10] = [
    "続きを読む",
    "続きをみる",
    "続きを見る",
    "もっと見る",
    "全文を読む",
    "continue reading",
    "read more",
    "read the full article",
    "read full article",
    "read the rest",
];

/// Whether the article's page should be asked for the rest.
pub(super) fn teases(draft: &ArticleDraft) -> bool {
    let text = draft.text.trim_end();
    let ends = ["…", "...", "[…]", "[...]", "(続く)"].iter().any(|end| text.ends_with(end));
    draft.url.is_some() && (ends || text.chars().nth(SHORT).is_none())
}

/// `text` without closing lines that only invite to the page.
pub(super) fn without_invitation(text: &str) -> &str {
    let mut rest = text.trim_end();
    while let Some(line) = rest.lines().next_back() {
        let said = line.trim().to_lowercase();
        let short = said.chars().nth(80).is_none();
        let invites =
            short && INVITATIONS.iter().any(|words| said.starts_with(words) || said.ends_with(words));
        let credits = said.starts_with("the post ") && said.contains(" appeared first on ");
        if !(invites || credits) {
            break;
        }
        // An invitation may follow the text on the same line; then it stays, the line is an article's.
        rest = rest.get(..rest.len() - line.len()).unwrap_or_default().trim_end();
    }
    rest
}

/// The page's text, where it is longer and looks like the article: not a wall, not a notice.
pub(super) fn better<'a>(teaser: &str, page: &'a str) -> Option<&'a str> {
    let page = without_invitation(page);
    let longer = page.chars().count() > teaser.chars().count().max(LEAST);
    let same_language = match (language::detect(teaser), language::detect(page)) {
        (Detected::Spoken(teaser), Detected::Spoken(page)) => teaser == page,
        _ => true,
    };
    (longer && same_language).then_some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(text: &str) -> ArticleDraft {
        let url = url::Url::parse("https://example.org/a").ok();
        ArticleDraft { url, text: text.to_owned(), ..ArticleDraft::default() }
    }

    #[test]
    fn short_or_unfinished_texts_tease() {
        assert!(teases(&draft("A short summary.")));
        assert!(teases(&draft(&format!("{} and so […]", "word ".repeat(300)))));
        assert!(!teases(&draft(&"A whole sentence. ".repeat(60))));
        let nowhere = ArticleDraft { url: None, ..draft("short") };
        assert!(!teases(&nowhere));
    }

    #[test]
    fn invitations_go() {
        assert_eq!(without_invitation("本文です。\n続きを読む"), "本文です。");
        assert_eq!(
            without_invitation("Text.\nContinue reading “Text” →\nThe post Text appeared first on Blog."),
            "Text."
        );
        assert_eq!(without_invitation("Read more books.\nThen stop."), "Read more books.\nThen stop.");
    }

    #[test]
    fn only_longer_texts_of_the_same_language_are_better() {
        let teaser = "所有権の話をします。";
        let page = "所有権の話をします。続いて借用の話です。".repeat(30);
        assert_eq!(better(teaser, &page), Some(page.as_str()));
        assert_eq!(better(teaser, "短い本文です。"), None);
        assert_eq!(better(teaser, &"Please enable cookies and scripts to go on reading. ".repeat(20)), None);
    }
}
