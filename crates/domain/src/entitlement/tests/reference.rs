//! `docs/reference/subscriptions.md`, made from the scenarios.

use super::{
    super::*,
    stage::{Scenario, all, arrived, plans, stands},
};
use crate::{language::Language, subscription::Standing};
use std::{fmt::Write, path::Path};

/// Set by `cargo xtask docs`: then the file is written instead of compared.
const WRITE: &str = "MIMIYORI_WRITE_REFERENCE";

/// The listener of the table has so many feeds.
const FEEDS: u32 = 6;

#[test]
fn the_reference_is_the_scenarios() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/subscriptions.md");
    let made = reference();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, made).unwrap();
        return;
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == made,
        "docs/reference/subscriptions.md is not what the scenarios say; run cargo xtask docs"
    );
}

fn reference() -> String {
    let mut text = String::from(INTRODUCTION);
    let plans = plans();
    for scenario in all() {
        let without = scenario.base.map_or("no plan".to_owned(), |plan| format!("the plan `{plan}`"));
        write!(text, "\n## {}\n\nWithout a subscription: {without}.\n\n", scenario.name).unwrap();
        text.push_str(
            "| on | what happens | state | may have | feeds on | the listener reads | 利用者への表示 |\n",
        );
        text.push_str("|---|---|---|---|---|---|---|\n");
        (0..scenario.rows.len()).for_each(|place| line(&mut text, &scenario, place, &plans));
    }
    text.push_str(
        "\n## Reasons\n\nWhat is kept with an occurrence that is skipped, and answered by the API.\n\n",
    );
    text.push_str("| reason | the listener reads | 利用者への表示 |\n|---|---|---|\n");
    let zone = tokyo();
    for refusal in reasons() {
        let [en, ja] = [Language::En, Language::Ja].map(|language| refusal.sentence(language, &zone));
        writeln!(text, "| `{}` | {en} | {ja} |", refusal.key()).unwrap();
    }
    text
}

#[test]
fn a_reason_is_kept_under_its_key() {
    for refusal in reasons() {
        let json = serde_json::to_value(&refusal).unwrap();
        assert_eq!(json["reason"], refusal.key());
        assert_eq!(serde_json::from_value::<Refusal>(json).unwrap(), refusal);
    }
}

fn tokyo() -> Zone {
    "Asia/Tokyo".parse().unwrap()
}

/// Each that there is, and where its words differ, each way.
fn reasons() -> Vec<Refusal> {
    let at = "2026-03-31T15:00:00Z".parse().unwrap();
    let days = "mon,wed,fri".parse().unwrap();
    vec![
        Refusal::NoPlan,
        Refusal::UnknownPlan { plan: "gold".into() },
        Refusal::Incomplete,
        Refusal::PaymentFailed { at },
        Refusal::Expired { at },
        Refusal::NotRenewed { at },
        Refusal::Paused { until: Some(at) },
        Refusal::Paused { until: None },
        Refusal::FeedOverLimit { limit: 1 },
        Refusal::FeedOverLimit { limit: 5 },
        Refusal::OtherDays { limit: 1, days: "mon".parse().unwrap() },
        Refusal::OtherDays { limit: 3, days },
        Refusal::NoSchedule,
        Refusal::RequestsUsed { limit: 0, again_at: at },
        Refusal::RequestsUsed { limit: 1, again_at: at },
        Refusal::RequestsUsed { limit: 30, again_at: at },
        Refusal::Disabled,
    ]
}

fn line(text: &mut String, scenario: &Scenario, place: usize, plans: &Plans) {
    let row = &scenario.rows[place];
    let facts = scenario.facts(place + 1, plans);
    let standings: Vec<Standing> = arrived(&facts).iter().map(|one| one.standing().clone()).collect();
    let (state, answer) = stands(row, scenario.base, &standings, plans);
    let zone = tokyo();
    let feeds: Vec<u32> = (0..FEEDS).collect();
    let (may, on, [en, ja]) = match &answer {
        Ok(right) => {
            let notice = |language| right.notice.as_ref().map(|notice| notice.sentence(language, &zone));
            let off = right.beyond(&feeds).len();
            let told = [Language::En, Language::Ja].map(|language| notice(language).unwrap_or_default());
            (format!("`{}`", right.plan), feeds.len() - off, told)
        }
        Err(refusal) => {
            let told = [Language::En, Language::Ja].map(|language| refusal.sentence(language, &zone));
            (format!("nothing: `{}`", refusal.key()), 0, told)
        }
    };
    writeln!(text, "| {} | {} | {state} | {may} | {on} of {FEEDS} | {en} | {ja} |", row.on, row.what)
        .unwrap();
}

const INTRODUCTION: &str = "\
# Subscriptions

<!-- Made from crates/domain/src/entitlement/tests/scenarios.txt by `cargo xtask docs`. -->

What happens to a subscription, what that makes of it, what its listener may have, and what they read. Each row is a
test: it holds at noon (UTC) of its day, for every order in which the messages up to it arrive, each also twice.

- **State**: `trialing`, `active`, `past_due` and `canceled` give the plan; `incomplete`, `paused` and `expired` do not.
  `canceled` is what will end and has not yet. The grace for a payment is 7 days here, the default.
- **An upgrade** counts at once, **a downgrade** at the end of the period that is paid. A cancellation that takes effect
  at once ends what was paid too: it is for giving money back.
- **Of several** subscriptions, and the plan a listener has without any, the best one counts.
- **Feeds** beyond the plan are put on hold, the newest first. None is deleted: they are back with the next better plan.
- **Programs** that were published stay until the date they were published with. A change of plan makes that later, and
  never sooner.
- A pause of payment (`pause_collection`), whatever becomes of its invoices, pauses the subscription.
- `unpaid` is taken for `past_due`: the grace counts from the first failure either way.
- Messages count by Stripe's `created`; of two of the same second, the one further on in a subscription's life. A
  subscription that was read from Stripe itself counts from the instant it was asked for.
";
