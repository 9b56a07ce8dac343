//! What is said between articles: greeting, date, what is ahead, transitions, notices, closing.
//!
//! Each phrase is a script of its own, so that it is voiced once and shared by all who hear it. Only
//! `greeting` may name a person; nothing but `date` says a date. Pure: no clock, no program.

mod date;
mod notice;
mod place;

pub use date::date;
pub use notice::{Shortfall, notice};
pub use place::Place;

use super::spoken_title;
use crate::english::cardinal;
use domain::{Host, Language, Line, Script, Style};

/// The first words. With a name it belongs to one listener for ever; without, to everyone.
pub fn greeting(language: Language, style: Style, name: Option<&str>) -> Script {
    let name = name.map(spoken_name).filter(|name| !name.is_empty());
    let main = match (language, name) {
        (Language::Ja, Some(name)) => format!("{}、耳寄りの時間です。", honoured(&name)),
        (Language::Ja, None) => "耳寄りの時間です。".to_owned(),
        (Language::En, Some(name)) => {
            let stop = if name.ends_with('.') { "" } else { "." };
            format!("Hello, {name}{stop} Welcome to your program.")
        }
        (Language::En, None) => "Hello, and welcome to your program.".to_owned(),
    };
    let guest = match language {
        Language::Ja => "よろしくお願いします。",
        Language::En => "Good to be here.",
    };
    in_style(style, main, Some(guest))
}

/// How many articles there are.
pub fn count(language: Language, articles: usize) -> Script {
    Script::said(match (language, articles) {
        (Language::Ja, 1) => "今日は一本だけ、じっくりお届けします。".to_owned(),
        (Language::Ja, _) => format!("今日は{articles}本です。"),
        (Language::En, 1) => "One story today.".to_owned(),
        (Language::En, _) => format!("{} stories today.", capitalised(&cardinal(articles as u64))),
    })
}

/// Before a headline, a short sentence of its own: 「まずはこちら。」, "First up today."
pub fn lead_in(language: Language, place: Place) -> Script {
    Script::said(match (language, place) {
        (Language::Ja, Place::Only | Place::First) => "まずはこちらです。",
        (Language::Ja, Place::Middle(at)) => {
            pick(&["続いてはこちら。", "次はこちらです。", "こんな話もあります。"], at)
        }
        (Language::Ja, Place::Last) => "最後はこちらです。",
        (Language::En, Place::Only | Place::First) => "First up today.",
        (Language::En, Place::Middle(at)) => {
            pick(&["Here's what comes next.", "After that, this one.", "There's also this."], at)
        }
        (Language::En, Place::Last) => "And finally, this one.",
    })
}

/// An article's title, for what is ahead: the same for every program the article is in.
pub fn headline(language: Language, title: &str) -> Option<Script> {
    let title = spoken_title(title);
    let ended = title.ends_with(['。', '！', '？', '!', '?', '.']);
    let stop = match language {
        _ if ended => "",
        Language::Ja => "。",
        Language::En => ".",
    };
    (!title.is_empty()).then(|| Script::said(format!("{title}{stop}")))
}

/// The headlines said before a program; more are counted, not named.
pub const MOST_HEADLINES: usize = 4;

/// What is ahead, as phrases in the order they are said: the count, then lead-ins and headlines.
pub fn ahead(language: Language, titles: &[&str]) -> Vec<Script> {
    let mut said = vec![count(language, titles.len())];
    if titles.len() < 2 {
        return said;
    }
    let named = &titles[..titles.len().min(MOST_HEADLINES)];
    for (at, title) in named.iter().enumerate() {
        // "Finally" would be wrong where more articles follow than are named.
        let place = match Place::of(at, named.len()) {
            Place::Last if named.len() < titles.len() => Place::Middle(at - 1),
            place => place,
        };
        if let Some(headline) = headline(language, title) {
            said.extend([lead_in(language, place), headline]);
        }
    }
    said
}

/// Right before an article.
pub fn transition(language: Language, style: Style, place: Place) -> Script {
    let (main, guest) = match language {
        Language::Ja => japanese_transition(place),
        Language::En => english_transition(place),
    };
    in_style(style, main.to_owned(), guest)
}

type Turn = (&'static str, Option<&'static str>);

fn japanese_transition(place: Place) -> Turn {
    match place {
        Place::Only => ("では、さっそく。", Some("お願いします。")),
        Place::First => ("それでは、はじめの記事です。", Some("はい、どうぞ。")),
        Place::Middle(at) => pick(
            &[
                ("続いては、こちらの記事。", None),
                ("次の話題にまいりましょう。", Some("次は何ですか。")),
                ("さて、次です。", None),
                ("話は変わります。", Some("はい。")),
                ("もう一本、いきましょう。", None),
                ("では、次の記事です。", Some("楽しみです。")),
                ("ここからは、別の話です。", None),
            ],
            at,
        ),
        Place::Last => ("最後は、この記事です。", Some("もう最後ですか。")),
    }
}

fn english_transition(place: Place) -> Turn {
    match place {
        Place::Only => ("Let's get to it.", Some("Please do.")),
        Place::First => ("Let's begin.", Some("I'm ready.")),
        Place::Middle(at) => pick(
            &[
                ("Next story.", None),
                ("Moving on.", Some("What have we got?")),
                ("Now for something else.", None),
                ("Here's another one.", Some("Let's hear it.")),
                ("On to the next.", None),
                ("A change of subject.", Some("All right.")),
                ("There's more.", None),
            ],
            at,
        ),
        Place::Last => ("And the last one for today.", Some("Already?")),
    }
}

/// The last words.
pub fn closing(language: Language, style: Style) -> Script {
    let (main, guest) = match language {
        Language::Ja => ("今日の耳寄りは以上です。また次回、お会いしましょう。", "ありがとうございました。"),
        Language::En => ("That's all for today. Until next time.", "Thanks for listening."),
    };
    in_style(style, main.to_owned(), Some(guest))
}

fn in_style(style: Style, main: String, guest: Option<&str>) -> Script {
    let mut lines = vec![Line::of(Host::Main, main)];
    match style {
        Style::Single => {}
        Style::Dialogue => lines.extend(guest.map(|guest| Line::of(Host::Guest, guest))),
    }
    Script { lines }
}

fn pick<T: Copy>(variants: &[T], at: usize) -> T {
    variants[at % variants.len()]
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A name as its owner wrote it, without what is no part of a name; at most 40 characters.
fn spoken_name(name: &str) -> String {
    let kept: String = without_tags(name)
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| is_of_name(*c))
        .take(40)
        .collect();
    kept.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// `<b>` goes whole; a `<` that opens no tag stays, and goes as a character.
fn without_tags(name: &str) -> String {
    let mut kept = String::new();
    let mut rest = name;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        kept.push_str(before);
        let opens = tag[1..].starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
        match tag.find('>').filter(|_| opens) {
            Some(end) => rest = &tag[end + 1..],
            None => rest = &tag[1..],
        }
    }
    kept + rest
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '’' | '・' | 'ー' | '々' | '.' | '&')
}

fn honoured(name: &str) -> String {
    let honoured =
        ["さん", "様", "さま", "ちゃん", "くん", "君", "先生"].iter().any(|end| name.ends_with(end));
    if honoured { name.to_owned() } else { format!("{name}さん") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn only_the_greeting_names_a_person() {
        let said = |language, name| greeting(language, Style::Single, name).text();
        assert_eq!(said(Language::Ja, Some("花子")), "花子さん、耳寄りの時間です。");
        assert_eq!(said(Language::Ja, Some("花子さん")), "花子さん、耳寄りの時間です。");
        assert_eq!(
            said(Language::En, Some(" Ada\n Lovelace🎉 ")),
            "Hello, Ada Lovelace. Welcome to your program."
        );
        let marked = Some("花子 <b>\"A&B\" & Co.");
        assert_eq!(said(Language::En, marked), "Hello, 花子 A&B & Co. Welcome to your program.");
        assert_eq!(said(Language::Ja, Some("🎉")), said(Language::Ja, None));
        assert!(greeting(Language::En, Style::Single, Some(&"x".repeat(10_000))).text().len() < 100);
    }

    #[test]
    fn what_is_ahead_is_said_in_shared_phrases() {
        let said = |language, titles: &[&str]| -> Vec<String> {
            ahead(language, titles).iter().map(Script::text).collect()
        };
        assert_eq!(
            said(Language::Ja, &["【速報】一つめ", "二つめ", "三つめ"]),
            [
                "今日は3本です。",
                "まずはこちらです。",
                "一つめ。",
                "続いてはこちら。",
                "二つめ。",
                "最後はこちらです。",
                "三つめ。"
            ]
        );
        assert_eq!(
            said(Language::En, &["One", "Two?"]),
            ["Two stories today.", "First up today.", "One.", "And finally, this one.", "Two?"]
        );
        assert_eq!(said(Language::En, &["One"]), ["One story today."]);
        let many = said(Language::En, &["a1", "b1", "c1", "d1", "e1"]);
        assert!(!many.contains(&"And finally, this one.".to_owned()) && many.len() == 1 + 2 * MOST_HEADLINES);
        assert_eq!(said(Language::Ja, &["🎉", "あ"]).len(), 3);
    }

    #[test]
    fn transitions_change_from_article_to_article() {
        for language in [Language::Ja, Language::En] {
            for style in [Style::Single, Style::Dialogue] {
                let said: BTreeSet<String> =
                    (0..9).map(|at| transition(language, style, Place::of(at, 9)).text()).collect();
                assert_eq!(said.len(), 9, "{language} {style:?}");
            }
        }
    }

    #[test]
    fn the_second_host_speaks_only_in_a_dialogue() {
        for language in [Language::Ja, Language::En] {
            let guests = |script: Script| script.lines.iter().filter(|line| line.host == Host::Guest).count();
            for style in [Style::Single, Style::Dialogue] {
                let wanted = usize::from(style == Style::Dialogue);
                assert_eq!(guests(greeting(language, style, None)), wanted);
                assert_eq!(guests(closing(language, style)), wanted);
                assert_eq!(guests(transition(language, style, Place::First)), wanted);
            }
        }
    }
}
