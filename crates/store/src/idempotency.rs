//! Answers by the keys of who asked, so that asking twice is asking once.

use crate::{Micros, Store, StoreError, db::on};
use domain::ListenerId;

/// A key, as its listener uses it for one request.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub listener: ListenerId,
    pub key: &'a str,
    /// Of all that was asked, 64 hex digits.
    pub request: &'a str,
    pub at: Micros,
}

/// What a key stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claimed {
    /// Nobody has asked yet: answer, and say how.
    First,
    /// Something else was asked with it.
    Other,
    /// It is being answered.
    UnderWay,
    /// It was answered so; without a body that is not kept.
    Answered { status: u16, body: Option<String> },
}

/// A key that nobody has answered for so long was taken by a process that is gone.
const PATIENCE: Micros = 60 * 1_000_000;

impl Store {
    pub async fn claim_key(&self, asked: &Asked<'_>) -> Result<Claimed, StoreError> {
        let Asked { listener, key, request, at } = *asked;
        let claimed: Option<(String,)> = on!(&self.writer, pool => {
            sqlx::query_as(include_str!("../sql/idempotency/claim.sql"))
                .bind(listener.to_string())
                .bind(key)
                .bind(request)
                .bind(at)
                .bind(at - PATIENCE)
                .fetch_optional(pool)
                .await?
        });
        if claimed.is_some() {
            return Ok(Claimed::First);
        }
        let row: Option<(String, Option<i16>, Option<String>)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/idempotency/find.sql"))
                .bind(listener.to_string())
                .bind(key)
                .fetch_optional(pool)
                .await?
        });
        Ok(match row {
            Some((before, ..)) if before != request => Claimed::Other,
            Some((_, Some(status), body)) => Claimed::Answered { status: status.unsigned_abs(), body },
            // Given back this moment, or not answered yet.
            Some((_, None, _)) | None => Claimed::UnderWay,
        })
    }

    /// What was answered; `None` keeps no body.
    pub async fn keep_answer(
        &self,
        asked: &Asked<'_>,
        status: u16,
        body: Option<&str>,
    ) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/idempotency/answer.sql"))
            .bind(asked.listener.to_string())
            .bind(asked.key)
            .bind(asked.at)
            .bind(status.cast_signed())
            .bind(body)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    /// Nothing came of it.
    pub async fn give_key_back(&self, asked: &Asked<'_>) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/idempotency/give_back.sql"))
            .bind(asked.listener.to_string())
            .bind(asked.key)
            .bind(asked.at)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    pub async fn prune_keys(&self, before: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/idempotency/prune.sql"))
            .bind(before)
            .execute(pool)
            .await?
            .rows_affected()))
    }
}
