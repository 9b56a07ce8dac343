//! Published programs. A program and its occurrence's last state are one change: there is never one
//! without the other.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin, word},
    transaction::on_tx,
};
use domain::{
    ArticleId, ArtifactKey, Edition, FeedId, Language, ListenerId, Manifest, OccurrenceId, ProgramId,
    Revision, select::Heard,
};
use std::collections::HashMap;

#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    pub id: ProgramId,
    pub occurrence: OccurrenceId,
    pub listener: ListenerId,
    pub feed: FeedId,
    pub title: String,
    pub language: Language,
    pub edition: Edition,
    pub reason: Option<String>,
    pub duration_ms: u64,
    pub bytes: u64,
    /// `program.json` without texts.
    pub document: domain::Program,
    pub manifest: Manifest,
    /// The artifacts that the manifest's parts are, in their order.
    pub parts: Vec<ArtifactKey>,
    pub visible_at: Micros,
    pub expires_at: Micros,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    occurrence_id: String,
    listener_id: String,
    feed_id: String,
    title: String,
    language: String,
    edition: String,
    reason: Option<String>,
    duration_ms: i64,
    bytes: i64,
    document: String,
    manifest: String,
    parts: String,
    visible_at: i64,
    expires_at: i64,
}

impl Tx {
    /// Publishes a program, and notes its articles as heard. `false`, and nothing changed, when the
    /// occurrence is not selected any more: it has its program, or was called off.
    pub async fn publish(
        &mut self,
        program: &Program,
        articles: &[ArticleId],
        now: Micros,
    ) -> Result<bool, StoreError> {
        let ended = on_tx!(self, connection => sqlx::query(include_str!("../sql/occurrences/publish.sql"))
            .bind(program.occurrence.to_string())
            .bind(word(&program.edition))
            .bind(&program.reason)
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        if ended != 1 {
            return Ok(false);
        }
        on_tx!(self, connection => sqlx::query(include_str!("../sql/programs/add.sql"))
            .bind(program.id.to_string())
            .bind(program.occurrence.to_string())
            .bind(program.listener.to_string())
            .bind(program.feed.to_string())
            .bind(&program.title)
            .bind(program.language.tag())
            .bind(word(&program.edition))
            .bind(&program.reason)
            .bind(program.duration_ms.cast_signed())
            .bind(program.bytes.cast_signed())
            .bind(json(&program.document))
            .bind(json(&program.manifest))
            .bind(json(&program.parts))
            .bind(program.visible_at)
            .bind(program.expires_at)
            .execute(connection)
            .await?
            .rows_affected());
        let sql = twin!(self, "heard/add");
        on_tx!(self, connection => sqlx::query(sql)
            .bind(program.listener.to_string())
            .bind(program.feed.to_string())
            .bind(json(&articles))
            .bind(now)
            .execute(connection)
            .await?
            .rows_affected());
        Ok(true)
    }
}

impl Store {
    pub async fn program(&self, id: ProgramId) -> Result<Option<Program>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/programs/find.sql"))
                .bind(id.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }

    /// A page of a listener's programs that can be heard at an instant, of one feed or of all, the latest first: those
    /// before one by the instant it could be heard and its id.
    pub async fn programs_page(
        &self,
        listener: ListenerId,
        feed: Option<FeedId>,
        before: Option<(Micros, ProgramId)>,
        now: Micros,
        limit: u32,
    ) -> Result<Vec<Program>, StoreError> {
        let (at, id) = before.map_or((Micros::MAX, String::new()), |(at, id)| (at, id.to_string()));
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/programs/page.sql"))
                .bind(listener.to_string())
                .bind(now)
                .bind(feed.map(|id| id.to_string()))
                .bind(at)
                .bind(id)
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// The latest program of a feed.
    pub async fn latest_program_of(&self, feed: FeedId) -> Result<Option<Program>, StoreError> {
        let row: Option<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/programs/latest_of_feed.sql"))
                .bind(feed.to_string())
                .fetch_optional(pool)
                .await?
        });
        row.map(Row::read).transpose()
    }

    /// The latest programs of all listeners.
    pub async fn latest_programs(&self, limit: u32) -> Result<Vec<Program>, StoreError> {
        let rows: Vec<Row> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/programs/latest.sql"))
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        rows.into_iter().map(Row::read).collect()
    }

    /// What each of some listeners has had since an instant, in whichever of their feeds.
    pub async fn heard(
        &self,
        listeners: &[ListenerId],
        since: Micros,
    ) -> Result<HashMap<ListenerId, Heard>, StoreError> {
        let sql = twin!(self, "heard/of");
        let rows: Vec<(String, String, String, Option<String>, String)> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(json(&listeners)).bind(since).fetch_all(pool).await?
        });
        let mut heard: HashMap<ListenerId, Heard> = HashMap::new();
        for (listener, source, guid, canonical_url, revision) in rows {
            let cell = |column| Cell { table: "heard", column, row: &listener };
            let revision: Revision = cell("revision").parse(&revision)?;
            let of: &mut Heard = heard.entry(cell("listener_id").parse(&listener)?).or_default();
            of.note(&source, &guid, canonical_url.as_deref(), revision);
        }
        Ok(heard)
    }
}

impl Row {
    fn read(self) -> Result<Program, StoreError> {
        let cell = |column| Cell { table: "programs", column, row: &self.id };
        Ok(Program {
            occurrence: cell("occurrence_id").parse(&self.occurrence_id)?,
            listener: cell("listener_id").parse(&self.listener_id)?,
            feed: cell("feed_id").parse(&self.feed_id)?,
            language: cell("language").parse(&self.language)?,
            edition: cell("edition").word(&self.edition)?,
            duration_ms: cell("duration_ms").count(self.duration_ms)?,
            bytes: cell("bytes").count(self.bytes)?,
            document: cell("document").json(&self.document)?,
            manifest: cell("manifest").json(&self.manifest)?,
            parts: cell("parts").json(&self.parts)?,
            id: cell("id").parse(&self.id)?,
            title: self.title,
            reason: self.reason,
            visible_at: self.visible_at,
            expires_at: self.expires_at,
        })
    }
}
