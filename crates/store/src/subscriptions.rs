//! Who has which plan until when: facts as they are heard, and what they come to. What counts is decided in `domain`;
//! here it is written down, in the transaction that changed it.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    feeds::instant,
    row::{Cell, json, twin, word},
    transaction::on_tx,
};
use domain::{
    ArtifactKey, ListenerId, Plan,
    entitlement::{Terms, right},
    subscription::{Fact, Standing, Subscription},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Who says how a subscription stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keeper {
    /// It was given, without any payment.
    Operator,
    Stripe,
}

/// Whose subscription it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Of {
    /// The keeper's name for it.
    pub id: String,
    pub listener: ListenerId,
    pub keeper: Keeper,
}

impl Of {
    /// All that operators ever gave a listener.
    pub fn operator(listener: ListenerId) -> Self {
        Self { id: format!("operator:{listener}"), listener, keeper: Keeper::Operator }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribed {
    pub of: Of,
    pub standing: Standing,
}

type Row = (String, String, String, String);

impl Tx {
    /// Takes in what was said of a subscription, and lets it count: the name of the plan that its listener has by then,
    /// if any. `None`, and nothing changed, when there is no such listener.
    pub async fn hear(
        &mut self,
        of: &Of,
        facts: &[Fact],
        terms: &Terms<'_>,
        now: Micros,
    ) -> Result<Option<Option<String>>, StoreError> {
        if !self.lock_subscriptions(of.listener).await? {
            return Ok(None);
        }
        let mut said = self.facts(&of.id).await?;
        said.extend_from_slice(facts);
        let Ok(subscription) = Subscription::of(said) else { return Ok(None) };
        self.put_subscription(of, subscription.standing(), terms, now).await?;
        for fact in facts {
            on_tx!(self, connection => sqlx::query(include_str!("../sql/subscriptions/add_fact.sql"))
                .bind(&of.id)
                .bind(json(fact))
                .execute(connection)
                .await?
                .rows_affected());
        }
        Ok(Some(self.settle_plan(of.listener, terms, now).await?))
    }

    pub(crate) async fn lock_subscriptions(&mut self, listener: ListenerId) -> Result<bool, StoreError> {
        let sql = twin!(self, "subscriptions/lock");
        let found: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(sql).bind(listener.to_string()).fetch_optional(connection).await?
        });
        Ok(found.is_some())
    }

    async fn facts(&mut self, id: &str) -> Result<Vec<Fact>, StoreError> {
        let rows: Vec<String> = on_tx!(self, connection => {
            sqlx::query_scalar(include_str!("../sql/subscriptions/facts.sql"))
                .bind(id)
                .fetch_all(connection)
                .await?
        });
        rows.iter().map(|fact| fact_cell(id).json(fact)).collect()
    }

    async fn put_subscription(
        &mut self,
        of: &Of,
        standing: &Standing,
        terms: &Terms<'_>,
        now: Micros,
    ) -> Result<(), StoreError> {
        let asks = of.keeper == Keeper::Stripe;
        let ask_at = standing.overdue_at().filter(|_| asks).map(Timestamp::as_microsecond);
        on_tx!(self, connection => sqlx::query(include_str!("../sql/subscriptions/put.sql"))
            .bind(&of.id)
            .bind(of.listener.to_string())
            .bind(word(&of.keeper))
            .bind(json(standing))
            .bind(changes_at(standing, terms, now))
            .bind(ask_at)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Notes the plan that counts for a listener, and lengthens what it lets them hear for longer than was promised.
    pub async fn settle_plan(
        &mut self,
        listener: ListenerId,
        terms: &Terms<'_>,
        now: Micros,
    ) -> Result<Option<String>, StoreError> {
        let Some(who) = self.who(listener).await? else { return Ok(None) };
        let right = right(instant(now), &who.holder(), terms).ok();
        let plan = right.as_ref().map(|right| right.plan.to_owned());
        on_tx!(self, connection => sqlx::query(include_str!("../sql/subscriptions/settle.sql"))
            .bind(listener.to_string())
            .bind(plan.as_deref().filter(|plan| *plan != who.plan))
            .execute(connection)
            .await?
            .rows_affected());
        if let Some(right) = right {
            self.lengthen_programs(listener, right.limits, now).await?;
        }
        Ok(plan)
    }

    /// What by time alone was to change of a listener has changed.
    pub async fn pass_time(
        &mut self,
        listener: ListenerId,
        terms: &Terms<'_>,
        now: Micros,
    ) -> Result<Option<String>, StoreError> {
        self.lock_subscriptions(listener).await?;
        let rows: Vec<Row> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/subscriptions/of_listener.sql"))
                .bind(listener.to_string())
                .fetch_all(connection)
                .await?
        });
        for Subscribed { of, standing } in rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()? {
            on_tx!(self, connection => sqlx::query(include_str!("../sql/subscriptions/changed.sql"))
                .bind(&of.id)
                .bind(changes_at(&standing, terms, now))
                .execute(connection)
                .await?
                .rows_affected());
        }
        self.settle_plan(listener, terms, now).await
    }

    /// Programs that can still be heard are heard for as long as a plan says; never for less than was promised.
    async fn lengthen_programs(
        &mut self,
        listener: ListenerId,
        plan: &Plan,
        now: Micros,
    ) -> Result<(), StoreError> {
        let rows: Vec<(String, i64, i64, String)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/programs/unexpired.sql"))
                .bind(listener.to_string())
                .bind(now)
                .fetch_all(connection)
                .await?
        });
        for (id, visible_at, promised, parts) in rows {
            let expires_at = plan.lengthen(Some(instant(promised)), instant(visible_at));
            let expires_at = expires_at.map_or(Micros::MAX, Timestamp::as_microsecond);
            if expires_at <= promised {
                continue;
            }
            let parts: Vec<ArtifactKey> =
                Cell { table: "programs", column: "parts", row: &id }.json(&parts)?;
            on_tx!(self, connection => sqlx::query(include_str!("../sql/programs/lengthen.sql"))
                .bind(&id)
                .bind(expires_at)
                .execute(connection)
                .await?
                .rows_affected());
            self.keep_artifacts(&parts, expires_at).await?;
        }
        Ok(())
    }

    /// A subscription's keeper is asked then, if it says nothing before.
    pub async fn ask_later(&mut self, id: &str, at: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/subscriptions/ask_later.sql"))
            .bind(id)
            .bind(at)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }
}

impl Store {
    /// In the order they came.
    pub async fn subscriptions(&self, listener: ListenerId) -> Result<Vec<Subscribed>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/subscriptions/of_listener.sql"))
                .bind(listener.to_string())
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(read).collect()
    }

    pub async fn subscription(&self, id: &str) -> Result<Option<Subscribed>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/subscriptions/find.sql")).bind(id).fetch_optional(pool).await?
        });
        row.map(read).transpose()
    }

    /// All that was said of a subscription; `None` when nothing was.
    pub async fn history_of(&self, id: &str) -> Result<Option<Subscription>, StoreError> {
        let rows: Vec<String> = on!(&self.db, pool => {
            sqlx::query_scalar(include_str!("../sql/subscriptions/facts.sql")).bind(id).fetch_all(pool).await?
        });
        let facts: Result<Vec<Fact>, StoreError> = rows.iter().map(|fact| fact_cell(id).json(fact)).collect();
        Ok(Subscription::of(facts?).ok())
    }

    /// Listeners of whom something was to change by now though nothing was said.
    pub async fn changing(&self, now: Micros, limit: u32) -> Result<Vec<ListenerId>, StoreError> {
        let rows: Vec<String> = on!(&self.db, pool => {
            sqlx::query_scalar(include_str!("../sql/subscriptions/changing.sql"))
                .bind(now)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read = |id: &String| Cell { table: "subscriptions", column: "listener_id", row: id }.parse(id);
        rows.iter().map(read).collect()
    }

    /// Subscriptions whose keeper should have said something by now.
    pub async fn silent_subscriptions(&self, now: Micros, limit: u32) -> Result<Vec<String>, StoreError> {
        Ok(on!(&self.db, pool => {
            sqlx::query_scalar(include_str!("../sql/subscriptions/asking.sql"))
                .bind(now)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        }))
    }
}

fn changes_at(standing: &Standing, terms: &Terms<'_>, now: Micros) -> Option<Micros> {
    standing.changes_at(instant(now), terms.grace).map(Timestamp::as_microsecond)
}

const fn fact_cell(id: &str) -> Cell<'_> {
    Cell { table: "subscription_facts", column: "fact", row: id }
}

fn read((id, listener, keeper, standing): Row) -> Result<Subscribed, StoreError> {
    let cell = |column| Cell { table: "subscriptions", column, row: &id };
    let (listener, keeper) = (cell("listener_id").parse(&listener)?, cell("keeper").word(&keeper)?);
    let standing = cell("standing").json(&standing)?;
    Ok(Subscribed { of: Of { id, listener, keeper }, standing })
}
