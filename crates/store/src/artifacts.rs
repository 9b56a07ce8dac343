//! What is made once and shared: single flight over all processes.
//!
//! Whoever claims a key makes it, under a lease that it keeps renewing; all others wait for the row.
//! Recording is fenced by the claim's token, so that a maker who lost its lease records nothing.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin},
    transaction::on_tx,
};
use domain::{ArtifactKey, ArtifactKind};
use std::collections::HashMap;

/// Something made, ready for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub key: ArtifactKey,
    /// `None` for an artifact whose `meta` is all of it, a script.
    pub media: Option<Media>,
    /// JSON; its shape is the maker's.
    pub meta: String,
}

/// Where an artifact's bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    pub media_key: String,
    pub bytes: u64,
    pub frames: u64,
}

/// The result of a making, to be recorded.
#[derive(Clone, Debug)]
pub struct Made {
    pub media: Option<Media>,
    pub meta: String,
}

/// What came of asking for an artifact.
#[derive(Clone, Debug)]
pub enum Claim {
    /// Make it, and finish or fail it with the token that was given.
    Mine,
    Ready(Artifact),
    /// Somebody else is at it; their lease ends then.
    Making {
        until: Micros,
    },
    /// It could not be made, and is not to be tried again before then.
    Failed {
        error: String,
        retry_after: Micros,
    },
}

/// How an artifact stands, for those who only want to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Made; `frames` of sound, 0 where it is none.
    Ready {
        frames: u64,
    },
    Making,
    /// Not to be tried again before `retry_after`; another was made in its place, if any was.
    Failed {
        retry_after: Micros,
        instead: Option<ArtifactKey>,
    },
}

/// Whether a fenced change was recorded, or the lease had been lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Fenced {
    Recorded,
    LeaseLost,
}

#[derive(sqlx::FromRow)]
struct Row {
    key: String,
    state: String,
    lease_until: Option<i64>,
    media_key: Option<String>,
    bytes: Option<i64>,
    frames: Option<i64>,
    meta: Option<String>,
    error: Option<String>,
    retry_after: Option<i64>,
}

/// All artifacts of a kind and a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    pub kind: String,
    pub state: String,
    pub total: u64,
    pub bytes: u64,
}

impl Store {
    /// Whether anything was ever made that is kept in the media store.
    pub async fn has_media(&self) -> Result<bool, StoreError> {
        Ok(on!(&self.db, pool =>
            sqlx::query_scalar(include_str!("../sql/artifacts/any_media.sql")).fetch_one(pool).await?))
    }

    /// Takes the making of `key`, or says how it stands. `token` must be new and unguessed by others.
    pub async fn claim_artifact(
        &self,
        key: ArtifactKey,
        kind: ArtifactKind,
        token: &str,
        now: Micros,
        lease_until: Micros,
    ) -> Result<Claim, StoreError> {
        // Reading first keeps the common case, a hit, free of writes.
        if let Some(settled) = self.find_artifact(key).await?.filter(|claim| claim.is_settled(now)) {
            return Ok(settled);
        }
        let text = key.to_string();
        let mine = on!(&self.writer, pool => sqlx::query(include_str!("../sql/artifacts/claim.sql"))
            .bind(&text).bind(kind.name()).bind(token).bind(lease_until).bind(now)
            .fetch_optional(pool).await?.is_some());
        if mine {
            return Ok(Claim::Mine);
        }
        // Lost to another maker between the two statements, who may even have failed and been swept.
        Ok(self.find_artifact(key).await?.unwrap_or(Claim::Making { until: now }))
    }

    /// How an artifact stands; `None` when nobody has asked for it yet.
    pub async fn find_artifact(&self, key: ArtifactKey) -> Result<Option<Claim>, StoreError> {
        let text = key.to_string();
        let row: Option<Row> = on!(&self.db, pool => sqlx::query_as(include_str!("../sql/artifacts/find.sql"))
            .bind(&text).fetch_optional(pool).await?);
        row.map(Row::read).transpose()
    }

    pub async fn renew_artifact(
        &self,
        key: ArtifactKey,
        token: &str,
        lease_until: Micros,
    ) -> Result<Fenced, StoreError> {
        let text = key.to_string();
        let rows = on!(&self.writer, pool => sqlx::query(include_str!("../sql/artifacts/renew.sql"))
            .bind(&text).bind(token).bind(lease_until)
            .execute(pool).await?.rows_affected());
        Ok(fenced(rows))
    }

    pub async fn finish_artifact(
        &self,
        key: ArtifactKey,
        token: &str,
        made: &Made,
        now: Micros,
    ) -> Result<Fenced, StoreError> {
        let text = key.to_string();
        let media = made.media.as_ref();
        let media_key = media.map(|media| media.media_key.as_str());
        let bytes = media.map(|media| media.bytes.cast_signed());
        let frames = media.map(|media| media.frames.cast_signed());
        let rows = on!(&self.writer, pool => sqlx::query(include_str!("../sql/artifacts/finish.sql"))
            .bind(&text).bind(token).bind(media_key).bind(bytes).bind(frames).bind(&made.meta).bind(now)
            .execute(pool).await?.rows_affected());
        Ok(fenced(rows))
    }

    pub async fn fail_artifact(
        &self,
        key: ArtifactKey,
        token: &str,
        error: &str,
        retry_after: Micros,
    ) -> Result<Fenced, StoreError> {
        let text = key.to_string();
        let rows = on!(&self.writer, pool => sqlx::query(include_str!("../sql/artifacts/fail.sql"))
            .bind(&text).bind(token).bind(error).bind(retry_after)
            .execute(pool).await?.rows_affected());
        Ok(fenced(rows))
    }

    /// Drops a ready artifact whose object is gone from the media store, so that it is made again.
    pub async fn forget_artifact(&self, key: ArtifactKey, media_key: &str) -> Result<(), StoreError> {
        let text = key.to_string();
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/artifacts/forget.sql"))
            .bind(&text).bind(media_key).execute(pool).await?.rows_affected());
        Ok(())
    }

    /// Drops what somebody began to make and nobody went on with since the lease was over; how many.
    pub async fn abandon_artifacts(&self, leases_before: Micros) -> Result<u64, StoreError> {
        Ok(on!(&self.writer, pool => sqlx::query(include_str!("../sql/artifacts/abandon.sql"))
            .bind(leases_before).execute(pool).await?.rows_affected()))
    }

    /// How each of some artifacts stands; those nobody asked for yet are left out.
    pub async fn standings(
        &self,
        keys: &[ArtifactKey],
    ) -> Result<HashMap<ArtifactKey, Standing>, StoreError> {
        type Row = (String, String, Option<i64>, Option<i64>, Option<String>);
        let sql = twin!(self, "artifacts/states");
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(json(&keys)).fetch_all(pool).await?
        });
        let read = |(key, state, frames, retry_after, instead): Row| {
            let cell = |column| Cell { table: "artifacts", column, row: &key };
            let standing = match (state.as_str(), retry_after) {
                ("ready", _) => Standing::Ready { frames: cell("frames").count(frames.unwrap_or(0))? },
                ("making", _) => Standing::Making,
                ("failed", Some(retry_after)) => Standing::Failed {
                    retry_after,
                    instead: instead.as_deref().map(|key| cell("instead").parse(key)).transpose()?,
                },
                _ => return Err(cell("state").wrong("without what belongs to it")),
            };
            Ok((cell("key").parse(&key)?, standing))
        };
        rows.into_iter().map(read).collect()
    }

    /// Those of some artifacts that are ready.
    pub async fn ready_artifacts(
        &self,
        keys: &[ArtifactKey],
    ) -> Result<HashMap<ArtifactKey, Artifact>, StoreError> {
        let sql = twin!(self, "artifacts/ready");
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(json(&keys)).fetch_all(pool).await?
        });
        let mut ready = HashMap::with_capacity(rows.len());
        for row in rows {
            if let Claim::Ready(artifact) = row.read()? {
                ready.insert(artifact.key, artifact);
            }
        }
        Ok(ready)
    }

    /// Nobody is to try again before `retry_after`. What is made, or in the making, stays as it is.
    pub async fn give_up_artifact(
        &self,
        key: ArtifactKey,
        kind: ArtifactKind,
        error: &str,
        instead: Option<ArtifactKey>,
        retry_after: Micros,
        now: Micros,
    ) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/artifacts/give_up.sql"))
            .bind(key.to_string())
            .bind(kind.name())
            .bind(error)
            .bind(instead.map(|key| key.to_string()))
            .bind(retry_after)
            .bind(now)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    /// What there is, and how large it is. Reads it all: for a page.
    pub async fn weigh_artifacts(&self) -> Result<Vec<Weight>, StoreError> {
        let rows: Vec<(String, String, i64, i64)> = on!(&self.db, pool =>
            sqlx::query_as(include_str!("../sql/artifacts/weigh.sql")).fetch_all(pool).await?);
        let read = |(kind, state, total, bytes): (String, String, i64, i64)| Weight {
            kind,
            state,
            total: total.unsigned_abs(),
            bytes: bytes.unsigned_abs(),
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// (kind, state, how many).
    pub async fn count_artifacts(&self) -> Result<Vec<(String, String, i64)>, StoreError> {
        let rows = on!(&self.db, pool => sqlx::query_as(include_str!("../sql/artifacts/count.sql"))
            .fetch_all(pool).await?);
        Ok(rows)
    }
}

impl Tx {
    /// Artifacts may be needed until then, if not longer.
    pub async fn keep_artifacts(&mut self, keys: &[ArtifactKey], until: Micros) -> Result<(), StoreError> {
        let sql = twin!(self, "artifacts/keep");
        on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&keys)).bind(until).execute(connection).await?.rows_affected()
        });
        Ok(())
    }
}

impl Claim {
    /// Nothing is to be gained by claiming: it is made, in the making, or not to be tried yet.
    const fn is_settled(&self, now: Micros) -> bool {
        match self {
            Self::Mine => false,
            Self::Ready(_) => true,
            Self::Making { until } => *until > now,
            Self::Failed { retry_after, .. } => *retry_after > now,
        }
    }
}

impl Row {
    fn read(self) -> Result<Claim, StoreError> {
        let key: ArtifactKey = match self.key.parse() {
            Ok(key) => key,
            Err(_) => return Err(inconsistent(&self.key, "key", "not 64 hex digits")),
        };
        match (self.state.as_str(), self.lease_until, self.meta, self.error, self.retry_after) {
            ("making", Some(until), ..) => Ok(Claim::Making { until }),
            ("failed", _, _, Some(error), Some(retry_after)) => Ok(Claim::Failed { error, retry_after }),
            ("ready", _, Some(meta), ..) => {
                let media = match (self.media_key, self.bytes, self.frames) {
                    (None, ..) => None,
                    (Some(media_key), Some(bytes @ 0..), Some(frames @ 0..)) => Some(Media {
                        media_key,
                        bytes: bytes.cast_unsigned(),
                        frames: frames.cast_unsigned(),
                    }),
                    _ => return Err(inconsistent(&self.key, "media_key", "media without its size")),
                };
                Ok(Claim::Ready(Artifact { key, media, meta }))
            }
            (state, ..) => {
                Err(inconsistent(&self.key, "state", &format!("{state:?} without what belongs to it")))
            }
        }
    }
}

pub(crate) const fn fenced(rows_changed: u64) -> Fenced {
    if rows_changed == 1 { Fenced::Recorded } else { Fenced::LeaseLost }
}

fn inconsistent(row: &str, column: &'static str, cause: &str) -> StoreError {
    StoreError::Inconsistent { table: "artifacts", column, row: row.to_owned(), cause: cause.to_owned() }
}
