//! What the API asks of whoever produces, answered by the service's room.

use crate::{
    accounts, backfill,
    billing::{self, NoLink},
    config::Config,
    failure::Failure,
    farewell, gift,
    jobs::Room,
    office::Office,
    planner::Outlooks,
    podcasts, redrive, reports, request,
    service::{self, Stop},
    workshop::Workshop,
};
use domain::{FeedId, ListenerId};
use futures::{FutureExt, future::BoxFuture};
use queue::{Lane, Micros, State};
use std::{sync::Arc, time::Duration};
use store::{StoreError, batches::Batch};
use tokio::{sync::Mutex, time::Instant};
use web::api::{
    Answer, Api, Gift, Made, Parts, Production, Ticked, Undeleted, Ungiven, Unpayable,
    operate::{
        backfill::{BackfillWish, Backfilled},
        batches::Report,
        dead::{RedriveWish, Redriven},
        load::{self, Load},
    },
};
use web::{
    account::{Account, Mail},
    channels::Channels,
};

/// How often it is looked whether anything is left to be done.
const LOOK: Duration = Duration::from_millis(200);
/// After which nothing more is expected.
const QUIET: Duration = Duration::from_secs(3);

/// The API over a service's room; `works`: this process works the queue anyway.
pub fn api(
    room: &Arc<Room>,
    account: Account,
    config: &Config,
    workshop: &Workshop,
    works: bool,
) -> Result<Api, Failure> {
    let production = Service { room: room.clone(), config: config.clone(), works, beat: Mutex::default() };
    Ok(Api::new(Parts {
        store: room.store.clone(),
        channels: channels(room, workshop, account.mail()),
        account,
        clock: room.clock.clone(),
        entropy: room.entropy.clone(),
        addresses: podcasts::addresses(config, &workshop.data_dir)?,
        client: workshop.sources.client(),
        production: Arc::new(production),
        offer: room.rules.offer.clone(),
        requests_per_minute: config.server.requests_per_minute,
        scheduler_token: config.server.scheduler_token.reveal()?,
        scheduler: accounts::scheduler(config)?,
    }))
}

/// Where listeners say how they want to be told: for the API, for pages, and for the links of mails.
pub fn channels(room: &Arc<Room>, workshop: &Workshop, mail: Mail) -> Channels {
    Channels {
        store: room.store.clone(),
        clock: room.clock.clone(),
        entropy: room.entropy.clone(),
        client: Arc::new(workshop.sources.client()),
        keys: room.herald.keys.clone(),
        mail,
    }
}

struct Service {
    room: Arc<Room>,
    config: Config,
    works: bool,
    /// Ticks from outside come one after another: workers are not started twice.
    beat: Mutex<()>,
}

impl Service {
    fn office(&self) -> Office<'_> {
        self.room.office()
    }

    /// Jobs that can be done now, or are being done.
    async fn waiting(&self) -> Result<u64, StoreError> {
        let counts = self.room.store.count_jobs().await?;
        let waiting = counts.iter().map(|count| match count.state {
            State::Available => count.total - count.waiting,
            State::Leased => count.total,
            _ => 0,
        });
        Ok(waiting.sum())
    }

    /// Works until so long has passed, or nothing has come for a moment: what is put off for a second is waited for.
    async fn work(&self, most: Duration) -> Result<(), StoreError> {
        let (stop, until) = (Stop::new(), Instant::now() + most);
        let working = async {
            if !self.works {
                service::work(self.room.clone(), &self.config, stop.clone()).await;
            }
        };
        let watching = async {
            let mut looked = Ok(0);
            let mut busy_at = Instant::now();
            while Instant::now() < until && busy_at.elapsed() < QUIET {
                looked = self.waiting().await;
                match looked {
                    Ok(0) => {}
                    Ok(_) => busy_at = Instant::now(),
                    Err(_) => break,
                }
                tokio::time::sleep(LOOK).await;
            }
            stop.now();
            looked.map(drop)
        };
        tokio::join!(working, watching).1
    }

    async fn beat(&self, most: Duration) -> Result<Ticked, StoreError> {
        let _alone = self.beat.lock().await;
        self.room.learning.exchange(&self.room.store).await?;
        let planned = service::plan(&self.room, Duration::ZERO).await;
        if !most.is_zero() {
            self.work(most).await?;
        }
        Ok(Ticked { opened: planned.opened, missed: planned.missed, waiting: self.waiting().await? })
    }
}

impl Production for Service {
    fn make_now(&self, feed: FeedId, key: String) -> BoxFuture<'_, Result<Answer, StoreError>> {
        async move {
            match request::make_now(self.office(), feed, &key).await {
                Ok(request::Answer { occurrence, batch, state, local_date, is_new }) => {
                    Ok(Answer::Made(Made { occurrence, batch, state, local_date, is_new }))
                }
                Err(request::Refused::Store(error)) => Err(error),
                Err(request::Refused::Plan(refused)) => Ok(Answer::NotInPlan(refused.text)),
                Err(request::Refused::NoFeed(_) | request::Refused::BadKey) => Ok(Answer::NoFeed),
            }
        }
        .boxed()
    }

    fn tick(&self, work: Duration) -> BoxFuture<'_, Result<Ticked, String>> {
        self.beat(work).map(|ticked| ticked.map_err(|error| error.to_string())).boxed()
    }

    fn reports(&self, batches: Vec<Batch>) -> BoxFuture<'_, Result<Vec<Report>, StoreError>> {
        reports::reports(self.office(), batches).boxed()
    }

    fn redrive(&self, wish: RedriveWish) -> BoxFuture<'_, Result<Redriven, StoreError>> {
        async move {
            let RedriveWish { filter, first, per_minute, by } = wish;
            let wish = redrive::Wish { filter, first, per_minute, by };
            let done = redrive::redrive(&self.room.store, &wish, self.room.clock.now()).await?;
            let redrive::Redriven { jobs, occurrences, batches } = done;
            Ok(Redriven { jobs, occurrences, batches, ..Redriven::default() })
        }
        .boxed()
    }

    fn backfill(&self, wish: BackfillWish, by: String) -> BoxFuture<'_, Result<Backfilled, StoreError>> {
        async move {
            let BackfillWish { from, to, feed_id: feed, per_minute, dry_run } = wish;
            let lane = self.config.queue.ranked_lanes().last().map_or(Lane(0), |(_, lane, _)| *lane);
            let asked = backfill::Wish { from, to, feed, per_minute, lane, by };
            let plan = backfill::plan(self.office(), &asked).await?;
            let occurrences = match dry_run {
                true => plan.lost.len() as u64,
                false => backfill::open(self.office(), &asked, &plan).await?,
            };
            let due_at = plan.parts.iter().map(|part| part.due_at).max().map(crate::clock::timestamp);
            Ok(Backfilled { dry_run, occurrences, batches: plan.parts.len() as u64, due_at })
        }
        .boxed()
    }

    fn checkout(&self, listener: ListenerId, plan: String) -> BoxFuture<'_, Result<String, Unpayable>> {
        async move { paid(billing::checkout(&self.room, listener, &plan).await) }.boxed()
    }

    fn portal(&self, listener: ListenerId) -> BoxFuture<'_, Result<String, Unpayable>> {
        async move { paid(billing::portal(&self.room, listener).await) }.boxed()
    }

    fn give(&self, listener: ListenerId, gift: Gift, by: String) -> BoxFuture<'_, Result<(), Ungiven>> {
        async move {
            let wish = gift::Wish { listener, by };
            let given = match gift {
                Gift::Plan { name, until } => gift::give(self.office(), &wish, &name, until).await,
                Gift::TakenBack => gift::take_back(self.office(), &wish).await,
            };
            given.map_err(|refused| match refused {
                gift::Refused::Nobody => Ungiven::Nobody,
                gift::Refused::Past(_) => Ungiven::Past,
                gift::Refused::NothingGiven => Ungiven::NothingGiven,
                gift::Refused::Store(error) => Ungiven::Store(error),
            })
        }
        .boxed()
    }

    fn delete_account(
        &self,
        listener: ListenerId,
        email: String,
        by: String,
    ) -> BoxFuture<'_, Result<(), Undeleted>> {
        async move {
            let wish = farewell::Wish { listener, email: &email, by };
            farewell::delete(self.office(), &wish).await.map_err(|refused| match refused {
                farewell::Refused::Nobody => Undeleted::Nobody,
                farewell::Refused::OtherAddress => Undeleted::OtherAddress,
                farewell::Refused::Pays | farewell::Refused::Unsettled => {
                    Undeleted::Pays(refused.to_string())
                }
                farewell::Refused::Store(error) => Undeleted::Store(error),
            })
        }
        .boxed()
    }

    fn load(&self) -> BoxFuture<'_, Result<Load, StoreError>> {
        async move {
            let now = self.room.clock.now();
            let outlooks = Outlooks::look_until(&self.room, now.saturating_add(load::AHEAD), now).await?;
            Ok(reports::load(&outlooks, self.room.rules.capacity))
        }
        .boxed()
    }

    fn last_tick(&self) -> Option<Micros> {
        self.room.lookout.last_tick()
    }

    fn settings(&self) -> String {
        self.config.shown()
    }

    fn lane(&self, lane: Lane) -> String {
        let lanes = self.config.queue.ranked_lanes();
        let named = lanes.iter().find(|(_, number, _)| *number == lane).map(|(name, ..)| (*name).to_owned());
        named.unwrap_or_else(|| lane.0.to_string())
    }
}

fn paid(page: Result<url::Url, NoLink>) -> Result<String, Unpayable> {
    page.map(String::from).map_err(|cause| match cause {
        NoLink::NotSold | NoLink::Subscribed | NoLink::NothingPaid => Unpayable::NotNow(cause.to_string()),
        NoLink::PlanNotSold(_) => Unpayable::NoPlan(cause.to_string()),
        NoLink::Stripe(_) | NoLink::Store(_) => Unpayable::Away(cause.to_string()),
    })
}
