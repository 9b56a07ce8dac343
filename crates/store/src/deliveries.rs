//! Messages on channels: each is tried until it got through or is given up, and stays on record for a while.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin},
    tellings::ToSend,
    transaction::on_tx,
};
use domain::{ChannelId, DeliveryId, Language, ListenerId, Notice, channel::Kind, schedule::Zone};
use queue::OnDuplicate;
use serde::{Deserialize, Serialize};
use std::fmt;

/// How far a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// More may still join it.
    Waiting,
    Sending,
    Sent,
    /// It did not get through, and is not tried again.
    Failed,
    /// It was not sent, and why is said.
    Skipped,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub channel: ChannelId,
    pub listener: ListenerId,
    /// `None`: it still gathers.
    pub notice: Option<Notice>,
    pub state: State,
    pub send_at: Micros,
    pub attempts: u32,
    /// Of the last attempt: what HTTP answered.
    pub status: Option<u16>,
    /// Why it did not get through, or was not sent.
    pub detail: Option<String>,
    pub created_at: Micros,
    pub tried_at: Option<Micros>,
    pub ended_at: Option<Micros>,
}

/// A message as a log has it: where it went, and not what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    pub id: DeliveryId,
    pub listener: ListenerId,
    pub kind: Kind,
    /// Where the channel leads, as far as it may be shown.
    pub place: String,
    pub state: State,
    pub attempts: u32,
    pub status: Option<u16>,
    pub detail: Option<String>,
    pub created_at: Micros,
    pub tried_at: Option<Micros>,
    pub ended_at: Option<Micros>,
}

/// Who gets what a channel tells.
#[derive(Clone)]
pub struct Recipient {
    pub id: ListenerId,
    pub email: String,
    pub is_operator: bool,
    pub zone: Zone,
    pub language: Language,
    /// When it was shown that the address is theirs.
    pub verified_at: Option<Micros>,
    pub disabled_at: Option<Micros>,
}

/// What came of an attempt.
#[derive(Clone, Debug)]
pub struct Tried<'a> {
    pub state: State,
    pub status: Option<u16>,
    pub detail: Option<&'a str>,
}

/// A message that is new, unless another gathers for the same.
#[derive(Clone, Debug)]
pub(crate) struct NewDelivery<'a> {
    pub id: DeliveryId,
    pub channel: ChannelId,
    pub listener: ListenerId,
    pub bundle: Option<&'a str>,
    pub notice: Option<&'a Notice>,
    pub send_at: Micros,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    channel_id: String,
    listener_id: String,
    notice: Option<String>,
    state: String,
    send_at: i64,
    attempts: i64,
    status: Option<i64>,
    detail: Option<String>,
    created_at: i64,
    tried_at: Option<i64>,
    ended_at: Option<i64>,
}

/// id, email, role, zone, language, verified_at, disabled_at.
type RecipientRow = (String, String, String, String, String, Option<i64>, Option<i64>);

#[derive(sqlx::FromRow)]
struct LoggedRow {
    id: String,
    listener_id: String,
    kind: String,
    place: String,
    state: String,
    attempts: i64,
    status: Option<i64>,
    detail: Option<String>,
    created_at: i64,
    tried_at: Option<i64>,
    ended_at: Option<i64>,
}

impl State {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    pub const fn is_over(self) -> bool {
        match self {
            Self::Waiting | Self::Sending => false,
            Self::Sent | Self::Failed | Self::Skipped => true,
        }
    }
}

impl Tx {
    /// What each became: itself, or the one that gathers already.
    pub(crate) async fn add_deliveries(
        &mut self,
        new: &[NewDelivery<'_>],
        now: Micros,
    ) -> Result<Vec<(DeliveryId, ToSend)>, StoreError> {
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let row = |of: &NewDelivery<'_>| {
            (of.id, of.channel, of.listener, of.bundle.map(str::to_owned), of.notice.map(json), of.send_at)
        };
        let rows: Vec<_> = new.iter().map(row).collect();
        let sql = twin!(self, "deliveries/add");
        let found: Vec<(String, String, String, Option<String>, i64)> = on_tx!(self, connection => {
            sqlx::query_as(sql).bind(json(&rows)).bind(now).fetch_all(connection).await?
        });
        let mut all = Vec::with_capacity(found.len());
        for (id, channel, listener, bundle, at) in found {
            let cell = |column| Cell { table: "deliveries", column, row: &id };
            let delivery = cell("id").parse(&id)?;
            let channel: ChannelId = cell("channel_id").parse(&channel)?;
            let is_gathering = |one: &&NewDelivery<'_>| {
                one.channel == channel && one.bundle.is_some() && one.bundle == bundle.as_deref()
            };
            let listener = cell("listener_id").parse(&listener)?;
            let planned = new.iter().find(|one| one.id == delivery).or_else(|| new.iter().find(is_gathering));
            let planned = planned.map_or(delivery, |one| one.id);
            all.push((planned, ToSend { delivery, listener, at }));
        }
        Ok(all)
    }

    /// Locks a message that still gathers; whether it does.
    pub async fn hold_delivery(&mut self, id: DeliveryId) -> Result<bool, StoreError> {
        let held: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/deliveries/hold.sql"))
                .bind(id.to_string())
                .fetch_optional(connection)
                .await?
        });
        Ok(held.is_some())
    }

    /// From now on a message tells this and nothing more.
    pub async fn close_delivery(&mut self, id: DeliveryId, notice: &Notice) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/deliveries/close.sql"))
            .bind(id.to_string())
            .bind(json(notice))
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    pub async fn skip_delivery(&mut self, id: DeliveryId, why: &str, now: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/deliveries/skip.sql"))
            .bind(id.to_string())
            .bind(why)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    pub async fn delivery_tried(
        &mut self,
        id: DeliveryId,
        tried: &Tried<'_>,
        now: Micros,
    ) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/deliveries/try.sql"))
            .bind(id.to_string())
            .bind(now)
            .bind(tried.status.map(i64::from))
            .bind(tried.detail)
            .bind(tried.state.name())
            .bind(tried.state.is_over().then_some(now))
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// A message that came to its end goes out once more; whether there is such a one of the listener's.
    pub async fn send_again(
        &mut self,
        id: DeliveryId,
        listener: ListenerId,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/deliveries/again.sql"))
            .bind(id.to_string())
            .bind(listener.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        if rows == 1 {
            let again = ToSend { delivery: id, listener, at: now };
            self.enqueue(&[again.job()], OnDuplicate::Keep, now).await?;
        }
        Ok(rows == 1)
    }
}

impl Store {
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<Delivery>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/deliveries/find.sql"))
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }

    /// A page of a listener's messages, of one channel or of all, the latest first: those before one.
    pub async fn deliveries_page(
        &self,
        listener: ListenerId,
        channel: Option<ChannelId>,
        before: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        // After every id: none has such a digit.
        let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/deliveries/page.sql"))
                .bind(listener.to_string())
                .bind(channel.map(|id| id.to_string()))
                .bind(before)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// A page of everybody's messages, the latest first: those before one.
    pub async fn deliveries_of_all(
        &self,
        before: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<Logged>, StoreError> {
        let before = before.map_or_else(|| "g".to_owned(), |id| id.to_string());
        let rows: Vec<LoggedRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/deliveries/latest.sql"))
                .bind(before)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(LoggedRow::read).collect()
    }

    pub async fn recipient(&self, listener: ListenerId) -> Result<Option<Recipient>, StoreError> {
        let row: Option<RecipientRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/deliveries/recipient.sql"))
                .bind(listener.to_string())
                .fetch_optional(pool)
                .await?
        });
        let read = |(id, email, role, zone, language, verified_at, disabled_at): RecipientRow| {
            let cell = |column| Cell { table: "listeners", column, row: &id };
            Ok(Recipient {
                is_operator: role == "operator",
                zone: cell("zone").parse(&zone)?,
                language: cell("language").parse(&language)?,
                id: cell("id").parse(&id)?,
                email,
                verified_at,
                disabled_at,
            })
        };
        row.map(read).transpose()
    }

    /// Forgets what was told long ago; how much.
    pub async fn prune_deliveries(&self, before: Micros, limit: u32) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        for sql in [include_str!("../sql/deliveries/prune.sql"), include_str!("../sql/tellings/prune.sql")] {
            forgotten += on!(&self.writer, pool => sqlx::query(sql)
                .bind(before)
                .bind(i64::from(limit))
                .execute(pool)
                .await?
                .rows_affected());
        }
        Ok(forgotten)
    }
}

impl Row {
    fn read(self) -> Result<Delivery, StoreError> {
        let cell = |column| Cell { table: "deliveries", column, row: &self.id };
        Ok(Delivery {
            channel: cell("channel_id").parse(&self.channel_id)?,
            listener: cell("listener_id").parse(&self.listener_id)?,
            notice: self.notice.as_deref().map(|notice| cell("notice").json(notice)).transpose()?,
            state: cell("state").word(&self.state)?,
            attempts: cell("attempts").count(self.attempts)?,
            status: self.status.map(|status| cell("status").count(status)).transpose()?,
            id: cell("id").parse(&self.id)?,
            send_at: self.send_at,
            detail: self.detail,
            created_at: self.created_at,
            tried_at: self.tried_at,
            ended_at: self.ended_at,
        })
    }
}

impl LoggedRow {
    fn read(self) -> Result<Logged, StoreError> {
        let cell = |column| Cell { table: "deliveries", column, row: &self.id };
        Ok(Logged {
            id: cell("id").parse(&self.id)?,
            listener: cell("listener_id").parse(&self.listener_id)?,
            kind: cell("kind").word(&self.kind)?,
            state: cell("state").word(&self.state)?,
            attempts: cell("attempts").count(self.attempts)?,
            status: self.status.map(|status| cell("status").count(status)).transpose()?,
            place: self.place,
            detail: self.detail,
            created_at: self.created_at,
            tried_at: self.tried_at,
            ended_at: self.ended_at,
        })
    }
}

/// An address is not shown by accident.
impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient").field("id", &self.id).finish_non_exhaustive()
    }
}
