//! The few words around an article's own: who wrote it, and what a second host says.
//!
//! Everything here depends on the article alone, so that a segment is the same for everyone who
//! hears it.

use domain::{Article, Language, Revision};

/// A number that is the same for the same article and differs between articles.
pub(super) fn seed(revision: &Revision) -> usize {
    let bytes = revision.as_bytes();
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

/// The line that names the article.
pub(super) fn opening(article: &Article, title: &str, language: Language) -> String {
    let from = article.author.as_deref().map(spoken_author).filter(|author| !author.is_empty());
    let seed = seed(&article.revision);
    match (language, from) {
        (Language::Ja, None) => format!("『{title}』。"),
        (Language::Ja, Some(author)) => {
            let honoured = honoured(&author);
            // Few words of ours: a program of many articles has each of these more than once.
            let credit = match seed % 6 {
                0 => format!("{honoured}の記事です。"),
                1 => format!("書いたのは{honoured}。"),
                2 => format!("{honoured}の一本。"),
                3 => format!("筆者は{honoured}です。"),
                4 => format!("文は{honoured}。"),
                _ => format!("書き手は{honoured}です。"),
            };
            format!("『{title}』。{credit}")
        }
        (Language::En, None) => ended(title),
        (Language::En, Some(author)) => match seed % 4 {
            0 => format!("{title}, by {}", ended(&author)),
            1 => format!("{} Written by {}", ended(title), ended(&author)),
            2 => format!("{} From {}", ended(title), ended(&author)),
            _ => format!("{} {author} writes.", ended(title)),
        },
    }
}

fn ended(text: &str) -> String {
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// さん, unless the name has an honorific or is no person's.
fn honoured(author: &str) -> String {
    const NOT_PEOPLE: &[&str] = &[
        "さん",
        "様",
        "先生",
        "氏",
        "編集室",
        "編集部",
        "チーム",
        "株式会社",
        "会",
        "部",
        "社",
        "委員会",
        "Team",
        "Inc.",
    ];
    let plain = NOT_PEOPLE.iter().any(|end| author.ends_with(end)) || author.starts_with("株式会社");
    if plain { author.to_owned() } else { format!("{author}さん") }
}

/// Without addresses, @ marks and what else nobody says; at most a line's worth.
fn spoken_author(author: &str) -> String {
    let author = author.split(['(', '<', '（', '|', '\n']).next().unwrap_or_default().trim();
    let author = author.trim_start_matches('@');
    if author.contains("://") || author.chars().count() > 60 {
        return String::new();
    }
    let author = author.split('@').next().unwrap_or_default();
    author
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '・' | '-' | '.' | '\'' | '’' | '_' | ','))
        .collect()
}

/// What the second host says, turn by turn, never twice in one segment until all were said.
pub(super) struct Guest {
    turn: usize,
    stride: usize,
    language: Language,
}

impl Guest {
    pub(super) fn of(article: &Article, language: Language) -> Self {
        let [_, _, a, b, ..] = *article.revision.as_bytes();
        let count = Self::comments(language).len();
        // Both lists have a prime number of entries: any stride below it visits all.
        Self { turn: usize::from(a) % count, stride: 1 + usize::from(b) % (count - 1), language }
    }

    /// Right after the article was named.
    pub(super) fn asks(&self) -> &'static str {
        let questions = Self::questions(self.language);
        questions[self.turn % questions.len()]
    }

    /// Between sentences.
    pub(super) fn comments_next(&mut self) -> &'static str {
        let comments = Self::comments(self.language);
        self.turn = (self.turn + self.stride) % comments.len();
        comments[self.turn]
    }

    const fn questions(language: Language) -> &'static [&'static str] {
        match language {
            Language::Ja => &[
                "どんな話でしょう。",
                "気になりますね。",
                "詳しく聞かせてください。",
                "お、これは面白そう。",
                "さっそくお願いします。",
                "何が書いてありますか。",
                "要点を教えてください。",
                "それはぜひ知りたいです。",
                "前から興味がありました。",
                "中身が楽しみです。",
                "どこから入りましょう。",
                "まず全体像を。",
                "聞いてみましょう。",
            ],
            Language::En => &[
                "What is it about?",
                "Tell me more.",
                "I'm curious.",
                "Go on.",
                "Sounds useful.",
                "Where do we start?",
                "What's the gist?",
                "Walk me through it.",
                "I've wondered about that.",
                "Let's hear it.",
                "Give us the short version.",
                "What should we know?",
                "All right, I'm listening.",
            ],
        }
    }

    const fn comments(language: Language) -> &'static [&'static str] {
        match language {
            Language::Ja => &[
                "なるほど。",
                "へえ。",
                "そういうことですか。",
                "それは知りませんでした。",
                "納得です。",
                "大事ですね。",
                "ふむふむ。",
                "そうなんですね。",
                "というと？",
                "その先は？",
                "わかります。",
                "面白いですね。",
                "勉強になります。",
                "ほう。",
                "意外です。",
                "心当たりがあります。",
                "それで？",
                "うんうん。",
                "覚えておきます。",
                "はい、はい。",
                "ここは要点ですね。",
                "よくわかりました。",
                "具体的ですね。",
                "続きをお願いします。",
                "さすがです。",
                "考えさせられます。",
                "助かる話です。",
                "目からうろこです。",
                "ありそうな話です。",
            ],
            Language::En => &[
                "I see.",
                "Right.",
                "Interesting.",
                "Good to know.",
                "Makes sense.",
                "Really?",
                "And then?",
                "Fair enough.",
                "That's new to me.",
                "Sounds familiar.",
                "Hm, okay.",
                "Go on.",
                "Say more.",
                "Noted.",
                "Of course.",
                "How so?",
                "Understood.",
                "That explains a lot.",
                "Worth remembering.",
                "Got it.",
                "True.",
                "What else?",
                "Yes.",
                "I didn't expect that.",
                "Point taken.",
                "Let me think.",
                "Huh.",
                "Okay.",
                "That helps.",
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ArticleDraft;
    use std::collections::BTreeSet;

    fn article(text: &str, author: Option<&str>) -> Article {
        Article::new(ArticleDraft {
            text: text.into(),
            author: author.map(str::to_owned),
            ..ArticleDraft::default()
        })
    }

    #[test]
    fn authors_are_said_as_people() {
        for (written, said) in [
            ("四方津ことり", "四方津ことりさん"),
            ("山田さん", "山田さん"),
            ("耳寄り編集室", "耳寄り編集室"),
            ("@taro", "taroさん"),
            ("a@example.com (Alice)", "aさん"),
        ] {
            assert_eq!(honoured(&spoken_author(written)), said);
        }
        assert_eq!(opening(&article("x", Some("https://example.com")), "Title", Language::En), "Title.");
    }

    #[test]
    fn a_guest_does_not_repeat_a_comment() {
        for language in [Language::Ja, Language::En] {
            let count = Guest::comments(language).len();
            for text in ["a", "b", "c", "d", "e"] {
                let mut guest = Guest::of(&article(text, None), language);
                let said: BTreeSet<&str> = (0..count).map(|_| guest.comments_next()).collect();
                assert_eq!(said.len(), count);
            }
        }
    }
}
