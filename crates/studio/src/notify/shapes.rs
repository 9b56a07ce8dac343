//! The same message in the form of each way it goes: a mail, a chat's JSON, what a browser shows. Nothing that somebody
//! else wrote is markup, a mention or a link in any of them.

use super::{
    letter::{Written, escaped, framed},
    words::{Item, Message},
};
use domain::Language;
use serde_json::{Value, json};
use std::fmt::Write as _;
use url::Url;

/// Of a header of Slack's, a section's text, and what a browser has room for.
const SLACK_HEADER: usize = 150;
const SLACK_TEXT: usize = 2_900;
const SLACK_ADDRESS: usize = 3_000;
const DISCORD_TITLE: usize = 250;
/// All embeds of a message have 6,000 characters together.
const DISCORD_TEXT: usize = 450;
const DISCORD_CONTENT: usize = 1_000;
const PUSH_TEXT: usize = 300;

/// A mail that ends with how to have no more of them.
pub fn mail(message: &Message, unsubscribe: &Url) -> Written {
    let (why, stop) = match message.language {
        Language::Ja => {
            ("このメールは、あなたが設定した通知先として送信されました。", "通知メールの配信を停止する")
        }
        Language::En => ("You get this mail because you chose to be notified here.", "Stop these mails"),
    };
    let subject = match message.language {
        Language::Ja => format!("{}（Mimiyori 耳寄り）", message.subject),
        Language::En => format!("{} (Mimiyori)", message.subject),
    };
    let mut plain = format!("{}\n", message.lead);
    let mut html = format!("<p>{}</p>\n", escaped(&message.lead));
    for item in &message.items {
        plain_item(&mut plain, item);
        html_item(&mut html, item);
    }
    if let Some(more) = &message.more {
        let _ = write!(plain, "\n{more}\n");
        let _ = writeln!(html, "<p>{}</p>", escaped(more));
    }
    let _ = write!(plain, "\n-- \n{why}\n{stop}: {unsubscribe}\n");
    let _ = writeln!(
        html,
        "<p style=\"font-size:.9em;color:#555\">{why}<br><a href=\"{}\">{stop}</a></p>",
        escaped(unsubscribe.as_str())
    );
    let html = framed(message.language, &subject, &html);
    Written { subject, plain, html, unsubscribe: Some(unsubscribe.clone()) }
}

// Writing to a string cannot fail.
fn plain_item(plain: &mut String, item: &Item) {
    let _ = write!(plain, "\n{}\n{}\n", item.title, item.facts);
    for line in item.note.iter().chain(&item.lines) {
        let _ = writeln!(plain, "- {line}");
    }
    if let Some((label, url)) = &item.link {
        let _ = writeln!(plain, "{label}: {url}");
    }
}

fn html_item(html: &mut String, item: &Item) {
    let _ = writeln!(
        html,
        "<h2 style=\"font-size:1.1em;margin:1.5em 0 .3em\">{}</h2>\n<p style=\"margin:.3em 0;color:#555\">{}</p>",
        escaped(&item.title),
        escaped(&item.facts)
    );
    if let Some(note) = &item.note {
        let _ = writeln!(html, "<p style=\"margin:.3em 0\">{}</p>", escaped(note));
    }
    if !item.lines.is_empty() {
        let lines: String = item.lines.iter().map(|line| format!("<li>{}</li>", escaped(line))).collect();
        let _ = writeln!(html, "<ul style=\"margin:.3em 0;padding-left:1.3em\">{lines}</ul>");
    }
    if let Some((label, url)) = &item.link {
        let _ = writeln!(
            html,
            "<p><a href=\"{}\" style=\"display:inline-block;padding:.5em 1em;border-radius:.4em;background:#1f4e79;\
             color:#fff;text-decoration:none\">{label}</a></p>",
            escaped(url)
        );
    }
}

/// Blocks of plain text, which Slack neither formats nor searches for mentions; `text` is what a phone's lock screen
/// shows, escaped as Slack asks for.
pub fn slack(message: &Message) -> Value {
    let plain = |text: &str| json!({"type": "plain_text", "text": text, "emoji": false});
    let section = |text: &str| json!({"type": "section", "text": plain(&cut(text, SLACK_TEXT))});
    let mut blocks = vec![json!({"type": "header", "text": plain(&cut(&message.subject, SLACK_HEADER))})];
    if !message.lead.is_empty() {
        blocks.push(section(&message.lead));
    }
    for item in &message.items {
        blocks.push(section(&joined(item)));
        if let Some((label, url)) = item.link.as_ref().filter(|(_, url)| url.len() <= SLACK_ADDRESS) {
            let button = json!({"type": "button", "text": plain(label), "url": url});
            blocks.push(json!({"type": "actions", "elements": [button]}));
        }
    }
    if let Some(more) = &message.more {
        blocks.push(section(more));
    }
    let text = message.subject.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    json!({"text": text, "mrkdwn": false, "unfurl_links": false, "unfurl_media": false, "blocks": blocks})
}

/// An embed for each item: its address is a link, its text is escaped, and nobody is mentioned.
pub fn discord(message: &Message) -> Value {
    let embed = |item: &Item| {
        let rest = Item { title: String::new(), ..item.clone() };
        let mut embed = json!({
            "title": cut(&markdown(&item.title), DISCORD_TITLE),
            "description": cut(&markdown(&joined(&rest)), DISCORD_TEXT),
        });
        if let Some((_, url)) = &item.link {
            embed["url"] = json!(url);
        }
        embed
    };
    let content: Vec<&str> =
        [&message.subject, &message.lead].into_iter().chain(&message.more).map(String::as_str).collect();
    json!({
        "content": cut(&markdown(&content.join("\n")), DISCORD_CONTENT),
        "embeds": message.items.iter().map(embed).collect::<Vec<_>>(),
        "allowed_mentions": {"parse": []},
    })
}

/// What a browser's service worker makes a notification of.
pub fn push(message: &Message, tag: &str) -> Value {
    let first = message.items.first();
    let body = match message.items.as_slice() {
        [] => message.lead.clone(),
        [one] => format!("{}\n{}", one.facts, one.lines.join("\n")),
        all => all.iter().map(|item| item.title.as_str()).collect::<Vec<_>>().join("\n"),
    };
    let url = first.and_then(|item| item.link.as_ref()).map(|(_, url)| url).filter(|url| url.len() < 1_000);
    json!({
        "title": cut(&message.subject, PUSH_TEXT),
        "body": cut(body.trim(), PUSH_TEXT),
        "lang": message.language.tag(),
        "tag": tag,
        "url": url,
    })
}

/// An item as lines of text.
fn joined(item: &Item) -> String {
    let lines = item.lines.iter().map(|line| format!("• {line}"));
    let head = [item.title.clone(), item.facts.clone()].into_iter().chain(item.note.clone());
    head.chain(lines).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What Discord would take for markup is shown as it is written.
fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '*'
                | '_'
                | '~'
                | '`'
                | '|'
                | '>'
                | '<'
                | '['
                | ']'
                | '('
                | ')'
                | '#'
                | '-'
                | '@'
                | ':'
                | '/'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most - 1).collect();
    // Half of an escape would eat what follows it.
    format!("{}…", cut.trim_end_matches('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WILD: &str = "<script>alert(1)</script> <!channel> <https://evil.example|here> @everyone [x](https://evil.example) *b* & \"q\"";

    fn message() -> Message {
        Message {
            language: Language::En,
            subject: format!("Ready to play: {WILD}"),
            lead: "Your program is ready.".into(),
            items: vec![Item {
                title: WILD.into(),
                facts: "10 min, 1 article".into(),
                lines: vec![WILD.into()],
                note: Some(WILD.into()),
                link: Some(("Listen", "https://radio.example/f/x/1.mp3?a=1&b=2".into())),
            }],
            more: None,
        }
    }

    /// Every text of a JSON document, by the name it stands under.
    fn texts(value: &Value, under: &str, found: &mut Vec<(String, String)>) {
        match value {
            Value::String(text) => found.push((under.to_owned(), text.clone())),
            Value::Array(all) => all.iter().for_each(|one| texts(one, under, found)),
            Value::Object(all) => all.iter().for_each(|(name, one)| texts(one, name, found)),
            _ => {}
        }
    }

    #[test]
    fn a_mail_has_no_markup_of_others_and_a_way_out() {
        let stop: Url = "https://radio.example/unsubscribe/abc".parse().unwrap();
        let letter = mail(&message(), &stop);
        assert!(!letter.html.contains("<script") && !letter.html.contains("<!channel"), "{}", letter.html);
        assert!(letter.html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(letter.html.contains("href=\"https://radio.example/f/x/1.mp3?a=1&amp;b=2\""));
        assert!(letter.html.contains("href=\"https://radio.example/unsubscribe/abc\""));
        assert!(!letter.html.contains("<img") && !letter.html.contains("src="), "nothing is fetched");
        assert!(letter.plain.ends_with("Stop these mails: https://radio.example/unsubscribe/abc\n"));
        assert!(letter.plain.contains("\nListen: https://radio.example/f/x/1.mp3?a=1&b=2\n"));
        assert_eq!(letter.unsubscribe, Some(stop.clone()));
        let japanese = mail(&Message { language: Language::Ja, ..message() }, &stop);
        assert!(japanese.subject.ends_with("（Mimiyori 耳寄り）") && japanese.html.contains("lang=\"ja\""));
        assert!(japanese.plain.contains("配信を停止する"));
    }

    #[test]
    fn slack_formats_and_mentions_nothing() {
        let body = slack(&message());
        assert!(!body["text"].as_str().unwrap().contains('<'), "{}", body["text"]);
        assert_eq!((&body["mrkdwn"], &body["unfurl_links"]), (&json!(false), &json!(false)));
        for block in body["blocks"].as_array().unwrap() {
            let text =
                if block["type"] == "actions" { &block["elements"][0]["text"] } else { &block["text"] };
            assert_eq!(text["type"], "plain_text", "{block}");
        }
        assert_eq!(body["blocks"][3]["elements"][0]["url"], "https://radio.example/f/x/1.mp3?a=1&b=2");
        let long = Message { subject: "耳".repeat(500), ..message() };
        assert_eq!(slack(&long)["blocks"][0]["text"]["text"].as_str().unwrap().chars().count(), SLACK_HEADER);
    }

    #[test]
    fn discord_mentions_nobody_and_has_one_link() {
        let body = discord(&message());
        assert_eq!(body["allowed_mentions"], json!({"parse": []}));
        let embed = &body["embeds"][0];
        assert_eq!(embed["url"], "https://radio.example/f/x/1.mp3?a=1&b=2");
        let mut found = Vec::new();
        texts(&body, "", &mut found);
        for (name, text) in found.into_iter().filter(|(name, _)| name != "url") {
            for sign in ["](", "<", "@e", "://", "*b*"] {
                let all = text.matches(sign).count();
                let first = &sign[..1];
                let escaped = text.matches(&format!("\\{first}")).count();
                assert!(all == 0 || escaped > 0, "{name}: {text}");
                assert!(!text.contains(&format!(" {sign}")), "{name} has {sign:?} unescaped: {text}");
            }
        }
        let many = Message { items: vec![message().items[0].clone(); 10], ..message() };
        let mut found = Vec::new();
        texts(&discord(&many), "", &mut found);
        let all: usize = found
            .iter()
            .filter(|(name, _)| ["title", "description"].contains(&name.as_str()))
            .map(|(_, text)| text.chars().count())
            .sum();
        assert!(all <= 6_000, "{all}");
    }

    #[test]
    fn a_browser_shows_plain_text_that_fits_one_message() {
        let long = Message {
            subject: "耳".repeat(2_000),
            items: vec![Item { lines: vec!["耳".repeat(2_000)], ..message().items[0].clone() }],
            ..message()
        };
        let body = push(&long, "7");
        assert!(body.to_string().len() <= net::push::MOST_BYTES, "{}", body.to_string().len());
        assert_eq!((&body["tag"], &body["lang"]), (&json!("7"), &json!("en")));
        assert_eq!(push(&message(), "7")["url"], "https://radio.example/f/x/1.mp3?a=1&b=2");
    }
}
