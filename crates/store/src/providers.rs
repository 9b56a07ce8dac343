//! Providers as configured, and how they stand. The rules are `domain::provider`'s; their calls are in
//! [`crate::ledger`].

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    transaction::{Inner, on_tx},
};
use domain::provider::{Account, Budgets, Live, Open, Settings, Standing};

/// One provider, for a page or a scrape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderRow {
    pub name: String,
    pub settings: Settings,
    pub standing: Standing,
    /// Why the operator has switched it off.
    pub killed: Option<String>,
    /// What of the budgets an operator has set; the rest is as configured.
    pub budgets: Budgets,
}

/// Name, settings, what is live, why it is off, budgets that were set, calls under way.
type Listed = (String, String, String, Option<String>, Option<String>, i64);

impl Store {
    /// Makes a provider known, or brings its settings up to date. What is used of it stays.
    pub async fn configure_provider(&self, name: &str, settings: &Settings) -> Result<(), StoreError> {
        let settings = json(settings);
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/providers/configure.sql"))
            .bind(name).bind(&settings).execute(pool).await?.rows_affected());
        Ok(())
    }

    /// All providers as they stand: what budgets have spent and allow, and whose breaker is open.
    pub async fn providers(&self, now: Micros) -> Result<Vec<ProviderRow>, StoreError> {
        let rows: Vec<Listed> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../sql/providers/list.sql")).bind(now).fetch_all(pool).await?);
        rows.into_iter()
            .map(|(name, settings, live, killed, budgets, under_way)| {
                let budgets = read_budgets(&name, budgets.as_deref())?;
                let account = read(&name, &settings, &live, killed.as_deref(), &budgets)?;
                let calls = u32::try_from(under_way).unwrap_or(u32::MAX);
                let standing = account.standing(&Open { calls, youngest: None }, now);
                Ok(ProviderRow { name, settings: account.settings, standing, killed, budgets })
            })
            .collect()
    }

    /// The operator's switch: off with a reason, or on. No call is let through from the moment this
    /// returns; those under way end by themselves. Whether there is such a provider.
    pub async fn switch_provider(
        &self,
        name: &str,
        off: Option<&str>,
        actor: &str,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let found = on_tx!(tx, connection => sqlx::query(include_str!("../sql/providers/switch.sql"))
            .bind(name).bind(off).execute(connection).await?.rows_affected());
        let action = if off.is_some() { "provider.off" } else { "provider.on" };
        if found == 1 {
            tx.audit(now, actor, action, name, &json(&off)).await?;
        }
        tx.commit().await?;
        Ok(found == 1)
    }

    /// Budgets that hold from then on, on every node, whatever the configuration says; `None`: what it says. Whether
    /// there is such a provider.
    pub async fn set_budgets(
        &self,
        name: &str,
        budgets: Option<&Budgets>,
        actor: &str,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let found = on_tx!(tx, connection => sqlx::query(include_str!("../sql/providers/set_budgets.sql"))
            .bind(name).bind(budgets.map(json)).execute(connection).await?.rows_affected());
        if found == 1 {
            tx.audit(now, actor, "provider.budgets", name, &json(&budgets)).await?;
        }
        tx.commit().await?;
        Ok(found == 1)
    }
}

impl Tx {
    /// A provider's account, which nobody else changes until the transaction ends.
    pub(crate) async fn lock_provider(&mut self, name: &str) -> Result<Account, StoreError> {
        let row: Option<(String, String, Option<String>, Option<String>)> = match &mut self.inner {
            Inner::Sqlite(tx) => {
                sqlx::query_as(include_str!("../sql/providers/lock.sqlite.sql"))
                    .bind(name)
                    .fetch_optional(&mut **tx)
                    .await?
            }
            Inner::Postgres(tx) => {
                sqlx::query_as(include_str!("../sql/providers/lock.postgres.sql"))
                    .bind(name)
                    .fetch_optional(&mut **tx)
                    .await?
            }
        };
        let Some((settings, live, killed, budgets)) = row else {
            return Err(inconsistent(name, "name", "no such provider is configured"));
        };
        let budgets = read_budgets(name, budgets.as_deref())?;
        read(name, &settings, &live, killed.as_deref(), &budgets)
    }

    pub(crate) async fn save_provider(&mut self, name: &str, live: &Live) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/providers/save.sql"))
            .bind(name).bind(json(live)).execute(connection).await?.rows_affected());
        Ok(())
    }
}

fn read_budgets(name: &str, budgets: Option<&str>) -> Result<Budgets, StoreError> {
    let read =
        |text| serde_json::from_str(text).map_err(|cause| inconsistent(name, "budgets", &cause.to_string()));
    budgets.map_or_else(|| Ok(Budgets::default()), read)
}

fn read(
    name: &str,
    settings: &str,
    live: &str,
    killed: Option<&str>,
    budgets: &Budgets,
) -> Result<Account, StoreError> {
    let settings: Settings =
        serde_json::from_str(settings).map_err(|cause| inconsistent(name, "settings", &cause.to_string()))?;
    let live = serde_json::from_str(live).map_err(|cause| inconsistent(name, "live", &cause.to_string()))?;
    Ok(Account { settings: settings.with(budgets), killed: killed.is_some(), live })
}

fn inconsistent(name: &str, column: &'static str, cause: &str) -> StoreError {
    StoreError::Inconsistent { table: "providers", column, row: name.to_owned(), cause: cause.to_owned() }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("numbers and text by names always make JSON")
}
