//! Reasons and notices in the listener's language, dates by the listener's calendar. A reason says what is
//! so; a remedy, what brings programs back.

use super::{Notice, Refusal};
use crate::{
    language::Language,
    schedule::{Days, Zone, written_date, written_day},
};

impl Refusal {
    /// Reason and remedy: one or two sentences.
    pub fn sentence(&self, language: Language, zone: &Zone) -> String {
        let reason = self.reason(language, zone);
        match self.remedy(language, zone) {
            Some(remedy) => joined(language, &reason, &remedy),
            None => reason,
        }
    }

    pub fn reason(&self, language: Language, zone: &Zone) -> String {
        match language {
            Language::Ja => self.japanese_reason(zone),
            Language::En => self.english_reason(zone),
        }
    }

    pub fn remedy(&self, language: Language, zone: &Zone) -> Option<String> {
        match language {
            Language::Ja => self.japanese_remedy(zone),
            Language::En => self.english_remedy(zone),
        }
    }

    fn japanese_reason(&self, zone: &Zone) -> String {
        let date = |at| written_date(zone.date_at(at), Language::Ja);
        match *self {
            Self::NoPlan => "プランのご契約がありません。".into(),
            Self::UnknownPlan { ref plan } => {
                format!("ご契約のプラン「{plan}」は、現在ご利用いただけません。")
            }
            Self::Incomplete => "初回のお支払いがまだ完了していません。".into(),
            Self::PaymentFailed { at } => {
                format!("お支払いを確認できないまま、猶予期間が{}に終わりました。", date(at))
            }
            Self::Expired { at } => format!("ご契約は{}に終了しました。", date(at)),
            Self::NotRenewed { at } => {
                format!("ご契約の更新を確認できないため、{}から休止しています。", date(at))
            }
            Self::Paused { .. } => "ご契約は一時停止中です。".into(),
            Self::FeedOverLimit { limit } => format!(
                "ご利用のプランのパーソナルフィードは{limit}件までのため、新しいものから休止しています。このフィードも休止中ですが、削除されてはいません。"
            ),
            Self::OtherDays { limit, days } => format!(
                "ご利用のプランの配信は週{limit}日までのため、このフィードは{}にお届けします。",
                named(days, Language::Ja)
            ),
            Self::NoSchedule => "ご利用のプランには、定期配信が含まれません。".into(),
            Self::RequestsUsed { limit: 0, .. } => {
                "ご利用のプランには、すぐに作る番組が含まれません。".into()
            }
            Self::RequestsUsed { limit, .. } => {
                format!("すぐに作る番組は、今月の{limit}回をすべて使いました。")
            }
            Self::Disabled => "このアカウントは停止中です。".into(),
        }
    }

    fn japanese_remedy(&self, zone: &Zone) -> Option<String> {
        let date = |at| written_date(zone.date_at(at), Language::Ja);
        let remedy = match *self {
            Self::NoPlan => "プランを選ぶと番組をお届けします。",
            Self::UnknownPlan { .. } | Self::NotRenewed { .. } | Self::Disabled => {
                "運営者にお問い合わせください。"
            }
            Self::Incomplete => "お支払いが済むと番組をお届けします。",
            Self::PaymentFailed { .. } => "お支払い方法を更新すると番組を再開します。",
            Self::Expired { .. } => {
                "プランを選び直すと番組を再開します。お届け済みの番組は、それぞれの期限まで聴けます。"
            }
            Self::Paused { until: Some(until) } => {
                return Some(format!("{}に番組を再開します。", date(until)));
            }
            Self::Paused { until: None } => "契約を再開すると番組をお届けします。",
            Self::FeedOverLimit { .. } => "プランを変更するか、ほかのフィードを一時停止すると再開します。",
            Self::RequestsUsed { limit: 0, .. } | Self::OtherDays { .. } | Self::NoSchedule => return None,
            Self::RequestsUsed { again_at, .. } => {
                return Some(format!("{}からまた作れます。", date(again_at)));
            }
        };
        Some(remedy.to_owned())
    }

    fn english_reason(&self, zone: &Zone) -> String {
        let date = |at| written_date(zone.date_at(at), Language::En);
        match *self {
            Self::NoPlan => "You have no plan yet.".into(),
            Self::UnknownPlan { ref plan } => format!("Your plan \"{plan}\" is not available at present."),
            Self::Incomplete => "Your first payment is not complete.".into(),
            Self::PaymentFailed { at } => {
                format!("A payment failed, and the time to settle it ended on {}.", date(at))
            }
            Self::Expired { at } => format!("Your subscription ended on {}.", date(at)),
            Self::NotRenewed { at } => format!(
                "Your subscription has been on hold since {}, because its renewal was not confirmed.",
                date(at)
            ),
            Self::Paused { .. } => "Your subscription is paused.".into(),
            Self::FeedOverLimit { limit } => format!(
                "Your plan covers {}, so your newest feeds are on hold. This is one of them; it is not deleted.",
                counted(limit, "feed", "feeds")
            ),
            Self::OtherDays { limit, days } => format!(
                "Your plan covers {} per week, so this feed has programs on {}.",
                counted(limit, "day", "days"),
                named(days, Language::En)
            ),
            Self::NoSchedule => "Your plan does not include scheduled programs.".into(),
            Self::RequestsUsed { limit: 0, .. } => "Your plan does not include programs on request.".into(),
            Self::RequestsUsed { limit: 1, .. } => "This month's program on request is used up.".into(),
            Self::RequestsUsed { limit, .. } => {
                format!("This month's {limit} programs on request are used up.")
            }
            Self::Disabled => "Your account is disabled.".into(),
        }
    }

    fn english_remedy(&self, zone: &Zone) -> Option<String> {
        let date = |at| written_date(zone.date_at(at), Language::En);
        let remedy = match *self {
            Self::NoPlan => "Choose one to get programs.",
            Self::UnknownPlan { .. } | Self::NotRenewed { .. } | Self::Disabled => "Please ask the operator.",
            Self::Incomplete => "Programs begin as soon as it is.",
            Self::PaymentFailed { .. } => "Update your payment method to get programs again.",
            Self::Expired { .. } => {
                "Choose a plan to get programs again. You can listen to earlier ones until they expire."
            }
            Self::Paused { until: Some(until) } => {
                return Some(format!("Programs start again on {}.", date(until)));
            }
            Self::Paused { until: None } => "Resume it to get programs again.",
            Self::FeedOverLimit { .. } => "Change your plan or pause another feed to start it again.",
            Self::RequestsUsed { limit: 0, .. } | Self::OtherDays { .. } | Self::NoSchedule => return None,
            Self::RequestsUsed { again_at, .. } => {
                return Some(format!("You can ask again from {}.", date(again_at)));
            }
        };
        Some(remedy.to_owned())
    }
}

impl Notice {
    pub fn sentence(&self, language: Language, zone: &Zone) -> String {
        let date = |at| written_date(zone.date_at(at), language);
        match (self, language) {
            (&Self::PayBy { until }, Language::Ja) => format!(
                "お支払いを確認できませんでした。番組は{}まで続きます。それまでにお支払い方法を更新してください。",
                date(until)
            ),
            (&Self::PayBy { until }, Language::En) => format!(
                "A payment failed. Your programs go on until {}; please update your payment method before then.",
                date(until)
            ),
            (&Self::Ends { at }, Language::Ja) => {
                format!("ご契約は{}に終了します。それまでは今までどおりご利用いただけます。", date(at))
            }
            (&Self::Ends { at }, Language::En) => {
                format!("Your subscription ends on {}. Nothing changes until then.", date(at))
            }
            (&Self::TrialEnds { at }, Language::Ja) => format!("お試し期間は{}までです。", date(at)),
            (&Self::TrialEnds { at }, Language::En) => format!("Your trial runs until {}.", date(at)),
            (Self::ChangesTo { plan, at }, Language::Ja) => {
                format!(
                    "プランは{}に「{plan}」へ変わります。それまでは今のプランをご利用いただけます。",
                    date(*at)
                )
            }
            (Self::ChangesTo { plan, at }, Language::En) => {
                format!(
                    "Your plan changes to \"{plan}\" on {}. You keep your present one until then.",
                    date(*at)
                )
            }
            (Self::Instead { plan, of }, Language::Ja) => {
                of.reason(language, zone) + &format!("いまはプラン「{plan}」でお届けしています。")
            }
            (Self::Instead { plan, of }, Language::En) => {
                of.reason(language, zone) + &format!(" For now you have the plan \"{plan}\".")
            }
        }
    }
}

fn joined(language: Language, one: &str, other: &str) -> String {
    match language {
        Language::Ja => format!("{one}{other}"),
        Language::En => format!("{one} {other}"),
    }
}

fn counted(count: u32, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// Days in a sentence.
fn named(days: Days, language: Language) -> String {
    let names: Vec<String> = days.iter().map(|day| written_day(day, language)).collect();
    match (language, names.as_slice()) {
        (Language::Ja, names) => names.join("・"),
        (Language::En, [before @ .., last]) if !before.is_empty() => {
            format!("{} and {last}", before.join(", "))
        }
        (Language::En, names) => names.concat(),
    }
}
