//! How a notice reads, in the language of whoever gets it. What others wrote (titles, reasons) is one calm line each:
//! no control character, nothing that turns the line around, and no more than fits. What would be markup in a mail or a
//! chat is made harmless there, each in its own way.

use domain::{
    Language, Notice, OccurrenceState,
    notice::{Reason, Summary, Told},
    schedule::Zone,
};
use jiff::Timestamp;

/// Characters of a line that somebody else wrote.
const MOST_CHARS: usize = 160;
/// Programs, or batches, of one message that are named.
const MOST_ITEMS: usize = 10;
/// Articles of a program that are named.
const MOST_ARTICLES: usize = 12;

/// A message, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub language: Language,
    pub subject: String,
    pub lead: String,
    pub items: Vec<Item>,
    /// That there are more than are named.
    pub more: Option<String>,
}

/// One thing that is told of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    pub title: String,
    pub facts: String,
    pub lines: Vec<String>,
    pub note: Option<String>,
    /// Words, and where they lead.
    pub link: Option<(&'static str, String)>,
}

impl Message {
    /// `zone` is that of whoever gets it.
    pub fn of(notice: &Notice, language: Language, zone: &Zone) -> Self {
        match notice {
            Notice::Programs { programs } => ready(programs, language),
            Notice::Alert { kind, text, .. } => Self {
                language,
                subject: match language {
                    Language::Ja => format!("警告：{}", calm(kind)),
                    Language::En => format!("Alert: {}", calm(kind)),
                },
                lead: calm_to(text, 500),
                items: Vec::new(),
                more: None,
            },
            Notice::Batches { batches } => closed(batches, language, zone),
            Notice::Test {} => Self {
                language,
                subject: match language {
                    Language::Ja => "テスト通知".to_owned(),
                    Language::En => "Test notification".to_owned(),
                },
                lead: match language {
                    Language::Ja => {
                        "この通知先は正しく設定されています。今後のお知らせはここに届きます。".to_owned()
                    }
                    Language::En => "This channel works. From now on you will be notified here.".to_owned(),
                },
                items: Vec::new(),
                more: None,
            },
        }
    }
}

fn ready(programs: &[Told], language: Language) -> Message {
    let subject = match (programs, language) {
        ([one], Language::Ja) => format!("「{}」をお届けします", calm(&one.title)),
        ([one], Language::En) => format!("Ready to play: {}", calm(&one.title)),
        (all, Language::Ja) => format!("番組を{}本お届けします", all.len()),
        (all, Language::En) => format!("{} programs are ready to play", all.len()),
    };
    let lead = match (programs, language) {
        (_, Language::Ja) => "番組ができあがりました。どうぞお聴きください。",
        ([_], Language::En) => "Your program is ready. Enjoy listening.",
        (_, Language::En) => "Your programs are ready. Enjoy listening.",
    };
    Message {
        language,
        subject,
        lead: lead.to_owned(),
        items: programs.iter().take(MOST_ITEMS).map(|program| program_item(program, language)).collect(),
        more: more(programs.len().saturating_sub(MOST_ITEMS), language),
    }
}

fn program_item(program: &Told, language: Language) -> Item {
    let minutes = (program.duration_ms.saturating_add(30_000) / 60_000).max(1);
    let articles = program.articles.len();
    let facts = match (language, articles) {
        (Language::Ja, 0) => format!("約{minutes}分"),
        (Language::Ja, _) => format!("約{minutes}分・記事{articles}本"),
        (Language::En, 0) => format!("{minutes} min"),
        (Language::En, 1) => format!("{minutes} min, 1 article"),
        (Language::En, _) => format!("{minutes} min, {articles} articles"),
    };
    let label = match language {
        Language::Ja => "再生する",
        Language::En => "Listen",
    };
    let mut lines: Vec<String> =
        program.articles.iter().take(MOST_ARTICLES).map(|article| calm(&article.title)).collect();
    lines.extend(more(articles.saturating_sub(MOST_ARTICLES), language));
    Item {
        title: calm(&program.title),
        facts,
        lines,
        note: program.reason.as_deref().map(calm),
        link: program.audio_url.clone().map(|url| (label, url)),
    }
}

fn closed(batches: &[Summary], language: Language, zone: &Zone) -> Message {
    let total = |of: fn(&Summary) -> u64| batches.iter().map(of).sum::<u64>();
    let made = total(|batch| batch.made + batch.shortened);
    let troubled = batches.iter().filter(|batch| !batch.is_well()).count();
    let subject = match (batches, language) {
        ([one], Language::Ja) => format!("{}の配信：番組{made}本", clock(one.ready_by, zone)),
        ([one], Language::En) => format!("Batch of {}: {}", clock(one.ready_by, zone), programs(made)),
        (all, Language::Ja) => format!("配信{}回：番組{made}本", all.len()),
        (all, Language::En) => format!("{} batches: {}", all.len(), programs(made)),
    };
    let lead = match (troubled, language) {
        (0, Language::Ja) => "遅れも失敗もありません。".to_owned(),
        (0, Language::En) => "Nothing was late, and nothing failed.".to_owned(),
        (_, Language::Ja) => format!("{troubled}回の配信で、遅れ・失敗・配信漏れがありました。"),
        (1, Language::En) => "In one batch programs were late, missed or failed.".to_owned(),
        (_, Language::En) => format!("In {troubled} batches programs were late, missed or failed."),
    };
    Message {
        language,
        subject,
        lead,
        items: batches.iter().take(MOST_ITEMS).map(|batch| batch_item(batch, language, zone)).collect(),
        more: more(batches.len().saturating_sub(MOST_ITEMS), language),
    }
}

fn batch_item(batch: &Summary, language: Language, zone: &Zone) -> Item {
    let Summary { made, shortened, skipped, missed, failed, cancelled, late, .. } = batch;
    let facts = match language {
        Language::Ja => format!(
            "完成{made}・短縮{shortened}・見送り{skipped}・未配信{missed}・失敗{failed}・取り消し{cancelled}（うち遅れ{late}）"
        ),
        Language::En => format!(
            "{made} made, {shortened} shortened, {skipped} skipped, {missed} missed, {failed} failed, {cancelled} \
             cancelled; {late} late"
        ),
    };
    Item {
        title: format!("{} ({})", clock(batch.ready_by, zone), zone.iana_name()),
        facts,
        lines: batch.reasons.iter().map(|reason| because(reason, language)).collect(),
        ..Item::default()
    }
}

fn because(Reason { state, reason, count }: &Reason, language: Language) -> String {
    let state = match (state, language) {
        (OccurrenceState::Published, Language::Ja) => "短縮",
        (OccurrenceState::Skipped, Language::Ja) => "見送り",
        (OccurrenceState::Missed, Language::Ja) => "未配信",
        (OccurrenceState::Failed, Language::Ja) => "失敗",
        (OccurrenceState::Cancelled, Language::Ja) => "取り消し",
        (OccurrenceState::Open | OccurrenceState::Selected, Language::Ja) => "制作中",
        (OccurrenceState::Published, Language::En) => "shortened",
        (state, Language::En) => state.name(),
    };
    match language {
        Language::Ja => format!("{state}{count}件：{}", calm(reason)),
        Language::En => format!("{count} {state}: {}", calm(reason)),
    }
}

fn programs(count: u64) -> String {
    if count == 1 { "1 program".to_owned() } else { format!("{count} programs") }
}

fn more(count: usize, language: Language) -> Option<String> {
    let text = match language {
        Language::Ja => format!("ほか{count}件"),
        Language::En => format!("and {count} more"),
    };
    (count > 0).then_some(text)
}

fn clock(at: Timestamp, zone: &Zone) -> String {
    zone.rules().to_datetime(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// One line of what somebody else wrote.
fn calm(text: &str) -> String {
    calm_to(text, MOST_CHARS)
}

fn calm_to(text: &str, most: usize) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c })
        .collect();
    let plain: String = plain.chars().filter(|c| !turns_around(*c)).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() <= most {
        return words;
    }
    let cut: String = words.chars().take(most - 1).collect();
    format!("{}…", cut.trim_end())
}

/// Marks by which a line could be shown in another order than it is written in, and ones that are not seen at all.
const fn turns_around(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{061C}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{BatchId, Edition, FeedId, ProgramId, notice::ToldArticle};

    fn tokyo() -> Zone {
        "Asia/Tokyo".parse().unwrap()
    }

    pub fn told(title: &str) -> Told {
        let at = "2026-11-29T22:00:00Z".parse().unwrap();
        let article = |title: &str| ToldArticle { title: title.into(), url: None };
        Told {
            id: ProgramId::born(0, [1; 2]),
            feed_id: FeedId::born(0, [1; 2]),
            feed_name: "朝の技術".into(),
            title: title.into(),
            language: Language::Ja,
            local_date: "2026-11-30".parse().unwrap(),
            edition: Edition::Full,
            reason: None,
            duration_ms: 599_000,
            articles: vec![article("所有権とは"), article("<script>alert(1)</script>")],
            ready_by: at,
            published_at: at,
            expires_at: at,
            audio_url: Some("https://radio.example/f/x/1.mp3".into()),
        }
    }

    fn of(notice: &Notice, language: Language) -> Message {
        Message::of(notice, language, &tokyo())
    }

    #[test]
    fn programs_are_told_of_in_both_languages() {
        let one = Notice::Programs { programs: vec![told("朝の技術 11月30日")] };
        let message = of(&one, Language::Ja);
        assert_eq!(message.subject, "「朝の技術 11月30日」をお届けします");
        assert_eq!(message.items[0].facts, "約10分・記事2本");
        assert_eq!(message.items[0].link.as_ref().unwrap().0, "再生する");
        let mut short = told("Morning, 30 November");
        short.reason = Some("It is shorter because there was little news.".into());
        short.articles.truncate(1);
        let message = of(&Notice::Programs { programs: vec![short] }, Language::En);
        assert_eq!(message.subject, "Ready to play: Morning, 30 November");
        assert_eq!(message.items[0].facts, "10 min, 1 article");
        assert_eq!(message.items[0].note.as_deref(), Some("It is shorter because there was little news."));
        let many = Notice::Programs { programs: (0..12).map(|n| told(&n.to_string())).collect() };
        let message = of(&many, Language::En);
        assert_eq!((message.subject.as_str(), message.items.len()), ("12 programs are ready to play", 10));
        assert_eq!(message.more.as_deref(), Some("and 2 more"));
        assert_eq!(of(&many, Language::Ja).subject, "番組を12本お届けします");
    }

    #[test]
    fn operators_see_how_batches_went_by_their_own_clock() {
        let batch = Summary {
            id: BatchId::born(0, [1; 2]),
            ready_by: "2026-11-29T22:00:00Z".parse().unwrap(),
            closed_at: "2026-11-29T22:01:00Z".parse().unwrap(),
            made: 120,
            shortened: 3,
            skipped: 2,
            missed: 0,
            failed: 1,
            cancelled: 0,
            late: 4,
            reasons: vec![Reason {
                state: OccurrenceState::Failed,
                reason: "none of its articles\ncould be narrated".into(),
                count: 1,
            }],
        };
        let message = of(&Notice::Batches { batches: vec![batch.clone()] }, Language::En);
        assert_eq!(message.subject, "Batch of 2026-11-30 07:00: 123 programs");
        assert_eq!(message.lead, "In one batch programs were late, missed or failed.");
        assert_eq!(
            message.items[0].facts,
            "120 made, 3 shortened, 2 skipped, 0 missed, 1 failed, 0 cancelled; 4 late"
        );
        assert_eq!(message.items[0].lines, ["1 failed: none of its articles could be narrated"]);
        let well = Summary { failed: 0, late: 0, reasons: Vec::new(), ..batch };
        let message = of(&Notice::Batches { batches: vec![well.clone(), well] }, Language::Ja);
        assert_eq!(message.subject, "配信2回：番組246本");
        assert_eq!(message.lead, "遅れも失敗もありません。");
    }

    #[test]
    fn what_others_wrote_is_one_calm_line() {
        for (wild, tame) in [
            ("a\r\nBcc: x@e.org", "a Bcc: x@e.org"),
            ("a\u{202E}cba\u{2066}\u{200B}", "acba"),
            ("\0\u{7}  a\t b\u{2028}", "a b"),
            ("", ""),
        ] {
            assert_eq!(calm(wild), tame, "{wild:?}");
        }
        let long = calm(&"耳".repeat(500));
        assert!(long.chars().count() == MOST_CHARS && long.ends_with('…'));
    }
}
