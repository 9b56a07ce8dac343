//! Browsers that are signed in, by the hashes of what they carry. When a session is over and when it is given another
//! cookie, `domain::session` says.

use crate::{Micros, Store, StoreError, Tx, db::on, listeners::Role, row::Cell, transaction::on_tx};
use domain::{
    ListenerId, SessionId,
    session::{Life, Limits, Shown},
    token::TokenHash,
};
use serde::{Deserialize, Serialize};

const MINUTE: Micros = 60 * 1_000_000;

/// How somebody came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    Password,
    /// One that is good once.
    Link,
    Passkey,
    Oidc,
}

#[derive(Clone, Debug)]
pub struct NewSession {
    pub id: SessionId,
    pub listener: ListenerId,
    pub hash: TokenHash,
    pub method: Method,
    /// Where it begins, for the listener to know it by.
    pub address: String,
    pub agent: String,
}

/// What a cookie names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub listener: ListenerId,
    pub role: Role,
    pub method: Method,
    pub shown: Shown,
    pub life: Life,
}

/// A session as its listener sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub id: SessionId,
    pub created_at: Micros,
    pub seen_at: Micros,
    pub method: Method,
    pub address: String,
    pub agent: String,
}

/// id, listener_id, role, hash, created_at, seen_at, replaced_at, confirmed_at, method.
type Found = (String, String, String, String, i64, i64, i64, Option<i64>, String);

impl Method {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Link => "link",
            Self::Passkey => "passkey",
            Self::Oidc => "oidc",
        }
    }
}

impl Tx {
    pub async fn add_session(&mut self, new: &NewSession, now: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/sessions/add.sql"))
            .bind(new.id.to_string())
            .bind(new.listener.to_string())
            .bind(new.hash.to_string())
            .bind(now)
            .bind(new.method.name())
            .bind(&new.address)
            .bind(&new.agent)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Another cookie for a session; the one before is good no more.
    pub async fn renew_session(
        &mut self,
        id: SessionId,
        hash: TokenHash,
        now: Micros,
    ) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/sessions/renew.sql"))
            .bind(id.to_string())
            .bind(hash.to_string())
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Whether it was the listener's.
    pub async fn end_session(&mut self, id: SessionId, listener: ListenerId) -> Result<bool, StoreError> {
        let rows = on_tx!(self, connection => sqlx::query(include_str!("../sql/sessions/end.sql"))
            .bind(id.to_string())
            .bind(listener.to_string())
            .execute(connection)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// All but one, or all. How many there were.
    pub async fn end_sessions(
        &mut self,
        listener: ListenerId,
        but: Option<SessionId>,
    ) -> Result<u64, StoreError> {
        Ok(on_tx!(self, connection => sqlx::query(include_str!("../sql/sessions/end_all.sql"))
            .bind(listener.to_string())
            .bind(but.map(|id| id.to_string()).unwrap_or_default())
            .execute(connection)
            .await?
            .rows_affected()))
    }
}

impl Store {
    /// The session of a cookie, whose listener may come in; whether it is over, the caller judges.
    pub async fn session(&self, hash: TokenHash) -> Result<Option<Session>, StoreError> {
        let row: Option<Found> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/sessions/find.sql"))
                .bind(hash.to_string())
                .fetch_optional(pool)
                .await?
        });
        let Some((id, listener, role, present, created_at, seen_at, replaced_at, confirmed_at, method)) = row
        else {
            return Ok(None);
        };
        let cell = |column| Cell { table: "sessions", column, row: &id };
        Ok(Some(Session {
            id: cell("id").parse(&id)?,
            listener: cell("listener_id").parse(&listener)?,
            role: cell("role").word(&role)?,
            method: cell("method").word(&method)?,
            shown: if present == hash.to_string() { Shown::Present } else { Shown::Previous },
            life: Life { created_at, seen_at, replaced_at, confirmed_at },
        }))
    }

    /// Notes to the minute that a session was used, and at once that its present cookie has arrived.
    pub async fn session_seen(
        &self,
        session: &Session,
        hash: TokenHash,
        now: Micros,
    ) -> Result<(), StoreError> {
        let is_news = session.shown == Shown::Present && session.life.confirmed_at.is_none();
        if !is_news && now - session.life.seen_at <= MINUTE {
            return Ok(());
        }
        on!(&self.writer, pool => {
            let query = if is_news {
                sqlx::query(include_str!("../sql/sessions/confirm.sql"))
                    .bind(session.id.to_string())
                    .bind(hash.to_string())
            } else {
                sqlx::query(include_str!("../sql/sessions/see.sql")).bind(session.id.to_string())
            };
            query.bind(now).execute(pool).await?.rows_affected()
        });
        Ok(())
    }

    /// Puts the next cookie in the place of the one that was shown. `false` when another request was first.
    pub async fn replace_cookie(
        &self,
        session: &Session,
        shown: TokenHash,
        next: TokenHash,
        now: Micros,
    ) -> Result<bool, StoreError> {
        let rows = on!(&self.writer, pool => sqlx::query(include_str!("../sql/sessions/replace.sql"))
            .bind(session.id.to_string())
            .bind(shown.to_string())
            .bind(next.to_string())
            .bind(session.life.replaced_at)
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(rows == 1)
    }

    /// Those that are not over, the latest used first.
    pub async fn sessions(
        &self,
        listener: ListenerId,
        limits: Limits,
        now: Micros,
    ) -> Result<Vec<SessionRow>, StoreError> {
        let rows: Vec<(String, i64, i64, String, String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/sessions/list.sql"))
                .bind(listener.to_string())
                .bind(now - limits.whole)
                .bind(now - limits.idle)
                .fetch_all(pool)
                .await?
        });
        let read = |(id, created_at, seen_at, method, address, agent): (String, _, _, String, _, _)| {
            let cell = |column| Cell { table: "sessions", column, row: &id };
            let (id, method) = (cell("id").parse(&id)?, cell("method").word(&method)?);
            Ok(SessionRow { id, created_at, seen_at, method, address, agent })
        };
        rows.into_iter().map(read).collect()
    }

    /// Forgets sessions that are over.
    pub async fn prune_sessions(&self, limits: Limits, now: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/sessions/prune.sql"))
            .bind(now - limits.whole)
            .bind(now - limits.idle)
            .execute(pool)
            .await?
            .rows_affected()))
    }
}
