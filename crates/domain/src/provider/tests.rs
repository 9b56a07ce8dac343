//! The rules, one by one and together.

mod accounts;
mod breakers;
mod buckets;
mod budgets;
mod estimates;
mod ladders;
mod windows;

use super::{ladder::Refused, *};
use proptest::prelude::*;
use std::collections::BTreeMap;

const DAY: Micros = 24 * 60 * MINUTE;
/// 2026-11-25T00:00:00Z.
const MIDNIGHT: Micros = 1_795_564_800 * SECOND;
const NOW: Micros = MIDNIGHT + 12 * 60 * MINUTE;

fn account(settings: Settings) -> Account {
    Account { settings, ..Account::default() }
}

fn ask(lane: u8) -> Ask {
    Ask { operation: Operation::Speak, lane, units: Some(characters(100)), paid: Paid::default() }
}

fn characters(characters: u64) -> Units {
    Units { requests: 1, characters, ..Units::default() }
}

fn idle() -> Open {
    Open::default()
}

/// Books and says it must go through.
fn booked(account: &mut Account, lane: u8, open: &Open, now: Micros) -> Booking {
    account.book(&ask(lane), open, now).unwrap()
}

fn why(account: &mut Account, lane: u8, open: &Open, now: Micros) -> Why {
    account.book(&ask(lane), open, now).unwrap_err().why
}
