//! What listeners may have: asked before anything is made of it, and once more when it is done.

use super::{
    on_both,
    stage::{DAY, HOUR, SECOND, Stage},
};
use crate::{
    gift,
    office::Office,
    request::{self, make_now},
};
use domain::{FeedId, ListenerId, OccurrenceState, Plans, Schedule, Style, Work, schedule::Days};
use queue::Micros;
use store::{feeds::Feed, programs::Program};

on_both!(
    a_wish_is_cut_down_to_the_plan,
    the_newest_feeds_beyond_a_plan_are_left_out_and_come_back,
    what_the_plan_has_no_day_for_is_left_out_with_its_reason,
    who_is_kept_out_gets_nothing,
    at_publication_only_the_right_to_receive_is_asked,
    a_better_plan_counts_at_once_and_lengthens_what_was_promised,
    programs_on_request_are_counted_by_the_month,
);

impl Stage {
    fn office(&self) -> Office<'_> {
        self.room.office()
    }

    /// The only feed of a listener on a plan.
    async fn person(&mut self, plan: &str, minutes: u32) -> Feed {
        let id = self.add_feed("", minutes, "07:00", "Etc/UTC").await;
        let feed = self.feeds.iter().find(|feed| feed.id == id).unwrap().clone();
        self.put_on(feed.listener, plan).await;
        feed
    }

    async fn put_on(&self, listener: ListenerId, plan: &str) {
        let mut tx = self.room.store.begin().await.unwrap();
        assert!(tx.set_plan(listener, plan).await.unwrap());
        tx.settle_plan(listener, &self.room.rules.offer.terms(), self.now()).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Another feed of the same listener, younger than all before.
    async fn another_of(&mut self, of: &Feed) -> FeedId {
        self.clock.set(self.now() + SECOND);
        let id = FeedId::born(self.now(), self.room.chance());
        self.follow_news(Feed { id, ..of.clone() }).await
    }

    async fn give(&self, listener: ListenerId, plan: &str, until: Option<Micros>) {
        let wish = gift::Wish { listener, by: "the operator".into() };
        gift::give(self.office(), &wish, plan, until.map(crate::clock::timestamp)).await.unwrap();
    }

    async fn take_back(&self, listener: ListenerId) {
        let wish = gift::Wish { listener, by: "the operator".into() };
        gift::take_back(self.office(), &wish).await.unwrap();
    }

    async fn programs_of(&self, feed: FeedId) -> Vec<Program> {
        let programs = self.room.store.latest_programs(1_000).await.unwrap();
        programs.into_iter().filter(|program| program.feed == feed).collect()
    }

    /// How a feed's slot of a morning ended.
    async fn ending(&self, feed: FeedId, morning: Micros) -> OccurrenceState {
        self.room.store.slot_state(feed, date(morning)).await.unwrap().unwrap()
    }

    /// Why slots ended as they did, of the latest batches.
    async fn reasons(&self) -> String {
        let mut all = String::new();
        for batch in self.room.store.recent_batches(10).await.unwrap() {
            all += &format!("{:?}\n", self.room.store.batch_reasons(batch.id, 9).await.unwrap());
        }
        all
    }
}

async fn a_wish_is_cut_down_to_the_plan(mut stage: Stage) {
    let mut feed = stage.person(Plans::FREE, 2).await;
    // As it was under a better plan.
    (feed.minutes, feed.style, feed.max_articles) = (30, Style::Dialogue, Some(20));
    let mut tx = stage.room.store.begin().await.unwrap();
    tx.update_feed(&feed, stage.now()).await.unwrap();
    tx.commit().await.unwrap();
    on_days(&stage, feed.id, Days::DAILY).await;
    let mornings = week(&mut stage).await;
    let programs = stage.programs_of(feed.id).await;
    assert_eq!(programs.len(), 2, "free has two days a week, of {mornings}");
    for program in programs {
        let articles = program.document.chapters().iter().filter(|chapter| chapter.url.is_some()).count();
        assert!((1..=3).contains(&articles), "{articles} articles");
        assert!(program.duration_ms <= 11 * 60_000, "{} ms", program.duration_ms);
        assert_eq!(program.expires_at, program.visible_at + 7 * DAY);
    }
    stage.check().await;
}

async fn the_newest_feeds_beyond_a_plan_are_left_out_and_come_back(mut stage: Stage) {
    let oldest = stage.person(Plans::FREE, 2).await;
    on_days(&stage, oldest.id, today(&stage)).await;
    let newest = stage.another_of(&oldest).await;
    on_days(&stage, newest, today(&stage)).await;
    let morning = stage.next_morning();
    stage.day(async |stage, job| stage.run(job).await).await;
    assert_eq!(stage.ending(oldest.id, morning).await, OccurrenceState::Published);
    assert_eq!(stage.ending(newest, morning).await, OccurrenceState::Skipped);
    assert!(stage.reasons().await.contains("your newest feeds are on hold"));

    // Pausing the older one makes room, and so does a better plan.
    pause(&stage, oldest.id).await;
    on_days(&stage, newest, today(&stage)).await;
    let morning = stage.next_morning();
    stage.day(async |stage, job| stage.run(job).await).await;
    assert_eq!(stage.ending(newest, morning).await, OccurrenceState::Published);
    stage.check().await;
}

async fn what_the_plan_has_no_day_for_is_left_out_with_its_reason(mut stage: Stage) {
    let feed = stage.person(Plans::FREE, 2).await;
    week(&mut stage).await;
    let mut left_out = 0;
    for day in 1..=7 {
        let ending = stage.ending(feed.id, stage.next_morning() - day * DAY).await;
        left_out += usize::from(ending == OccurrenceState::Skipped);
    }
    assert_eq!((left_out, stage.programs_of(feed.id).await.len()), (5, 2));
    assert!(stage.reasons().await.contains("covers 2 days per week"));
}

async fn who_is_kept_out_gets_nothing(mut stage: Stage) {
    let kept_out = stage.person(Plans::UNLIMITED, 2).await;
    let later = stage.person(Plans::UNLIMITED, 2).await;
    disable(&stage, kept_out.listener).await;
    let morning = stage.next_morning();
    let mut narrated = false;
    stage
        .day(async |stage, job| {
            // One is kept out when their articles are chosen.
            if matches!(job.work, Work::Narrate { .. }) && !narrated {
                narrated = true;
                disable(stage, later.listener).await;
            }
            stage.run(job).await;
        })
        .await;
    assert_eq!(stage.ending(kept_out.id, morning).await, OccurrenceState::Skipped);
    assert_eq!(stage.ending(later.id, morning).await, OccurrenceState::Cancelled);
    assert!(stage.reasons().await.contains("Your account is disabled."));
    let asked = make_now(stage.office(), kept_out.id, "now").await;
    assert!(matches!(asked, Err(request::Refused::Plan(refused)) if refused.reason.key() == "disabled"));
    stage.check().await;
}

/// The limits are those of planning: what became of the plan meanwhile shapes the next program, not this one.
async fn at_publication_only_the_right_to_receive_is_asked(mut stage: Stage) {
    let lapses = stage.person("", 2).await;
    let lessens = stage.person(Plans::FREE, 2).await;
    for feed in [&lapses, &lessens] {
        on_days(&stage, feed.id, today(&stage)).await;
        stage.give(feed.listener, Plans::PRO, None).await;
    }
    let second = stage.another_of(&lessens).await;
    on_days(&stage, second, today(&stage)).await;
    let morning = stage.next_morning();
    let mut assembled = false;
    stage
        .day(async |stage, job| {
            if matches!(job.work, Work::Assemble { .. }) && !assembled {
                assembled = true;
                stage.take_back(lapses.listener).await;
                stage.take_back(lessens.listener).await;
            }
            stage.run(job).await;
        })
        .await;
    assert_eq!(stage.ending(lapses.id, morning).await, OccurrenceState::Skipped, "nothing may be received");
    assert!(stage.reasons().await.contains("Your subscription ended on"));
    for feed in [lessens.id, second] {
        assert_eq!(stage.ending(feed, morning).await, OccurrenceState::Published, "it was planned under pro");
    }
    stage.check().await;
}

async fn a_better_plan_counts_at_once_and_lengthens_what_was_promised(mut stage: Stage) {
    let feed = stage.person(Plans::FREE, 2).await;
    on_days(&stage, feed.id, today(&stage)).await;
    stage.day(async |stage, job| stage.run(job).await).await;
    let program = async |stage: &Stage| stage.programs_of(feed.id).await.pop().unwrap();
    let heard = program(&stage).await;
    assert_eq!(heard.expires_at, heard.visible_at + 7 * DAY);

    stage.give(feed.listener, Plans::PRO, Some(stage.now() + 2 * DAY)).await;
    assert_eq!(program(&stage).await.expires_at, heard.visible_at + 30 * DAY);
    stage.clock.set(stage.now() + 2 * DAY);
    assert_eq!(crate::upkeep::pass_time(&stage.room).await.unwrap(), 1, "what was given is over");
    assert_eq!(crate::upkeep::pass_time(&stage.room).await.unwrap(), 0, "once");
    assert_eq!(program(&stage).await.expires_at, heard.visible_at + 30 * DAY, "a promise is kept");
}

async fn programs_on_request_are_counted_by_the_month(mut stage: Stage) {
    let feed = stage.person(Plans::FREE, 2).await;
    stage.publish_news().await;
    let ask = async |stage: &Stage, key: &str| make_now(stage.office(), feed.id, key).await;
    let first = ask(&stage, "one").await.unwrap();
    assert!(first.is_new);
    assert!(!ask(&stage, "one").await.unwrap().is_new, "the same program is meant");
    let refused = ask(&stage, "two").await;
    assert!(
        matches!(&refused, Err(request::Refused::Plan(refused)) if refused.reason.key() == "requests_used")
    );
    assert_eq!(
        stage.room.store.requested(&format!("{}:two", feed.id)).await.unwrap(),
        None,
        "nothing is left of it"
    );
    let until = stage.now() + HOUR;
    stage.work_until(until, async |stage, job| stage.run(job).await).await;
    assert_eq!(stage.programs_of(feed.id).await.len(), 1);
    stage.give(feed.listener, Plans::PRO, None).await;
    assert!(ask(&stage, "two").await.unwrap().is_new);
    stage.take_back(feed.listener).await;
    stage.clock.set(stage.now() + 20 * DAY);
    assert!(ask(&stage, "three").await.unwrap().is_new, "another month");
}

/// Seven mornings; how many there were.
async fn week(stage: &mut Stage) -> usize {
    for _ in 0..7 {
        stage.day(async |stage, job| stage.run(job).await).await;
    }
    7
}

/// The one day of the week that the next morning is.
fn today(stage: &Stage) -> Days {
    let all: Vec<Days> =
        ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| day.parse().unwrap()).into();
    let weekday = date(stage.next_morning()).weekday();
    all.into_iter().find(|days| days.contains(weekday)).unwrap()
}

fn date(morning: Micros) -> jiff::civil::Date {
    let utc: domain::schedule::Zone = "Etc/UTC".parse().unwrap();
    utc.date_at(crate::clock::timestamp(morning))
}

async fn on_days(stage: &Stage, feed: FeedId, days: Days) {
    change(stage, feed, |schedule| schedule.days = days).await;
}

async fn pause(stage: &Stage, feed: FeedId) {
    let now = crate::clock::timestamp(stage.now());
    change(stage, feed, |schedule| schedule.paused_since = Some(now)).await;
}

async fn change(stage: &Stage, feed: FeedId, change: impl FnOnce(&mut Schedule) + Send) {
    let mut tx = stage.room.store.begin().await.unwrap();
    tx.reschedule(feed, change, stage.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn disable(stage: &Stage, listener: ListenerId) {
    let mut tx = stage.room.store.begin().await.unwrap();
    assert!(tx.disable_listener(listener, Some(stage.now())).await.unwrap());
    tx.commit().await.unwrap();
}
