//! What Stripe sends: each message once, kept until something was made of it; and who pays as whom.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin},
    transaction::on_tx,
};
use domain::{ListenerId, Work};
use queue::{Kind, NewJob};

/// A message of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Unique, by its sender.
    pub id: String,
    pub kind: String,
    /// By its sender's clock.
    pub created_at: Micros,
    pub subscription: String,
    /// As it came.
    pub body: String,
}

/// How long a keeper is asked again if it does not answer.
const PATIENCE: Micros = 24 * 3_600 * 1_000_000;

/// Asks a subscription's keeper how it stands. There is one at a time for each, so that no answer overtakes another.
pub fn job(subscription: &str, now: Micros) -> NewJob {
    let work = Work::Subscription { id: subscription.to_owned() };
    let job = NewJob::new(Kind::new(work.kind()), json(&work), now.saturating_add(PATIENCE));
    NewJob { key: Some(format!("subscription:{subscription}")), start_by: now, ..job }
}

impl Tx {
    /// `false`, and nothing changed, when it has come before. If nobody makes anything of it, it is looked at again then.
    pub async fn take_message(
        &mut self,
        message: &Message,
        now: Micros,
        look_at: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/subscription_events/take.sql"))
            .bind(&message.id)
            .bind(&message.kind)
            .bind(message.created_at)
            .bind(&message.subscription)
            .bind(&message.body)
            .bind(now)
            .bind(look_at)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Something was made of these: what they said is in the facts.
    pub async fn settle_messages(&mut self, ids: &[String], now: Micros) -> Result<(), StoreError> {
        let sql = twin!(self, "subscription_events/settle");
        on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&ids)).bind(now).execute(connection).await?.rows_affected()
        });
        Ok(())
    }

    /// From now on whoever pays as `customer` is this listener. `false` when it is another already.
    pub async fn add_customer(
        &mut self,
        customer: &str,
        listener: ListenerId,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/stripe_customers/add.sql"))
            .bind(customer)
            .bind(listener.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

impl Store {
    /// Whether something that a listener may pay for is not understood yet.
    pub async fn has_unsettled_payment(&self, listener: ListenerId) -> Result<bool, StoreError> {
        let row: Option<(i32,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/subscription_events/names.sql"))
                .bind(listener.to_string())
                .fetch_optional(pool)
                .await?
        });
        Ok(row.is_some())
    }

    /// What is not settled of a subscription, in the order it was sent.
    pub async fn open_messages(&self, subscription: &str) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<(String, String, i64, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/subscription_events/open.sql"))
                .bind(subscription)
                .fetch_all(pool)
                .await?
        });
        let read = |(id, kind, created_at, body)| Message {
            id,
            kind,
            created_at,
            subscription: subscription.to_owned(),
            body,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// What is open of a subscription is looked at again then.
    pub async fn put_off_messages(&self, subscription: &str, look_at: Micros) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/subscription_events/put_off.sql"))
            .bind(subscription)
            .bind(look_at)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Subscriptions with messages that nobody has made anything of by then.
    pub async fn forgotten_messages(&self, now: Micros, limit: u32) -> Result<Vec<String>, StoreError> {
        Ok(on!(&self.db, pool => {
            sqlx::query_scalar(include_str!("../sql/subscription_events/forgotten.sql"))
                .bind(now)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        }))
    }

    /// Forgets that messages came that were settled before an instant; how many.
    pub async fn prune_messages(&self, before: Micros, limit: u32) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/subscription_events/prune.sql"))
            .bind(before)
            .bind(i64::from(limit))
            .execute(pool)
            .await?
            .rows_affected()))
    }

    /// Who pays as this customer.
    pub async fn paying(&self, customer: &str) -> Result<Option<ListenerId>, StoreError> {
        let row: Option<(String,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/stripe_customers/whose.sql"))
                .bind(customer)
                .fetch_optional(pool)
                .await?
        });
        let cell = Cell { table: "stripe_customers", column: "listener_id", row: customer };
        row.map(|(listener,)| cell.parse(&listener)).transpose()
    }

    /// As whom a listener pays; the latest of several.
    pub async fn customer_of(&self, listener: ListenerId) -> Result<Option<String>, StoreError> {
        Ok(on!(&self.db, pool => {
            sqlx::query_scalar(include_str!("../sql/stripe_customers/of.sql"))
                .bind(listener.to_string())
                .fetch_optional(pool)
                .await?
        }))
    }
}
