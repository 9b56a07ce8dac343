//! Who has tried too often is told to wait: by the account they try, which need not be there, and by the place they
//! try from. Trying is counted before it is looked at, so that trying at once is no faster.

use super::{Account, client::Client};
use crate::api::refused::Refused;
use domain::attempt::Limit;

/// What is counted.
#[derive(Clone, Debug)]
pub struct Subject {
    name: String,
    limit: Limit,
}

impl Subject {
    /// An account, by whatever was typed for it. What is kept of it does not show it.
    pub fn account(key: &str) -> Self {
        let hash = blake3::hash(key.as_bytes()).to_hex();
        Self { name: format!("account:{hash}"), limit: Limit::ACCOUNT }
    }

    pub fn place(client: &Client) -> Self {
        Self { name: format!("place:{}", client.place()), limit: Limit::ADDRESS }
    }

    /// Letters to an address.
    pub fn letters(key: &str) -> Self {
        let hash = blake3::hash(key.as_bytes()).to_hex();
        Self { name: format!("letters:{hash}"), limit: Limit::MAIL }
    }
}

impl Account {
    /// One try.
    pub(super) async fn try_once(&self, subject: &Subject) -> Result<(), Refused> {
        let wait = self.0.store.try_once(&subject.name, subject.limit, self.now()).await?;
        let seconds = |micros: i64| u64::try_from(micros / 1_000_000).unwrap_or(0) + 1;
        wait.map_or(Ok(()), |wait| Err(Refused::Throttled { after_s: seconds(wait) }))
    }

    /// Whoever came in by what cannot be guessed.
    pub(super) async fn forgive_place(&self, client: &Client) -> Result<(), Refused> {
        let place = Subject::place(client);
        Ok(self.0.store.forgive_try(&place.name, place.limit).await?)
    }

    /// It came out right: whoever knows a password may come as often as they like, and the others behind their
    /// address lose nothing by it.
    pub(super) async fn forgive(&self, place: &Subject, account: &Subject) -> Result<(), Refused> {
        self.0.store.clear_tries(&account.name).await?;
        Ok(self.0.store.forgive_try(&place.name, place.limit).await?)
    }
}
