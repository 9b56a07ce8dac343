//! What is over goes: programs, then the artifacts that no program needs. A row goes before its object, and names what
//! is to go until it has: whatever is cut off between is taken up again, and no row ever names what is not there.

use crate::{Micros, Store, StoreError, Tx, db::on, row::Cell, transaction::on_tx};
use domain::{Manifest, OccurrenceId, ProgramId, external::StoredAudio};

/// Up to when what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub now: Micros,
    /// The record of a program that was over before goes.
    pub records_before: Micros,
    /// An artifact that was needed until before goes.
    pub needed_before: Micros,
    /// An artifact that no program ever needed goes if it was made before.
    pub unused_before: Micros,
    /// An object goes whose row went before.
    pub doomed_before: Micros,
}

/// So many of something, and their bytes where they have any of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    pub total: u64,
    pub bytes: u64,
}

/// What goes, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Programs that cannot be heard any more.
    pub programs: Amount,
    /// Programs that are not remembered any more.
    pub records: Amount,
    pub artifacts: Amount,
    /// Objects whose rows are gone.
    pub objects: Amount,
}

impl Store {
    /// Takes the sound of programs away that are over; how many.
    pub async fn empty_programs(&self, bounds: &Bounds, limit: u32) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let rows: Vec<(String, String, String, String)> = on_tx!(tx, connection => {
            sqlx::query_as(include_str!("../sql/retention/expired.sql"))
                .bind(bounds.now)
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await?
        });
        for (id, occurrence, parts, manifest) in &rows {
            on_tx!(tx, connection => sqlx::query(include_str!("../sql/retention/empty.sql"))
                .bind(id)
                .bind(bounds.now)
                .execute(connection)
                .await?
                .rows_affected());
            // What is made of artifacts shares them; what somebody else made has a file of its own.
            if parts == "[]" {
                tx.doom_own(id, occurrence, manifest, bounds.now).await?;
            }
        }
        tx.commit().await?;
        Ok(rows.len() as u64)
    }

    /// Takes away what was fetched for occurrences that ended without a program; how many.
    pub async fn drop_unused_audio(&self, bounds: &Bounds, limit: u32) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let rows: Vec<(String, String)> = on_tx!(tx, connection => {
            sqlx::query_as(include_str!("../sql/retention/unused_audio.sql"))
                .bind(bounds.needed_before)
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await?
        });
        for (occurrence, audio) in &rows {
            tx.doom_audio(occurrence, audio, bounds.now).await?;
        }
        tx.commit().await?;
        Ok(rows.len() as u64)
    }

    /// Forgets programs that have been over for long, with their occurrences; how many.
    pub async fn forget_programs(&self, bounds: &Bounds, limit: u32) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let rows: Vec<(String, String)> = on_tx!(tx, connection => {
            sqlx::query_as(include_str!("../sql/retention/forgotten.sql"))
                .bind(bounds.records_before)
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await?
        });
        for (id, occurrence) in &rows {
            let cell = |column| Cell { table: "programs", column, row: id };
            let (id, occurrence): (ProgramId, OccurrenceId) =
                (cell("id").parse(id)?, cell("occurrence_id").parse(occurrence)?);
            for (sql, id) in [
                (include_str!("../sql/retention/forget_program.sql"), id.to_string()),
                (include_str!("../sql/retention/forget_occurrence.sql"), occurrence.to_string()),
            ] {
                on_tx!(tx, connection => sqlx::query(sql).bind(id).execute(connection).await?.rows_affected());
            }
        }
        tx.commit().await?;
        Ok(rows.len() as u64)
    }

    /// Forgets artifacts that nobody is to need; how many. One that somebody has come to need meanwhile stays.
    pub async fn forget_artifacts(&self, bounds: &Bounds, limit: u32) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let mut rows: Vec<(String, Option<String>)> = on_tx!(tx, connection => {
            sqlx::query_as(include_str!("../sql/retention/unneeded.sql"))
                .bind(bounds.needed_before)
                .bind(bounds.unused_before)
                .bind(i64::from(limit))
                .fetch_all(connection)
                .await?
        });
        // Rows are locked in one order everywhere.
        rows.sort_unstable();
        let mut forgotten = 0;
        for (key, _) in rows {
            let gone: Option<(Option<String>,)> = on_tx!(tx, connection => {
                sqlx::query_as(include_str!("../sql/retention/forget_artifact.sql"))
                    .bind(&key)
                    .bind(bounds.needed_before)
                    .bind(bounds.unused_before)
                    .fetch_optional(connection)
                    .await?
            });
            let Some((media_key,)) = gone else { continue };
            forgotten += 1;
            if let Some(media_key) = media_key {
                tx.doom(&media_key, bounds.now).await?;
            }
        }
        let failures = on_tx!(tx, connection => {
            sqlx::query(include_str!("../sql/retention/forget_failures.sql"))
                .bind(bounds.unused_before)
                .bind(i64::from(limit))
                .execute(connection)
                .await?
                .rows_affected()
        });
        tx.commit().await?;
        Ok(forgotten + failures)
    }

    /// Objects whose rows are gone.
    pub async fn doomed_media(&self, bounds: &Bounds, limit: u32) -> Result<Vec<String>, StoreError> {
        Ok(on!(&self.db, pool => {
            sqlx::query_scalar(include_str!("../sql/retention/doomed.sql"))
                .bind(bounds.doomed_before)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        }))
    }

    /// An object is gone, too.
    pub async fn media_gone(&self, media_key: &str) -> Result<(), StoreError> {
        on!(&self.writer, pool => sqlx::query(include_str!("../sql/retention/gone.sql"))
            .bind(media_key)
            .execute(pool)
            .await?
            .rows_affected());
        Ok(())
    }

    /// What would go by these bounds.
    pub async fn retention_outlook(&self, bounds: &Bounds) -> Result<Outlook, StoreError> {
        let (programs, records) = (bounds.now, bounds.records_before);
        Ok(Outlook {
            programs: self.amount(include_str!("../sql/retention/programs_over.sql"), &[programs]).await?,
            records: self.amount(include_str!("../sql/retention/records_over.sql"), &[records]).await?,
            artifacts: {
                let sql = include_str!("../sql/retention/artifacts_over.sql");
                self.amount(sql, &[bounds.needed_before, bounds.unused_before]).await?
            },
            objects: self.amount(include_str!("../sql/retention/objects_doomed.sql"), &[]).await?,
        })
    }

    async fn amount(&self, sql: &'static str, instants: &[Micros]) -> Result<Amount, StoreError> {
        let (total, bytes): (i64, i64) = on!(&self.db, pool => {
            let query = instants.iter().fold(sqlx::query_as(sql), |query, at| query.bind(*at));
            query.fetch_one(pool).await?
        });
        Ok(Amount { total: total.unsigned_abs(), bytes: bytes.unsigned_abs() })
    }
}

impl Tx {
    /// An object goes when this is committed, and not before.
    pub(crate) async fn doom(&mut self, media_key: &str, now: Micros) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/retention/doom.sql"))
            .bind(media_key)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }

    /// The file of a program that somebody else made.
    pub(crate) async fn doom_own(
        &mut self,
        program: &str,
        occurrence: &str,
        manifest: &str,
        now: Micros,
    ) -> Result<(), StoreError> {
        // One that cannot be read names nothing that could be taken away, and holds up no other.
        let manifest: Result<Manifest, _> =
            Cell { table: "programs", column: "manifest", row: program }.json(manifest);
        for part in manifest.map(|manifest| manifest.parts).unwrap_or_default() {
            self.doom(&part.media_key, now).await?;
        }
        self.drop_audio(occurrence).await
    }

    /// What was fetched for an occurrence.
    pub(crate) async fn doom_audio(
        &mut self,
        occurrence: &str,
        audio: &str,
        now: Micros,
    ) -> Result<(), StoreError> {
        let cell = Cell { table: "external_exchanges", column: "audio", row: occurrence };
        let audio: Result<StoredAudio, _> = cell.json(audio);
        if let Ok(audio) = audio {
            self.doom(&audio.media_key, now).await?;
        }
        self.drop_audio(occurrence).await
    }

    async fn drop_audio(&mut self, occurrence: &str) -> Result<(), StoreError> {
        on_tx!(self, connection => sqlx::query(include_str!("../sql/retention/drop_audio.sql"))
            .bind(occurrence)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(())
    }
}
