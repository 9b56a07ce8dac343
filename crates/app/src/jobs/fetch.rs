//! Fetch: what is due of one host, read source after source and recorded. Database and network only.
//!
//! What goes wrong with a source is written down as that source's trouble, and the next is read; the job
//! itself fails only where nothing can be written down. Its key keeps a host's sources from being read side
//! by side.

use super::{SECOND, Trouble, job};
use crate::{
    clock::{chance, timestamp},
    metrics::{self, Fetched, Stage},
    workshop::Sources,
};
use domain::{
    Article, ArticleId, Work,
    source::{self as rules, Brought, State},
};
use futures::FutureExt;
use net::NetError;
use queue::{Clock, Context, Entropy, JobStore, Lane, Micros, NewJob, OnDuplicate, Outcome};
use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};
use store::{Asked, DueSource, Fenced, Legible, Source, Store, StoreError, TakenIn, Told};
use studio::source::{self, Answer, Feed, SourceError, Validators};
use tokio::time::Instant;

#[cfg(test)]
mod tests;

/// What fetching works with.
pub struct Fetching {
    pub store: Store,
    pub sources: Sources,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// Nobody waits for a reading: there is the next.
    pub lane: Lane,
}

/// Hosts that one tick looks after.
const MOST_HOSTS: u32 = 1_000;
/// Sources of one host in one go; then other hosts have their turn.
const MOST_SOURCES: u32 = 50;
/// Between two questions to one host.
const PAUSE: Duration = Duration::from_millis(500);
/// Questions in a row that nobody answers, before a host is left alone for a while: each takes its patience.
const MOST_SILENCES: u32 = 2;
/// How long what a source lists no more is kept, if nobody heard it.
const KEPT_FOR: Micros = 60 * 24 * HOUR;
const HOUR: Micros = 3_600 * SECOND;

/// Has every host read that has something due; how many of them were not waiting for it already. Any node may
/// call it at any time.
pub async fn enqueue_due(fetching: &Fetching) -> Result<u64, StoreError> {
    let now = fetching.clock.now();
    let hosts = fetching.store.due_hosts(now, MOST_HOSTS).await?;
    if hosts.is_empty() {
        return Ok(0);
    }
    let jobs: Vec<NewJob> = hosts
        .into_iter()
        .map(|host| {
            let key = format!("fetch:{host}");
            job(&Work::Fetch { host }, key, fetching.lane, now + HOUR)
        })
        .collect();
    Ok(fetching.store.enqueue(&jobs, OnDuplicate::Keep, now).await?.new)
}

pub async fn fetch(fetching: &Fetching, context: &Context, host: &str) -> Result<Outcome, Trouble> {
    let now = fetching.clock.now();
    let Legible { rows: due, broken } = fetching.store.due_sources(host, now, MOST_SOURCES).await?;
    for (id, error) in broken {
        tracing::error!(%error, "a source is set aside");
        fetching.store.set_source_aside(id, now + 24 * HOUR, &error.to_string()).await?;
    }
    let mut silences = 0;
    for (place, source) in due.iter().enumerate() {
        if place > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        if context.is_stopping() {
            return Ok(Outcome::Snooze(fetching.clock.now()));
        }
        if fetching.begin(&source.source).await? == Fenced::LeaseLost {
            overtaken(&source.source);
            continue;
        }
        let began = Instant::now();
        let Ok(met) = AssertUnwindSafe(fetching.read(source)).catch_unwind().await else {
            // The others of its host are read all the same.
            let why = "reading it failed by an error of our own; see the log";
            fetching.store.set_source_aside(source.source.id, fetching.clock.now() + 24 * HOUR, why).await?;
            continue;
        };
        let met = met?;
        metrics::stage_took(Stage::Fetch, began.elapsed());
        silences = if met == Met::Silence { silences + 1 } else { 0 };
        let rest = match met {
            Met::Wish(rest) => rest,
            Met::Silence if silences == MOST_SILENCES => rules::LEAST,
            Met::Answer | Met::Silence => continue,
        };
        return Ok(Outcome::Snooze(after(fetching.clock.now(), rest)));
    }
    Ok(match due.len() {
        0 => Outcome::Skip("nothing of it is due any more".into()),
        all if all < MOST_SOURCES as usize => Outcome::Done,
        _ => Outcome::Snooze(fetching.clock.now()),
    })
}

/// How a host took a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    Answer,
    /// Nobody answered, or not in time.
    Silence,
    /// It wants to be left alone for so long.
    Wish(Duration),
}

impl Met {
    fn by(error: &SourceError) -> Self {
        match error {
            // Whoever counts requests counts those for its other feeds too.
            SourceError::Throttled { wait, .. } => {
                Self::Wish(wait.unwrap_or_default().clamp(rules::LEAST, rules::MOST))
            }
            SourceError::Slow { .. }
            | SourceError::Net(NetError::Dns { .. } | NetError::Connect { .. } | NetError::Timeout { .. }) => {
                Self::Silence
            }
            _ => Self::Answer,
        }
    }
}

/// Why there is no answer of a source.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fetching {
    /// Notes that a source is being asked. A document may bring the whole process down: the next one does not begin
    /// with it again.
    async fn begin(&self, source: &Source) -> Result<Fenced, StoreError> {
        let (rhythm, wait) = source.rhythm.begun();
        self.store.begin_asking(source, rhythm, after(self.clock.now(), wait)).await
    }

    /// Reads one source and records how that ended.
    async fn read(&self, due: &DueSource) -> Result<Met, StoreError> {
        let answer = self.ask(&due.source).await;
        let now = self.clock.now();
        let (recorded, met) = match answer {
            Ok(Answer::Read(feed)) => (self.record_feed(due, feed, now).await, Met::Answer),
            Ok(Answer::Unchanged { poll_after }) => {
                let notice = due.source.notice.as_deref().filter(|_| due.source.rhythm.failures == 0);
                let asked = self.asked(due, Brought::Nothing, poll_after, notice, now);
                (self.record(due, &asked, Fetched::Unchanged, now).await, Met::Answer)
            }
            Err(Unread::Source(error)) => (self.record_error(due, &error, now).await, Met::by(&error)),
            Err(Unread::Store(error)) => return Err(error),
        };
        let fetched = match recorded {
            Err(error) if error.is_refusal() => {
                let why = format!("{}: what it gave cannot be kept: {error}", due.source.address);
                let asked = self.asked(due, Brought::Failure, None, Some(&why), now);
                self.record(due, &asked, Fetched::Failed, now).await?
            }
            recorded => recorded?,
        };
        if let Some(fetched) = fetched {
            metrics::source_fetched(fetched);
        }
        Ok(met)
    }

    async fn ask(&self, known: &Source) -> Result<Answer, Unread> {
        let address = known.address.parse().map_err(SourceError::from)?;
        let mut reading = self.sources.reading(&address);
        reading.validators = self.validators(known);
        match source::ask(&address, &reading).await? {
            source::Asked::Unchanged { poll_after } => Ok(Answer::Unchanged { poll_after }),
            source::Asked::Listed(mut listing) => {
                let texts = self.store.standing_texts(known.id, &listing.teasers()).await?;
                listing.recall(texts);
                Ok(Answer::Read(listing.complete(&address, &reading).await?))
            }
        }
    }

    fn validators(&self, source: &Source) -> Validators {
        let quiet = between(source.changed_at.unwrap_or(source.created_at), self.clock.now());
        if rules::doubts_silence(quiet, self.entropy.fraction()) {
            return Validators::default();
        }
        Validators { etag: source.etag.clone(), last_modified: source.last_modified.clone() }
    }

    /// Takes in a feed and records its reading, in one transaction.
    async fn record_feed(
        &self,
        due: &DueSource,
        feed: Feed,
        now: Micros,
    ) -> Result<Option<Fetched>, StoreError> {
        let source = &due.source;
        let pace = rules::pace(feed.articles.iter().filter_map(|one| one.published), timestamp(now));
        let listed: Vec<(ArticleId, Article)> = feed
            .articles
            .into_iter()
            .map(|one| (ArticleId::born(now, chance(&*self.entropy)), one))
            .collect();
        let guids: Vec<&str> = listed.iter().map(|(_, article)| article.id.as_str()).collect();
        let notice =
            feed.moved_to.map(|to| format!("{} has moved for good to {to}; use that", source.address));
        for note in feed.notes {
            tracing::debug!(source = source.address, "{note}");
        }
        let mut tx = self.store.begin().await?;
        let taken_in = tx.take_in(source.id, &listed, now).await?;
        let (brought, fetched) = match taken_in {
            TakenIn { new: 0, revised: 0 } => (Brought::Nothing, Fetched::Unchanged),
            _ => (Brought::News { pace }, Fetched::Changed),
        };
        let asked = self.asked(due, brought, feed.poll_after, notice.as_deref(), now);
        if tx.record_asked(source, &asked, now).await? == Fenced::LeaseLost {
            return Ok(overtaken(source));
        }
        let told = Told {
            title: &feed.title,
            etag: feed.validators.etag.as_deref(),
            last_modified: feed.validators.last_modified.as_deref(),
        };
        tx.record_told(source.id, &told, taken_in).await?;
        // An empty list is more often a mishap than the truth.
        if !guids.is_empty() {
            tx.forget_unlisted(source.id, &guids, now - KEPT_FOR).await?;
        }
        tx.commit().await?;
        Ok(Some(fetched))
    }

    async fn record_error(
        &self,
        due: &DueSource,
        error: &SourceError,
        now: Micros,
    ) -> Result<Option<Fetched>, StoreError> {
        let why = error.to_string();
        tracing::info!(error = why, "a source was not read");
        let failed = self.asked(due, Brought::Failure, error.wait(), Some(&why), now);
        let (asked, fetched) = match error {
            SourceError::Gone { .. } => (Asked { state: State::Gone, ..failed }, Fetched::Gone),
            SourceError::Throttled { .. } => (failed, Fetched::Throttled),
            _ => (failed, Fetched::Failed),
        };
        self.record(due, &asked, fetched, now).await
    }

    /// Records a question that brought no articles.
    async fn record(
        &self,
        due: &DueSource,
        asked: &Asked<'_>,
        fetched: Fetched,
        now: Micros,
    ) -> Result<Option<Fetched>, StoreError> {
        match self.store.record_asked(&due.source, asked, now).await? {
            Fenced::Recorded => Ok(Some(fetched)),
            Fenced::LeaseLost => Ok(overtaken(&due.source)),
        }
    }

    /// When a source is asked again, after what this reading brought.
    fn asked<'a>(
        &self,
        due: &DueSource,
        brought: Brought,
        wish: Option<Duration>,
        notice: Option<&'a str>,
        now: Micros,
    ) -> Asked<'a> {
        let rhythm = due.source.rhythm.after(brought);
        let wanted = due.wanted_by.map(|at| between(now, at));
        let wait = rhythm.wait(wish, wanted, self.entropy.fraction());
        Asked { state: State::Active, rhythm, next_fetch_at: after(now, wait), notice }
    }
}

/// Somebody else has read it meanwhile: theirs counts.
fn overtaken(source: &Source) -> Option<Fetched> {
    tracing::debug!(source = source.address, "a reading came too late to be recorded");
    None
}

fn between(from: Micros, to: Micros) -> Duration {
    Duration::from_micros(u64::try_from(to.saturating_sub(from)).unwrap_or(0))
}

fn after(now: Micros, wait: Duration) -> Micros {
    now.saturating_add(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX))
}
