//! What changed of a subscription, and when, for its listener and for the operator.

use super::{Fact, Snapshot, Status};
use crate::{
    language::Language,
    schedule::{Zone, written_date},
};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub at: Timestamp,
    #[serde(flatten)]
    pub change: Change,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    Began {
        status: Status,
        plan: String,
    },
    Became {
        status: Status,
    },
    PlanChanged {
        from: String,
        to: String,
    },
    Renewed {
        until: Timestamp,
    },
    WillEnd {
        at: Timestamp,
    },
    /// What was agreed to end goes on.
    GoesOn,
}

pub(super) fn of(facts: &BTreeSet<Fact>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut before: Option<&Snapshot> = None;
    for Fact { at, snapshot, .. } in facts {
        let changes = match before {
            None => vec![Change::Began { status: snapshot.status, plan: snapshot.plan.clone() }],
            Some(before) => between(before, snapshot),
        };
        entries.extend(changes.into_iter().map(|change| Entry { at: *at, change }));
        before = Some(snapshot);
    }
    entries
}

fn between(before: &Snapshot, after: &Snapshot) -> Vec<Change> {
    let became = (before.status != after.status).then_some(Change::Became { status: after.status });
    let plan = (before.plan != after.plan)
        .then(|| Change::PlanChanged { from: before.plan.clone(), to: after.plan.clone() });
    let is_over = after.status == Status::Ended;
    let renewed = after.period_end.filter(|end| !is_over && before.period_end.is_none_or(|had| *end > had));
    let end = match (before.ends_at, after.ends_at) {
        (had, Some(at)) if had != Some(at) && !is_over => Some(Change::WillEnd { at }),
        (Some(_), None) if !is_over => Some(Change::GoesOn),
        _ => None,
    };
    [became, plan, renewed.map(|until| Change::Renewed { until }), end].into_iter().flatten().collect()
}

impl Change {
    /// One sentence, full stop included; dates are those of the listener's zone.
    pub fn sentence(&self, language: Language, zone: &Zone) -> String {
        let date = |at: &Timestamp| written_date(zone.date_at(*at), language);
        match language {
            Language::Ja => match self {
                Self::Began { status, plan } => {
                    format!("プラン「{plan}」の契約を開始しました（{}）。", status.in_japanese())
                }
                Self::Became { status } => format!("契約の状態が「{}」になりました。", status.in_japanese()),
                Self::PlanChanged { from, to } => {
                    format!("プランを「{from}」から「{to}」に変更しました。")
                }
                Self::Renewed { until } => format!("契約期間が{}までになりました。", date(until)),
                Self::WillEnd { at } => format!("{}に契約を終了する手続きをしました。", date(at)),
                Self::GoesOn => "契約の終了を取り消しました。".into(),
            },
            Language::En => match self {
                Self::Began { status, plan } => {
                    format!("A subscription to the plan \"{plan}\" began ({}).", status.in_english())
                }
                Self::Became { status } => format!("The subscription is now {}.", status.in_english()),
                Self::PlanChanged { from, to } => format!("The plan changed from \"{from}\" to \"{to}\"."),
                Self::Renewed { until } => format!("The period now runs until {}.", date(until)),
                Self::WillEnd { at } => format!("It was set to end on {}.", date(at)),
                Self::GoesOn => "It no longer ends.".into(),
            },
        }
    }
}

impl Status {
    const fn in_japanese(self) -> &'static str {
        match self {
            Self::Incomplete => "支払い手続き中",
            Self::Trialing => "お試し期間中",
            Self::Active => "有効",
            Self::Granted => "運営者から提供中",
            Self::PastDue => "支払い待ち",
            Self::Paused => "一時停止中",
            Self::Ended => "終了",
        }
    }

    const fn in_english(self) -> &'static str {
        match self {
            Self::Incomplete => "waiting for its first payment",
            Self::Trialing => "on trial",
            Self::Active => "active",
            Self::Granted => "given by the operator",
            Self::PastDue => "waiting for a payment",
            Self::Paused => "paused",
            Self::Ended => "over",
        }
    }
}
