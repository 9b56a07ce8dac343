//! Exchanges with external generators. What may become of one is decided in [`domain::external`]; here it
//! is read and recorded. Between the two others may come: a record asks for what was read, and whoever
//! comes too late decides anew.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    feeds::instant,
    row::{Cell, json},
    transaction::on_tx,
};
use domain::{
    FeedId, Language, ListenerId, OccurrenceId, OccurrenceState, Schedule, Selection, Style,
    external::{Answer, Event, Exchange, Generator, Phase, Refused, StoredAudio, apply, job_key},
    schedule::Zone,
};
use jiff::{Timestamp, civil::Date};

/// An occurrence whose program somebody else makes, with all that asking for it needs to know.
#[derive(Clone, Debug)]
pub struct Errand {
    pub occurrence: OccurrenceId,
    pub feed: FeedId,
    pub listener: ListenerId,
    pub local_date: Date,
    pub zone: Zone,
    pub ready_by: Micros,
    pub state: OccurrenceState,
    pub feed_name: String,
    pub language: Language,
    pub style: Style,
    pub minutes: u32,
    pub generator: Generator,
    /// `None` before the first request.
    pub exchange: Option<Exchange>,
    /// What was fetched for the answer, once it is.
    pub audio: Option<StoredAudio>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    feed_id: String,
    listener_id: String,
    local_date: String,
    ready_by: i64,
    occurrence_state: String,
    selection: Option<String>,
    feed_name: String,
    language: String,
    style: String,
    minutes: i64,
    schedule: String,
    external: String,
    state: Option<String>,
    sends: Option<i64>,
    asked_at: Option<i64>,
    due_at: Option<i64>,
    answer_by: Option<i64>,
    accepted_at: Option<i64>,
    answer: Option<String>,
    audio: Option<String>,
    error: Option<String>,
}

impl Store {
    /// `None` when there is no such occurrence, or its feed names no generator.
    pub async fn errand(&self, occurrence: OccurrenceId) -> Result<Option<Errand>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/external/find.sql"))
                .bind(occurrence.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }

    /// The answer that was taken for an occurrence, whatever has become of its feed: with a program's
    /// chapters and transcript, as they are shown later.
    pub async fn external_answer(&self, occurrence: OccurrenceId) -> Result<Option<Answer>, StoreError> {
        let row = occurrence.to_string();
        let answer: Option<(String,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/external/answer.sql")).bind(&row).fetch_optional(pool).await?
        });
        answer.map(|(answer,)| exchange_cell(&row, "answer").json(&answer)).transpose()
    }

    /// Records what happened; the exchange as it then stands, or why it stays as it is.
    pub async fn step_exchange(
        &self,
        occurrence: OccurrenceId,
        event: Event<'_>,
        now: Micros,
    ) -> Result<Result<Exchange, Refused>, StoreError> {
        loop {
            let Some(Errand { exchange, .. }) = self.errand(occurrence).await? else {
                return Ok(Err(Refused::Unasked));
            };
            let next = match apply(exchange.as_ref(), event, instant(now)) {
                Ok(next) => next,
                Err(refused) => return Ok(Err(refused)),
            };
            let mut tx = self.begin().await?;
            let recorded = match &exchange {
                None => tx.open_exchange(occurrence, &next).await?,
                Some(read) => tx.change_exchange(occurrence, read, &next, now).await?,
            };
            if recorded {
                if matches!(event, Event::CallBack { .. }) {
                    tx.wake(&job_key(occurrence), now).await?;
                }
                tx.commit().await?;
                return Ok(Ok(next));
            }
        }
    }

    /// Keeps what was fetched for the answer to the request with this number, in place of what was read.
    /// `false` when other audio is kept by now, or the answer is not taken any more.
    pub async fn keep_audio(
        &self,
        occurrence: OccurrenceId,
        send: u32,
        audio: &StoredAudio,
        instead_of: Option<&StoredAudio>,
    ) -> Result<bool, StoreError> {
        let rows = on!(&self.writer, pool => sqlx::query(include_str!("../sql/external/keep_audio.sql"))
            .bind(occurrence.to_string())
            .bind(i64::from(send))
            .bind(json(audio))
            .bind(instead_of.map(json))
            .execute(pool)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

impl Tx {
    async fn open_exchange(&mut self, occurrence: OccurrenceId, new: &Exchange) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/external/open.sql"))
            .bind(occurrence.to_string())
            .bind(i64::from(new.sends))
            .bind(new.asked_at.as_microsecond())
            .bind(new.due_at.as_microsecond())
            .bind(new.answer_by.as_microsecond())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    async fn change_exchange(
        &mut self,
        occurrence: OccurrenceId,
        read: &Exchange,
        next: &Exchange,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let columns = Columns::of(&next.phase);
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/external/change.sql"))
            .bind(occurrence.to_string())
            .bind(Columns::of(&read.phase).state)
            .bind(i64::from(read.sends))
            .bind(columns.state)
            .bind(i64::from(next.sends))
            .bind(next.due_at.as_microsecond())
            .bind(next.answer_by.as_microsecond())
            .bind(columns.accepted_at)
            .bind(columns.answer.map(json))
            .bind(columns.error)
            .bind(now)
            .bind(next.asked_at.as_microsecond())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

/// A phase as its columns have it.
#[derive(Default)]
struct Columns<'a> {
    state: &'static str,
    accepted_at: Option<Micros>,
    answer: Option<&'a Answer>,
    error: Option<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(phase: &'a Phase) -> Self {
        match phase {
            Phase::Sent => Self { state: "sent", ..Self::default() },
            Phase::Accepted { at } => {
                Self { state: "accepted", accepted_at: Some(at.as_microsecond()), ..Self::default() }
            }
            Phase::Answered(answer) => Self { state: "answered", answer: Some(answer), ..Self::default() },
            Phase::CalledBack(answer) => {
                Self { state: "called_back", answer: Some(answer), ..Self::default() }
            }
            Phase::TimedOut => Self { state: "timed_out", ..Self::default() },
            Phase::Failed(error) => Self { state: "failed", error: Some(error), ..Self::default() },
        }
    }
}

impl Row {
    fn read(self) -> Result<Errand, StoreError> {
        let cell = |column| Cell { table: "occurrences", column, row: &self.id };
        let schedule: Schedule = cell("schedule").json(&self.schedule)?;
        let selection: Option<Selection> =
            self.selection.as_deref().map(|selection| cell("selection").json(selection)).transpose()?;
        let mut errand = Errand {
            exchange: self.exchange()?,
            audio: self
                .audio
                .as_deref()
                .map(|audio| exchange_cell(&self.id, "audio").json(audio))
                .transpose()?,
            occurrence: cell("id").parse(&self.id)?,
            feed: cell("feed_id").parse(&self.feed_id)?,
            listener: cell("listener_id").parse(&self.listener_id)?,
            local_date: cell("local_date").parse(&self.local_date)?,
            zone: schedule.zone,
            ready_by: self.ready_by,
            state: cell("state").parse(&self.occurrence_state)?,
            language: cell("language").parse(&self.language)?,
            style: cell("style").word(&self.style)?,
            minutes: cell("minutes").count(self.minutes)?,
            generator: Generator::read(&self.external).map_err(|cause| cell("external").wrong(cause))?,
            feed_name: self.feed_name,
        };
        // As it was planned.
        if let Some(cut) = selection.and_then(|selection| selection.cut) {
            (errand.minutes, errand.style) = (cut.minutes, cut.style);
        }
        Ok(errand)
    }

    fn exchange(&self) -> Result<Option<Exchange>, StoreError> {
        let cell = |column| exchange_cell(&self.id, column);
        let (Some(state), Some(sends), Some(asked_at), Some(due_at), Some(answer_by)) =
            (self.state.as_deref(), self.sends, self.asked_at, self.due_at, self.answer_by)
        else {
            return Ok(None);
        };
        let at =
            |column, micros| Timestamp::from_microsecond(micros).map_err(|cause| cell(column).wrong(cause));
        let answer = || {
            let answer = self.answer.as_deref().ok_or_else(|| cell("answer").wrong("missing"))?;
            cell("answer").json(answer)
        };
        let phase = match (state, self.accepted_at, &self.error) {
            ("sent", ..) => Phase::Sent,
            ("accepted", Some(accepted_at), _) => Phase::Accepted { at: at("accepted_at", accepted_at)? },
            ("answered", ..) => Phase::Answered(answer()?),
            ("called_back", ..) => Phase::CalledBack(answer()?),
            ("timed_out", ..) => Phase::TimedOut,
            ("failed", _, Some(error)) => Phase::Failed(error.clone()),
            _ => return Err(cell("state").wrong(format_args!("{state:?} without what belongs to it"))),
        };
        Ok(Some(Exchange {
            phase,
            sends: cell("sends").count(sends)?,
            asked_at: at("asked_at", asked_at)?,
            due_at: at("due_at", due_at)?,
            answer_by: at("answer_by", answer_by)?,
        }))
    }
}

const fn exchange_cell<'a>(row: &'a str, column: &'static str) -> Cell<'a> {
    Cell { table: "external_exchanges", column, row }
}
