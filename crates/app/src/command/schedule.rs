//! `schedule preview`: when programs of a schedule are ready, gaps and folds of the clock included.

use crate::{
    cli::Schedule,
    clock::SystemClock,
    failure::{Failure, Kind},
    terminal::answer,
};
use domain::schedule::{self, Preview, Slot};

pub fn run(wish: Schedule) -> Result<(), Failure> {
    let Schedule::Preview { at, days, zone, from, count, json } = wish;
    let schedule = schedule::Schedule::new(days, at, zone);
    let from = from.unwrap_or_else(|| SystemClock.now());
    let slots = schedule.upcoming(from, count as usize);
    if slots.is_empty() {
        return Err(Failure::new(
            Kind::NothingToSay,
            "no day of this schedule is left; choose an earlier --from",
        ));
    }
    if json {
        let previews: Vec<Preview> = slots.iter().map(Preview::from).collect();
        return answer(serde_json::json!(previews));
    }
    answer(slots.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// "2026-11-24 Tuesday  07:00 +09:00  2026-11-23T22:00:00Z".
fn line(slot: &Slot) -> String {
    let local = slot.local.strftime("%A  %H:%M %:z");
    let note = match slot.note {
        None => "",
        Some(schedule::Note::Gap) => "  (the clock skips this time; ready at the first minute after)",
        Some(schedule::Note::Fold) => "  (this time comes twice; ready by the first)",
    };
    format!("{} {local}  {}{note}", slot.local_date, slot.ready_by)
}
