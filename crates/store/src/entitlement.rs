//! What may be had is asked in `domain::entitlement`; here is read what it is asked of, for many listeners at once.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin},
    transaction::on_tx,
};
use domain::{
    FeedId, Language, ListenerId, Schedule,
    entitlement::Holder,
    schedule::{Days, Zone},
    subscription::Standing,
};
use std::collections::{HashMap, hash_map::Entry};

/// What a listener has, and how they are told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// What they have without a subscription, by its name in the configuration; empty: nothing.
    pub plan: String,
    pub subscriptions: Vec<Standing>,
    pub disabled_at: Option<Micros>,
    pub zone: Zone,
    pub language: Language,
}

/// Where a feed stands among its listener's feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Feeds that have programs and are older.
    pub rank: u32,
    pub days: Days,
}

/// id, plan, disabled_at, zone, language, standing.
type Row = (String, String, Option<i64>, String, String, Option<String>);

const REQUESTED: &str = include_str!("../sql/entitlement/requested.sql");

impl Who {
    pub fn holder(&self) -> Holder<'_> {
        let base = Some(self.plan.as_str()).filter(|plan| !plan.is_empty());
        Holder { base, subscriptions: &self.subscriptions }
    }
}

impl Store {
    /// What each of some listeners has.
    pub async fn who(&self, listeners: &[ListenerId]) -> Result<HashMap<ListenerId, Who>, StoreError> {
        let sql = twin!(self, "entitlement/who");
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(json(&listeners)).fetch_all(pool).await?
        });
        read(rows)
    }

    /// Where each of some feeds stands.
    pub async fn places(&self, feeds: &[FeedId]) -> Result<HashMap<FeedId, Place>, StoreError> {
        let sql = twin!(self, "entitlement/places");
        let rows: Vec<(String, String, i64)> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(json(&feeds)).fetch_all(pool).await?
        });
        rows.into_iter().map(place).collect()
    }

    /// Programs that a listener asked for between two instants, and got or may still get.
    pub async fn requested_between(
        &self,
        listener: ListenerId,
        from: Micros,
        to: Micros,
    ) -> Result<u32, StoreError> {
        let (asked,): (i64,) = on!(&self.db, pool => {
            sqlx::query_as(REQUESTED).bind(listener.to_string()).bind(from).bind(to).fetch_one(pool).await?
        });
        Ok(u32::try_from(asked).unwrap_or(u32::MAX))
    }

    /// How many programs a listener can hear at an instant, and how many of them not any more at a later one.
    pub async fn count_hearable(
        &self,
        listener: ListenerId,
        now: Micros,
        then: Micros,
    ) -> Result<(u64, u64), StoreError> {
        let (total, expiring): (i64, i64) = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/entitlement/hearable.sql"))
                .bind(listener.to_string())
                .bind(now)
                .bind(then)
                .fetch_one(pool)
                .await?
        });
        Ok((total.unsigned_abs(), expiring.unsigned_abs()))
    }
}

impl Tx {
    /// What a listener has and where a feed of theirs stands, until the transaction ends: whoever asks for another of
    /// their programs waits for it.
    pub async fn lock_requests(
        &mut self,
        listener: ListenerId,
        feed: FeedId,
    ) -> Result<Option<(Who, Place)>, StoreError> {
        if !self.lock_subscriptions(listener).await? {
            return Ok(None);
        }
        let Some(who) = self.who(listener).await? else { return Ok(None) };
        let sql = twin!(self, "entitlement/places");
        let rows: Vec<(String, String, i64)> = on_tx!(self, connection => {
            sqlx::query_as(sql).bind(json(&[feed])).fetch_all(connection).await?
        });
        Ok(rows.into_iter().next().map(place).transpose()?.map(|(_, place)| (who, place)))
    }

    /// What a listener has and how many feeds they have, until the transaction ends: whoever makes another waits for it.
    pub async fn lock_feeds(&mut self, listener: ListenerId) -> Result<Option<(Who, u32)>, StoreError> {
        if !self.lock_subscriptions(listener).await? {
            return Ok(None);
        }
        let Some(who) = self.who(listener).await? else { return Ok(None) };
        let (feeds,): (i64,) = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/entitlement/feeds.sql"))
                .bind(listener.to_string())
                .fetch_one(connection)
                .await?
        });
        Ok(Some((who, u32::try_from(feeds).unwrap_or(u32::MAX))))
    }

    /// As [`Store::requested_between`], with what this transaction added.
    pub async fn requested_between(
        &mut self,
        listener: ListenerId,
        from: Micros,
        to: Micros,
    ) -> Result<u32, StoreError> {
        let (asked,): (i64,) = on_tx!(self, connection => {
            sqlx::query_as(REQUESTED).bind(listener.to_string()).bind(from).bind(to).fetch_one(connection).await?
        });
        Ok(u32::try_from(asked).unwrap_or(u32::MAX))
    }

    /// What a listener has, with what this transaction changed of it.
    pub(crate) async fn who(&mut self, listener: ListenerId) -> Result<Option<Who>, StoreError> {
        let sql = twin!(self, "entitlement/who");
        let rows: Vec<Row> = on_tx!(self, connection => {
            sqlx::query_as(sql).bind(json(&[listener])).fetch_all(connection).await?
        });
        Ok(read(rows)?.remove(&listener))
    }
}

fn place((id, schedule, older): (String, String, i64)) -> Result<(FeedId, Place), StoreError> {
    let cell = |column| Cell { table: "feeds", column, row: &id };
    let Schedule { days, .. } = cell("schedule").json(&schedule)?;
    Ok((cell("id").parse(&id)?, Place { rank: cell("older").count(older)?, days }))
}

/// A row for each subscription, or one for a listener who has none.
fn read(rows: Vec<Row>) -> Result<HashMap<ListenerId, Who>, StoreError> {
    let mut all: HashMap<ListenerId, Who> = HashMap::with_capacity(rows.len());
    for (id, plan, disabled_at, zone, language, standing) in rows {
        let cell = |column| Cell { table: "listeners", column, row: &id };
        let listener = cell("id").parse(&id)?;
        let standing = standing
            .map(|standing| Cell { table: "subscriptions", column: "standing", row: &id }.json(&standing));
        let who = match all.entry(listener) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Who {
                plan,
                subscriptions: Vec::new(),
                disabled_at,
                zone: cell("zone").parse(&zone)?,
                language: cell("language").parse(&language)?,
            }),
        };
        who.subscriptions.extend(standing.transpose()?);
    }
    Ok(all)
}
