//! Published programs. A program and its occurrence's last state are one change: there is never one
//! without the other.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin},
    transaction::on_tx,
};
use domain::{
    ArticleId, ArtifactKey, Edition, FeedId, Language, ListenerId, Manifest, OccurrenceId, ProgramId,
    Revision, select::Heard,
};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

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

/// A program to be published, with the articles it tells.
pub type Publication<'a> = (&'a Program, &'a [ArticleId]);

impl Tx {
    /// Publishes a program, and notes its articles as heard. `false`, and nothing changed, when the
    /// occurrence is not selected any more: it has its program, or was called off.
    pub async fn publish(
        &mut self,
        program: &Program,
        articles: &[ArticleId],
        now: Micros,
    ) -> Result<bool, StoreError> {
        Ok(!self.publish_all(&[(program, articles)], now).await?.is_empty())
    }

    /// Publishes programs of different occurrences as [`publish`](Self::publish) does one; those whose occurrences
    /// were still selected.
    pub async fn publish_all(
        &mut self,
        all: &[Publication<'_>],
        now: Micros,
    ) -> Result<HashSet<OccurrenceId>, StoreError> {
        let ends: Vec<_> =
            all.iter().map(|(program, _)| (program.occurrence, program.edition, &program.reason)).collect();
        let sql = twin!(self, "occurrences/publish");
        let ids: Vec<String> = on_tx!(self, connection => {
            sqlx::query_scalar(sql).bind(json(&ends)).bind(now).fetch_all(connection).await?
        });
        let read = |id: String| Cell { table: "occurrences", column: "id", row: &id }.parse(&id);
        let published: HashSet<OccurrenceId> = ids.into_iter().map(read).collect::<Result<_, _>>()?;
        let new: Vec<&Publication<'_>> =
            all.iter().filter(|(program, _)| published.contains(&program.occurrence)).collect();
        self.add_programs(&new).await?;
        self.add_heard(&new, now).await?;
        Ok(published)
    }

    async fn add_programs(&mut self, new: &[&Publication<'_>]) -> Result<(), StoreError> {
        let rows: Vec<_> = new.iter().map(|(program, _)| NewRow::of(program)).collect();
        let sql = twin!(self, "programs/add");
        on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&rows)).execute(connection).await?.rows_affected()
        });
        Ok(())
    }

    async fn add_heard(&mut self, new: &[&Publication<'_>], now: Micros) -> Result<(), StoreError> {
        let of = |(program, articles): &&Publication<'_>| {
            let (listener, feed) = (program.listener, program.feed);
            articles.iter().map(move |article| (listener, feed, *article)).collect::<Vec<_>>()
        };
        let rows: Vec<_> = new.iter().flat_map(of).collect();
        let sql = twin!(self, "heard/add");
        on_tx!(self, connection => {
            sqlx::query(sql).bind(json(&rows)).bind(now).execute(connection).await?.rows_affected()
        });
        Ok(())
    }
}

/// A program as its statement takes it: in the order of its columns.
#[derive(Serialize)]
struct NewRow<'a>(
    ProgramId,
    OccurrenceId,
    ListenerId,
    FeedId,
    &'a str,
    &'static str,
    Edition,
    Option<&'a str>,
    u64,
    u64,
    String,
    String,
    String,
    Micros,
    Micros,
);

impl<'a> NewRow<'a> {
    fn of(program: &'a Program) -> Self {
        Self(
            program.id,
            program.occurrence,
            program.listener,
            program.feed,
            &program.title,
            program.language.tag(),
            program.edition,
            program.reason.as_deref(),
            program.duration_ms,
            program.bytes,
            json(&program.document),
            json(&program.manifest),
            json(&program.parts),
            program.visible_at,
            program.expires_at,
        )
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

    /// The artifacts that each of the latest programs of all listeners is made of.
    pub async fn latest_parts(&self, limit: u32) -> Result<Vec<Vec<ArtifactKey>>, StoreError> {
        let rows: Vec<(String, String)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/programs/latest_parts.sql"))
                .bind(i64::from(limit))
                .fetch_all(pool)
                .await?
        });
        let read =
            |(id, parts): &(String, String)| Cell { table: "programs", column: "parts", row: id }.json(parts);
        rows.iter().map(read).collect()
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
