//! Clocks that are changed, by law or by mistake: every local date has one program, whatever the hour.

use super::{
    on_both,
    stage::{DAY, HOUR, Planner, Stage},
};
use crate::{
    clock::Time,
    service::{self, Stop},
};
use domain::{FeedId, OccurrenceState, schedule::Standing};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use queue::{Clock, Micros, SetClock};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

on_both!(
    every_local_date_has_one_outcome_on_the_nights_of_the_clock,
    nothing_is_planned_by_a_clock_that_has_jumped,
);

/// Zone, date of the change, and hours around it: inside a gap or a fold, at its edges, and the morning.
const NIGHTS: [(&str, &str, [&str; 4]); 10] = [
    ("America/New_York", "2026-03-08", ["01:59", "02:30", "03:00", "07:00"]),
    ("America/New_York", "2026-11-01", ["00:59", "01:30", "02:00", "07:00"]),
    ("Europe/Berlin", "2026-03-29", ["01:59", "02:30", "03:00", "07:00"]),
    ("Europe/Berlin", "2026-10-25", ["01:59", "02:30", "03:00", "07:00"]),
    ("Australia/Lord_Howe", "2026-04-05", ["01:29", "01:45", "02:00", "07:00"]),
    ("Australia/Lord_Howe", "2026-10-04", ["01:59", "02:15", "02:30", "07:00"]),
    ("Africa/Casablanca", "2026-02-15", ["01:59", "02:30", "03:00", "07:00"]),
    ("Africa/Casablanca", "2026-03-22", ["01:59", "02:30", "03:00", "07:00"]),
    // The clock goes from midnight to one: the date begins at 01:00.
    ("Asia/Tehran", "2022-03-22", ["00:00", "00:30", "01:00", "23:59"]),
    // And from midnight back to eleven: the evening before comes twice.
    ("Asia/Tehran", "2022-09-21", ["00:00", "23:00", "23:30", "23:59"]),
];

async fn every_local_date_has_one_outcome_on_the_nights_of_the_clock(mut stage: Stage) {
    let other = stage.another().await;
    stage.planner = Planner::Two(other.clone());
    for (zone, date, hours) in NIGHTS {
        let (date, rules): (Date, _) = (date.parse().unwrap(), TimeZone::get(zone).unwrap());
        let noon = |date: Date| rules.to_timestamp(date.at(12, 0, 0, 0)).unwrap().as_microsecond();
        stage.clock.set(noon(date.yesterday().unwrap()) - DAY);
        let mut feeds = Vec::new();
        for hour in hours {
            let feed = stage.add_feed("", 2, hour, zone).await;
            feeds.push((feed, standing(&stage, feed).await.promised.unwrap()));
        }
        let end = noon(date.tomorrow().unwrap()) + DAY;
        while stage.now() < end {
            stage.tick().await;
            stage.clock.advance(HOUR);
        }
        let mut dates = 0;
        for (feed, first) in &feeds {
            let settled = standing(&stage, *feed).await.settled.unwrap();
            assert!(*first < date && settled > date, "{zone} {date}: {first} to {settled}");
            dates += u64::try_from((settled - *first).get_days()).unwrap() + 1;
        }
        let states = stage.room.store.count_occurrences().await.unwrap();
        assert_eq!(states, [(OccurrenceState::Open, dates)], "{zone} {date}");
        for (feed, _) in feeds {
            rest(&stage, feed).await;
        }
        // What is left of the night are batches without anything to do.
        while let Some(job) = stage.claim().await {
            stage.run(job).await;
        }
    }
    other.store.close().await;
}

/// A clock that is not believed for a while.
struct Doubtful {
    clock: SetClock,
    believed: AtomicBool,
}

impl Clock for Doubtful {
    fn now(&self) -> Micros {
        self.clock.now()
    }
}

impl Time for Doubtful {
    fn is_believed(&self) -> bool {
        self.believed.load(Ordering::Relaxed)
    }
}

/// It shows noon at six in the morning: by it, the programs of seven would be missed.
async fn nothing_is_planned_by_a_clock_that_has_jumped(stage: Stage) {
    let morning = stage.next_morning();
    stage.clock.set(morning + 5 * HOUR);
    let clock = Arc::new(Doubtful { clock: stage.clock.clone(), believed: AtomicBool::new(false) });
    let room = stage.another_by(clock.clone()).await;
    let stop = Stop::new();
    let planning = tokio::spawn(service::schedule(room.clone(), Duration::from_millis(10), stop.clone()));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(stage.room.store.count_occurrences().await.unwrap(), [], "thirty ticks have planned nothing");
    // It was a mistake: the clock is set right, and believed.
    stage.clock.set(morning - HOUR);
    clock.believed.store(true, Ordering::Relaxed);
    let opened = async {
        while stage.room.store.count_occurrences().await.unwrap() != [(OccurrenceState::Open, 3)] {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), opened).await.unwrap();
    stop.now();
    planning.await.unwrap();
    room.store.close().await;
}

async fn standing(stage: &Stage, feed: FeedId) -> Standing {
    stage.room.store.feed(feed).await.unwrap().unwrap().standing
}

/// The next night is for others; what is open of it goes.
async fn rest(stage: &Stage, feed: FeedId) {
    let now = stage.now();
    let mut tx = stage.room.store.begin().await.unwrap();
    let ever = Some(Timestamp::UNIX_EPOCH);
    tx.reschedule(feed, |schedule| schedule.paused_since = ever, now).await.unwrap();
    tx.commit().await.unwrap();
}
