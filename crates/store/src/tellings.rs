//! What channels are told of, each thing once, and the messages it is told in.

use crate::{
    Legible, Micros, Store, StoreError, Tx,
    db::on,
    deliveries::NewDelivery,
    feeds::instant,
    row::{Cell, json, twin},
    transaction::on_tx,
};
use domain::{
    BatchId, ChannelId, DeliveryId, ListenerId, Notice, OccurrenceId, OccurrenceState, ProgramId,
    SegmentKind, Work,
    notice::{Reason, Summary, Told, ToldArticle},
    notification::{Ready, Settings},
};
use queue::{Begin, Kind, NewJob, OnDuplicate};
use std::collections::{BTreeMap, BTreeSet};

/// A message that did not get through is tried again for so long: after that it is no news.
const PATIENCE: Micros = 3 * 3_600 * 1_000_000;
/// Reasons that an operator is told of one batch.
const MOST_REASONS: i64 = 5;

/// That a channel is to be told of something.
#[derive(Clone, Debug)]
pub struct Telling {
    pub channel: ChannelId,
    pub listener: ListenerId,
    /// Of what: once, whoever tells of it.
    pub subject: String,
    /// What it is told together with; `None`: it is told alone.
    pub bundle: Option<String>,
    pub send_at: Micros,
    /// What is told, where it is known before it is sent.
    pub notice: Option<Notice>,
    /// Of the message, should there be none that gathers already.
    pub delivery: DeliveryId,
}

/// A program that a channel is to tell of.
#[derive(Clone, Debug)]
pub struct Untold {
    pub channel: ChannelId,
    pub listener: ListenerId,
    pub settings: Settings,
    pub occurrence: OccurrenceId,
    pub ready: Ready,
}

/// A message that is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ToSend {
    pub delivery: DeliveryId,
    pub listener: ListenerId,
    pub at: Micros,
}

type UntoldRow = (String, String, String, String, i64, String, i64);

#[derive(sqlx::FromRow)]
struct ProgramRow {
    id: String,
    feed_id: String,
    name: String,
    title: String,
    language: String,
    local_date: String,
    edition: String,
    reason: Option<String>,
    duration_ms: i64,
    document: String,
    ready_by: i64,
    visible_at: i64,
    expires_at: i64,
}

impl Store {
    /// Programs of a batch that channels are still to tell of, from an occurrence on; those that cannot be read by the
    /// channel whose row it is.
    pub async fn untold(
        &self,
        batch: BatchId,
        from: Option<OccurrenceId>,
        visible_since: Micros,
        limit: u32,
    ) -> Result<Legible<Untold, ChannelId>, StoreError> {
        let rows: Vec<UntoldRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/tellings/untold.sql"))
                .bind(batch.to_string())
                .bind(from.map(|id| id.to_string()).unwrap_or_default())
                .bind(visible_since)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        Legible::of("channels", rows, |row| row.0.as_str(), read_untold)
    }
}

impl Tx {
    /// Notes what is to be told, and has it sent. What was told of before is left out; of how many messages it became.
    pub async fn tell(&mut self, tellings: &[Telling], now: Micros) -> Result<usize, StoreError> {
        if tellings.is_empty() {
            return Ok(0);
        }
        let mut planned: BTreeMap<(ChannelId, &str), DeliveryId> = BTreeMap::new();
        let mut rows: Vec<(ChannelId, &str, DeliveryId)> = Vec::with_capacity(tellings.len());
        for telling in tellings {
            let id = match telling.bundle.as_deref() {
                Some(bundle) => *planned.entry((telling.channel, bundle)).or_insert(telling.delivery),
                None => telling.delivery,
            };
            rows.push((telling.channel, &telling.subject, id));
        }
        // Rows are locked in one order everywhere.
        let mut in_order = rows.clone();
        in_order.sort_unstable();
        let sql = twin!(self, "tellings/add");
        let news: Vec<(String, String)> = on_tx!(self, connection => {
            sqlx::query_as(sql).bind(json(&in_order)).bind(now).fetch_all(connection).await?
        });
        let news: BTreeSet<(&str, &str)> =
            news.iter().map(|(channel, subject)| (channel.as_str(), subject.as_str())).collect();
        let mut new: BTreeMap<DeliveryId, NewDelivery<'_>> = BTreeMap::new();
        for (telling, (channel, subject, id)) in tellings.iter().zip(rows) {
            if news.contains(&(channel.to_string().as_str(), subject)) {
                let delivery = new.entry(id).or_insert_with(|| NewDelivery {
                    id,
                    channel,
                    listener: telling.listener,
                    bundle: telling.bundle.as_deref(),
                    notice: telling.notice.as_ref(),
                    send_at: telling.send_at,
                });
                delivery.send_at = delivery.send_at.max(telling.send_at);
            }
        }
        let new: Vec<NewDelivery<'_>> = new.into_values().collect();
        let mut to_send = Vec::with_capacity(new.len());
        for (planned, found) in self.add_deliveries(&new, now).await? {
            if planned != found.delivery {
                self.move_tellings(planned, found.delivery).await?;
            }
            to_send.push(found);
        }
        let jobs: Vec<NewJob> = to_send.iter().map(ToSend::job).collect();
        // One that gathers already has its job.
        self.enqueue(&jobs, OnDuplicate::Keep, now).await?;
        Ok(to_send.len())
    }

    async fn move_tellings(&mut self, from: DeliveryId, to: DeliveryId) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/tellings/move.sql"))
            .bind(from.to_string())
            .bind(to.to_string())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The programs that a message tells of and that are still there, by their ready-by.
    pub async fn told_programs(&mut self, delivery: DeliveryId) -> Result<Vec<Told>, StoreError> {
        let rows: Vec<ProgramRow> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/tellings/programs.sql"))
                .bind(delivery.to_string())
                .fetch_all(connection)
                .await?
        });
        rows.into_iter().map(ProgramRow::read).collect()
    }

    /// How the batches went that a message tells of, by their ready-by.
    pub async fn told_batches(&mut self, delivery: DeliveryId) -> Result<Vec<Summary>, StoreError> {
        let rows: Vec<(String, i64, i64)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/tellings/batches.sql"))
                .bind(delivery.to_string())
                .fetch_all(connection)
                .await?
        });
        let mut batches = Vec::with_capacity(rows.len());
        for (id, ready_by, closed_at) in rows {
            batches.push(self.summary(&id, ready_by, closed_at).await?);
        }
        Ok(batches)
    }

    async fn summary(
        &mut self,
        id: &str,
        ready_by: Micros,
        closed_at: Micros,
    ) -> Result<Summary, StoreError> {
        let endings: Vec<(String, Option<String>, i64, i64)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/tellings/endings.sql")).bind(id).fetch_all(connection).await?
        });
        let reasons: Vec<(String, String, i64)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/batches/reasons.sql"))
                .bind(id)
                .bind(MOST_REASONS)
                .fetch_all(connection)
                .await?
        });
        let cell = |column| Cell { table: "occurrences", column, row: id };
        let mut summary = Summary {
            id: Cell { table: "batches", column: "id", row: id }.parse(id)?,
            ready_by: instant(ready_by),
            closed_at: instant(closed_at),
            made: 0,
            shortened: 0,
            skipped: 0,
            missed: 0,
            failed: 0,
            cancelled: 0,
            late: 0,
            reasons: Vec::with_capacity(reasons.len()),
        };
        for (state, edition, total, late) in endings {
            let total = total.unsigned_abs();
            summary.late += late.unsigned_abs();
            match (cell("state").parse(&state)?, edition.as_deref()) {
                (OccurrenceState::Published, Some("full")) => summary.made += total,
                (OccurrenceState::Published, _) => summary.shortened += total,
                (OccurrenceState::Skipped, _) => summary.skipped += total,
                (OccurrenceState::Missed, _) => summary.missed += total,
                (OccurrenceState::Failed, _) => summary.failed += total,
                (OccurrenceState::Cancelled, _) => summary.cancelled += total,
                (OccurrenceState::Open | OccurrenceState::Selected, _) => {}
            }
        }
        for (state, reason, count) in reasons {
            let state = cell("state").parse(&state)?;
            summary.reasons.push(Reason { state, reason, count: count.unsigned_abs() });
        }
        Ok(summary)
    }
}

impl ToSend {
    /// The job that sends it, at its time.
    pub(crate) fn job(&self) -> NewJob {
        let work = Work::Deliver { delivery: self.delivery };
        NewJob {
            key: Some(format!("deliver:{}", self.delivery)),
            group: Some(self.listener.to_string()),
            begin: Begin::At(self.at),
            start_by: self.at,
            ..NewJob::new(Kind::new(work.kind()), json(&work), self.at.saturating_add(PATIENCE))
        }
    }
}

fn read_untold(row: UntoldRow) -> Result<Untold, StoreError> {
    let (channel, listener, settings, occurrence, ready_by, program, visible_at) = row;
    let cell = |column| Cell { table: "channels", column, row: &channel };
    let program: ProgramId = Cell { table: "programs", column: "id", row: &program }.parse(&program)?;
    Ok(Untold {
        channel: cell("id").parse(&channel)?,
        listener: cell("listener_id").parse(&listener)?,
        settings: cell("settings").json(&settings)?,
        occurrence: Cell { table: "occurrences", column: "id", row: &occurrence }.parse(&occurrence)?,
        ready: Ready { program, ready_by: instant(ready_by), visible_at: instant(visible_at) },
    })
}

impl ProgramRow {
    fn read(self) -> Result<Told, StoreError> {
        let cell = |column| Cell { table: "programs", column, row: &self.id };
        let document: domain::Program = cell("document").json(&self.document)?;
        let articles = document.segments.into_iter().filter(|segment| segment.kind == SegmentKind::Article);
        Ok(Told {
            feed_id: cell("feed_id").parse(&self.feed_id)?,
            language: cell("language").parse(&self.language)?,
            local_date: Cell { table: "occurrences", column: "local_date", row: &self.id }
                .parse(&self.local_date)?,
            edition: cell("edition").word(&self.edition)?,
            duration_ms: cell("duration_ms").count(self.duration_ms)?,
            articles: articles
                .map(|segment| ToldArticle { title: segment.title, url: segment.url })
                .collect(),
            id: cell("id").parse(&self.id)?,
            feed_name: self.name,
            title: self.title,
            reason: self.reason,
            ready_by: instant(self.ready_by),
            published_at: instant(self.visible_at),
            expires_at: instant(self.expires_at),
            audio_url: None,
        })
    }
}
