//! Where listeners are told. What a channel holds of secrets comes sealed and stays so: this room cannot read it.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json},
    transaction::on_tx,
};
use domain::{
    ChannelId, ListenerId,
    channel::{About, Kind, Off},
    notification::Settings,
};

#[derive(Clone, Debug)]
pub struct NewChannel {
    pub id: ChannelId,
    pub listener: ListenerId,
    pub about: About,
    pub kind: Kind,
    pub label: String,
    pub place: String,
    /// Sealed.
    pub target: String,
    pub fingerprint: String,
    pub settings: Settings,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    pub id: ChannelId,
    pub listener: ListenerId,
    pub about: About,
    pub kind: Kind,
    pub label: String,
    /// Where it leads, as far as it may be shown.
    pub place: String,
    /// Sealed.
    pub target: String,
    pub settings: Settings,
    pub created_at: Micros,
    /// Since when it tells nothing, and why.
    pub off: Option<(Micros, Off)>,
}

/// A channel on which an operator is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Desk {
    pub channel: ChannelId,
    pub listener: ListenerId,
    pub settings: Settings,
}

/// All channels of a kind that tell, or do not for the same reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelCount {
    pub kind: Kind,
    pub off: Option<Off>,
    pub total: u64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    listener_id: String,
    about: String,
    kind: String,
    label: String,
    place: String,
    target: String,
    settings: String,
    created_at: i64,
    off_at: Option<i64>,
    off_why: Option<String>,
}

impl Tx {
    /// `false` when the listener has a channel to that place for the same.
    pub async fn add_channel(&mut self, new: &NewChannel, now: Micros) -> Result<bool, StoreError> {
        let added: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/channels/add.sql"))
                .bind(new.id.to_string())
                .bind(new.listener.to_string())
                .bind(new.about.name())
                .bind(new.kind.name())
                .bind(&new.label)
                .bind(&new.place)
                .bind(&new.target)
                .bind(&new.fingerprint)
                .bind(json(&new.settings))
                .bind(now)
                .fetch_optional(connection)
                .await?
        });
        Ok(added.is_some())
    }

    /// How it is called, when it tells, and what is sealed of it; its place stays.
    pub async fn change_channel(&mut self, channel: &Channel) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/channels/change.sql"))
            .bind(channel.id.to_string())
            .bind(channel.listener.to_string())
            .bind(&channel.label)
            .bind(json(&channel.settings))
            .bind(&channel.target)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Whether that is news: what is off stays off for its reason.
    pub async fn switch_channel(
        &mut self,
        id: ChannelId,
        off: Option<Off>,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/channels/switch.sql"))
            .bind(id.to_string())
            .bind(off.map(|_| now))
            .bind(off.map(Off::name))
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// With all that was told there. Whether it was the listener's.
    pub async fn remove_channel(&mut self, id: ChannelId, listener: ListenerId) -> Result<bool, StoreError> {
        let mut rows = 0;
        for sql in [
            include_str!("../sql/channels/forget_tellings.sql"),
            include_str!("../sql/channels/forget_deliveries.sql"),
            include_str!("../sql/channels/remove.sql"),
        ] {
            rows = on_tx!(self, connection => sqlx::query(sql)
                .bind(id.to_string())
                .bind(listener.to_string())
                .execute(connection)
                .await?
                .rows_affected());
        }
        Ok(rows == 1)
    }
}

impl Store {
    /// In the order they came.
    pub async fn channels(&self, listener: ListenerId) -> Result<Vec<Channel>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/channels/list.sql"))
                .bind(listener.to_string())
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    pub async fn channel(&self, id: ChannelId) -> Result<Option<Channel>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/channels/find.sql"))
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }

    /// The channel that leads to a place already.
    pub async fn channel_to(
        &self,
        listener: ListenerId,
        about: About,
        fingerprint: &str,
    ) -> Result<Option<Channel>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/channels/by_place.sql"))
                .bind(listener.to_string())
                .bind(about.name())
                .bind(fingerprint)
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }

    /// How many there are. Reads them all: for a page.
    pub async fn count_channels(&self) -> Result<Vec<ChannelCount>, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../sql/channels/count.sql")).fetch_all(pool).await?);
        let read = |(kind, off, total): (String, Option<String>, i64)| {
            let cell = |column| Cell { table: "channels", column, row: "all" };
            Ok(ChannelCount {
                kind: cell("kind").word(&kind)?,
                off: off.as_deref().map(|off| cell("off_why").word(off)).transpose()?,
                total: total.unsigned_abs(),
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// On which operators are told of something.
    pub async fn desks(&self, about: About) -> Result<Vec<Desk>, StoreError> {
        let rows: Vec<(String, String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/channels/of_operators.sql"))
                .bind(about.name())
                .fetch_all(pool)
                .await?
        });
        let read = |(id, listener, settings): (String, String, String)| {
            let cell = |column| Cell { table: "channels", column, row: &id };
            Ok(Desk {
                channel: cell("id").parse(&id)?,
                listener: cell("listener_id").parse(&listener)?,
                settings: cell("settings").json(&settings)?,
            })
        };
        rows.into_iter().map(read).collect()
    }
}

impl Row {
    fn read(self) -> Result<Channel, StoreError> {
        let cell = |column| Cell { table: "channels", column, row: &self.id };
        let why: Option<Off> = self.off_why.as_deref().map(|why| cell("off_why").word(why)).transpose()?;
        Ok(Channel {
            listener: cell("listener_id").parse(&self.listener_id)?,
            about: cell("about").word(&self.about)?,
            kind: cell("kind").word(&self.kind)?,
            settings: cell("settings").json(&self.settings)?,
            off: self.off_at.zip(why),
            id: cell("id").parse(&self.id)?,
            label: self.label,
            place: self.place,
            target: self.target,
            created_at: self.created_at,
        })
    }
}
