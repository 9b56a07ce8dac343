//! Reasons and notices in the listener's language, dates by the listener's calendar. Each is one or more
//! whole sentences: what is so, and what to do about it.

use super::{Notice, Refusal};
use crate::{
    language::Language,
    schedule::{Days, Zone, written_date, written_day},
};
use jiff::Timestamp;

impl Refusal {
    pub fn sentence(&self, language: Language, zone: &Zone) -> String {
        match language {
            Language::Ja => self.in_japanese(zone),
            Language::En => self.in_english(zone),
        }
    }

    fn in_japanese(&self, zone: &Zone) -> String {
        let date = |at: &Timestamp| written_date(zone.date_at(*at), Language::Ja);
        match self {
            Self::NoPlan => "プランのご契約がありません。プランを選ぶと番組をお届けします。".into(),
            Self::UnknownPlan { plan } => {
                format!("ご契約のプラン「{plan}」は現在提供していません。運営者にお問い合わせください。")
            }
            Self::Incomplete => {
                "初回のお支払いがまだ完了していません。お支払いが済むと番組をお届けします。".into()
            }
            Self::PaymentFailed { at } => format!(
                "お支払いを確認できないまま、猶予期間が{}に終わりました。お支払い方法を更新すると番組を再開します。",
                date(at)
            ),
            Self::Expired { at } => format!(
                "ご契約は{}に終了しました。プランを選び直すと番組を再開します。お届け済みの番組は、それぞれの期限まで聴けます。",
                date(at)
            ),
            Self::NotRenewed { at } => format!(
                "ご契約の更新を確認できないため、{}から番組を休止しています。運営者にお問い合わせください。",
                date(at)
            ),
            Self::Paused { until: Some(until) } => {
                format!("ご契約は一時停止中です。{}に番組を再開します。", date(until))
            }
            Self::Paused { until: None } => {
                "ご契約は一時停止中です。契約を再開すると番組をお届けします。".into()
            }
            Self::FeedOverLimit { limit } => format!(
                "ご利用のプランのパーソナルフィードは{limit}件までのため、新しいものから休止しています。このフィードは削除されていません。プランを変更するか、ほかのフィードを一時停止すると再開します。"
            ),
            Self::OtherDays { limit, days } => format!(
                "ご利用のプランの配信は週{limit}日までのため、このフィードは{}にお届けします。",
                named(*days, Language::Ja, "・")
            ),
            Self::NoSchedule => "ご利用のプランには定期配信が含まれません。".into(),
            Self::RequestsUsed { limit: 0, .. } => {
                "ご利用のプランには、すぐに作る番組が含まれません。".into()
            }
            Self::RequestsUsed { limit, again_at } => {
                format!(
                    "すぐに作る番組は、今月の{limit}件をすべて使いました。{}からまた作れます。",
                    date(again_at)
                )
            }
        }
    }

    fn in_english(&self, zone: &Zone) -> String {
        let date = |at: &Timestamp| written_date(zone.date_at(*at), Language::En);
        match self {
            Self::NoPlan => "You have no plan yet. Choose one to get programs.".into(),
            Self::UnknownPlan { plan } => {
                format!("Your plan \"{plan}\" is no longer offered. Please ask the operator.")
            }
            Self::Incomplete => "Your first payment is not complete. Programs begin as soon as it is.".into(),
            Self::PaymentFailed { at } => format!(
                "A payment failed, and the time to settle it ended on {}. Update your payment method to get programs again.",
                date(at)
            ),
            Self::Expired { at } => format!(
                "Your subscription ended on {}. Choose a plan to get programs again. You can listen to earlier ones until they expire.",
                date(at)
            ),
            Self::NotRenewed { at } => format!(
                "Programs have been on hold since {}, because the renewal of your subscription was not confirmed. Please ask the operator.",
                date(at)
            ),
            Self::Paused { until: Some(until) } => {
                format!("Your subscription is paused. Programs start again on {}.", date(until))
            }
            Self::Paused { until: None } => {
                "Your subscription is paused. Resume it to get programs again.".into()
            }
            Self::FeedOverLimit { limit } => format!(
                "Your plan covers {limit} {}, so your newest feeds are on hold, this one included. It is not deleted: change your plan or pause another feed and it starts again.",
                if *limit == 1 { "feed" } else { "feeds" }
            ),
            Self::OtherDays { limit, days } => format!(
                "Your plan covers {limit} {} per week, so this feed has programs on {}.",
                if *limit == 1 { "day" } else { "days" },
                named(*days, Language::En, " and ")
            ),
            Self::NoSchedule => "Your plan does not include scheduled programs.".into(),
            Self::RequestsUsed { limit: 0, .. } => "Your plan does not include programs on request.".into(),
            Self::RequestsUsed { limit: 1, again_at } => {
                format!(
                    "You have used this month's program on request. The next is yours from {}.",
                    date(again_at)
                )
            }
            Self::RequestsUsed { limit, again_at } => format!(
                "You have used all {limit} of this month's programs on request. There are new ones from {}.",
                date(again_at)
            ),
        }
    }
}

impl Notice {
    pub fn sentence(&self, language: Language, zone: &Zone) -> String {
        let date = |at: &Timestamp| written_date(zone.date_at(*at), language);
        match (self, language) {
            (Self::Instead { of }, _) => of.sentence(language, zone),
            (Self::PayBy { until }, Language::Ja) => format!(
                "お支払いを確認できませんでした。番組は{}まで続きます。それまでにお支払い方法を更新してください。",
                date(until)
            ),
            (Self::PayBy { until }, Language::En) => format!(
                "A payment failed. Your programs go on until {}; please update your payment method before then.",
                date(until)
            ),
            (Self::Ends { at }, Language::Ja) => {
                format!("ご契約は{}に終了します。それまでは今までどおりご利用いただけます。", date(at))
            }
            (Self::Ends { at }, Language::En) => {
                format!("Your subscription ends on {}. Nothing changes until then.", date(at))
            }
            (Self::TrialEnds { at }, Language::Ja) => format!("お試し期間は{}までです。", date(at)),
            (Self::TrialEnds { at }, Language::En) => format!("Your trial runs until {}.", date(at)),
            (Self::ChangesTo { plan, at }, Language::Ja) => {
                format!(
                    "{}にプランが「{plan}」に変わります。それまでは今のプランをご利用いただけます。",
                    date(at)
                )
            }
            (Self::ChangesTo { plan, at }, Language::En) => {
                format!(
                    "Your plan changes to \"{plan}\" on {}. You keep your present one until then.",
                    date(at)
                )
            }
        }
    }
}

/// Days in a sentence; the last two joined by `and`.
fn named(days: Days, language: Language, and: &str) -> String {
    let mut names: Vec<String> = days.iter().map(|day| written_day(day, language)).collect();
    let last = names.pop().unwrap_or_default();
    let between = match language {
        Language::Ja => and,
        Language::En => ", ",
    };
    match names.is_empty() {
        true => last,
        false => names.join(between) + and + &last,
    }
}
