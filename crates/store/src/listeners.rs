//! Who hears programs.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, word},
    transaction::on_tx,
};
use domain::{Email, Language, ListenerId, OccurrenceId, entitlement::Refusal, schedule::Zone};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listener {
    pub id: ListenerId,
    pub email: String,
    /// As it is to be spoken; empty: nobody is greeted by name.
    pub name: String,
    pub role: Role,
    pub zone: Zone,
    pub language: Language,
    /// By its name in the configuration.
    pub plan: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Listener,
    /// May look at what operators see, and change nothing there.
    Observer,
    Operator,
}

type Row = (String, String, String, String, String, String, String);

impl Tx {
    /// `false` when the address is somebody's already, however it is typed.
    pub async fn add_listener(&mut self, listener: &Listener, now: Micros) -> Result<bool, StoreError> {
        let Listener { id, email, name, role, zone, language, plan } = listener;
        let key = email.parse::<Email>().ok().map(|email| email.key());
        let added: Option<(String,)> = on_tx!(self, connection => {
            sqlx::query_as(include_str!("../sql/listeners/add.sql"))
                .bind(id.to_string())
                .bind(email)
                .bind(name)
                .bind(word(role))
                .bind(zone.as_written())
                .bind(language.tag())
                .bind(plan)
                .bind(now)
                .bind(key)
                .fetch_optional(connection)
                .await?
        });
        Ok(added.is_some())
    }

    /// How a listener is called, where they live and what they read.
    pub async fn update_listener(&mut self, listener: &Listener) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/listeners/update.sql"))
            .bind(listener.id.to_string())
            .bind(&listener.name)
            .bind(listener.zone.as_written())
            .bind(listener.language.tag())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// From then on a listener is kept out: none of their tokens is good, their podcasts are not there, nothing is made
    /// for them, and what is being made is called off; `None`: they may come in again. Whether there is such a listener.
    pub async fn disable_listener(
        &mut self,
        id: ListenerId,
        since: Option<Micros>,
    ) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/listeners/disable.sql"))
            .bind(id.to_string())
            .bind(since)
            .execute(connection)
            .await?
            .rows_affected());
        if let Some(now) = since {
            self.call_off_listener(id, now).await?;
        }
        Ok(rows == 1)
    }

    async fn call_off_listener(&mut self, id: ListenerId, now: Micros) -> Result<(), StoreError> {
        let Some(who) = self.who(id).await? else { return Ok(()) };
        let unfinished: Vec<String> = on_tx!(self, connection => {
            sqlx::query_scalar(include_str!("../sql/listeners/unfinished.sql"))
                .bind(id.to_string())
                .fetch_all(connection)
                .await?
        });
        let read = |id: &String| Cell { table: "occurrences", column: "id", row: id }.parse(id);
        let unfinished: Result<Vec<OccurrenceId>, StoreError> = unfinished.iter().map(read).collect();
        let why = Refusal::Disabled.sentence(who.language, &who.zone);
        self.call_off(&unfinished?, &why, now).await?;
        Ok(())
    }

    /// Whether there is such a listener.
    pub async fn set_plan(&mut self, id: ListenerId, plan: &str) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/listeners/set_plan.sql"))
            .bind(id.to_string())
            .bind(plan)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }
}

impl Store {
    pub async fn listener(&self, id: ListenerId) -> Result<Option<Listener>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/listeners/find.sql"))
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(read).transpose()
    }

    /// Since when a listener may not come in.
    pub async fn disabled_since(&self, id: ListenerId) -> Result<Option<Micros>, StoreError> {
        let row: Option<(Option<i64>,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/listeners/disabled.sql"))
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        Ok(row.and_then(|(since,)| since))
    }

    /// How many listeners have which plan.
    pub async fn count_plans(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/listeners/of_plans.sql")).fetch_all(pool).await?
        });
        Ok(rows.into_iter().map(|(plan, total)| (plan, total.unsigned_abs())).collect())
    }

    /// A page of listeners, in the order they came.
    pub async fn listeners(
        &self,
        after: Option<ListenerId>,
        limit: u32,
    ) -> Result<Vec<Listener>, StoreError> {
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/listeners/list.sql"))
                .bind(after)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(read).collect()
    }
}

fn read((id, email, name, role, zone, language, plan): Row) -> Result<Listener, StoreError> {
    let cell = |column| Cell { table: "listeners", column, row: &id };
    Ok(Listener {
        id: cell("id").parse(&id)?,
        role: cell("role").word(&role)?,
        zone: cell("zone").parse(&zone)?,
        language: cell("language").parse(&language)?,
        email,
        name,
        plan,
    })
}
