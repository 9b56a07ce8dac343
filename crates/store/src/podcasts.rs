//! What podcast apps read: the podcast that a token gives, its episodes, their sound. A program is in a podcast
//! from when it is visible until it expires.

use crate::{Micros, Store, StoreError, db::on, row::Cell};
use domain::{Edition, FeedId, FeedTokenId, Language, ListenerId, Manifest, ProgramId, Schedule, Style};

/// A podcast, by one of its tokens.
#[derive(Clone, Debug, PartialEq)]
pub struct Podcast {
    pub token: FeedTokenId,
    pub listener: ListenerId,
    pub of: Of,
    pub last_used_at: Option<Micros>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Of {
    Feed {
        id: FeedId,
        name: String,
        language: Language,
        style: Style,
        schedule: Schedule,
        /// By its listener; `None`: never.
        changed_at: Option<Micros>,
    },
    /// All feeds of a listener.
    Listener { language: Language },
}

/// A program as its podcast shows it.
#[derive(Clone, Debug)]
pub struct Episode {
    pub id: ProgramId,
    pub title: String,
    pub language: Language,
    pub edition: Edition,
    pub reason: Option<String>,
    pub duration_ms: u64,
    pub bytes: u64,
    pub document: domain::Program,
    /// Whether what is said in it is known: of what others made it is not.
    pub has_transcript: bool,
    pub visible_at: Micros,
}

/// Whose a program's sound is, and when it may be heard.
#[derive(Clone, Copy, Debug)]
pub struct Enclosure {
    pub listener: ListenerId,
    pub feed: FeedId,
    pub visible_at: Micros,
    pub expires_at: Micros,
}

#[derive(sqlx::FromRow)]
struct PodcastRow {
    id: String,
    listener_id: String,
    feed_id: Option<String>,
    last_used_at: Option<i64>,
    listener_language: String,
    name: Option<String>,
    language: Option<String>,
    style: Option<String>,
    schedule: Option<String>,
    changed_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct EpisodeRow {
    id: String,
    title: String,
    language: String,
    edition: String,
    reason: Option<String>,
    duration_ms: i64,
    bytes: i64,
    document: String,
    parts: String,
    visible_at: i64,
}

impl Podcast {
    /// Whether a program of that listener's feed is in it.
    pub fn covers(&self, listener: ListenerId, feed: FeedId) -> bool {
        match &self.of {
            Of::Feed { id, .. } => *id == feed,
            Of::Listener { .. } => self.listener == listener,
        }
    }

    /// When it changed, if its newest program came at that instant.
    pub fn changed_at(&self, newest: Option<Micros>) -> Option<Micros> {
        let Of::Feed { changed_at, .. } = self.of else { return newest };
        newest.map(|newest| changed_at.map_or(newest, |changed| changed.max(newest)))
    }

    /// Whose programs it has, by the column that says so.
    fn owner(&self) -> String {
        match &self.of {
            Of::Feed { id, .. } => id.to_string(),
            Of::Listener { .. } => self.listener.to_string(),
        }
    }
}

impl Store {
    /// What a token gives; `None` when it is good no more, or its feed is gone.
    pub async fn podcast(&self, token: FeedTokenId, now: Micros) -> Result<Option<Podcast>, StoreError> {
        let row: Option<PodcastRow> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/podcasts/find.sql"))
                .bind(token.to_string())
                .bind(now)
                .fetch_optional(pool)
                .await?
        });
        row.map(PodcastRow::read).transpose()
    }

    /// Which programs a podcast has now and since when, the newest first: what its feed is made of, at a fraction of the price.
    pub async fn listed(
        &self,
        podcast: &Podcast,
        now: Micros,
        limit: u32,
    ) -> Result<Vec<(ProgramId, Micros)>, StoreError> {
        let sql = match podcast.of {
            Of::Feed { .. } => include_str!("../sql/podcasts/listed_of_feed.sql"),
            Of::Listener { .. } => include_str!("../sql/podcasts/listed_of_listener.sql"),
        };
        let rows: Vec<(String, i64)> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(podcast.owner()).bind(now).bind(i64::from(limit)).fetch_all(pool).await?
        });
        let read = |(id, visible_at): (String, i64)| {
            Ok((Cell { table: "programs", column: "id", row: &id }.parse(&id)?, visible_at))
        };
        rows.into_iter().map(read).collect()
    }

    /// The programs of a podcast, the newest first.
    pub async fn episodes(
        &self,
        podcast: &Podcast,
        now: Micros,
        limit: u32,
    ) -> Result<Vec<Episode>, StoreError> {
        let sql = match podcast.of {
            Of::Feed { .. } => include_str!("../sql/podcasts/episodes_of_feed.sql"),
            Of::Listener { .. } => include_str!("../sql/podcasts/episodes_of_listener.sql"),
        };
        let rows: Vec<EpisodeRow> = on!(&self.db, pool => {
            sqlx::query_as(sql).bind(podcast.owner()).bind(now).bind(i64::from(limit)).fetch_all(pool).await?
        });
        rows.into_iter().map(EpisodeRow::read).collect()
    }

    /// Of any program, whoever's it is and whether or not it is over.
    pub async fn enclosure(&self, program: ProgramId) -> Result<Option<Enclosure>, StoreError> {
        let row: Option<(String, String, String, i64, i64)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/podcasts/enclosure.sql"))
                .bind(program.to_string())
                .fetch_optional(pool)
                .await?
        });
        let Some((id, listener, feed, visible_at, expires_at)) = row else { return Ok(None) };
        let cell = |column| Cell { table: "programs", column, row: &id };
        Ok(Some(Enclosure {
            listener: cell("listener_id").parse(&listener)?,
            feed: cell("feed_id").parse(&feed)?,
            visible_at,
            expires_at,
        }))
    }

    /// What a program's sound is made of; it never changes.
    pub async fn manifest(&self, program: ProgramId) -> Result<Option<Manifest>, StoreError> {
        let id = program.to_string();
        let row: Option<(String,)> = on!(&self.db, pool => {
            sqlx::query_as(include_str!("../sql/podcasts/manifest.sql")).bind(&id).fetch_optional(pool).await?
        });
        let cell = Cell { table: "programs", column: "manifest", row: &id };
        row.map(|(manifest,)| cell.json(&manifest)).transpose()
    }
}

impl PodcastRow {
    fn read(self) -> Result<Podcast, StoreError> {
        let cell = |column| Cell { table: "feed_tokens", column, row: &self.id };
        let of = match (self.feed_id, self.name, self.language, self.style, self.schedule) {
            (Some(id), Some(name), Some(language), Some(style), Some(schedule)) => {
                let cell = |column| Cell { table: "feeds", column, row: &id };
                Of::Feed {
                    id: cell("id").parse(&id)?,
                    name,
                    language: cell("language").parse(&language)?,
                    style: cell("style").word(&style)?,
                    schedule: cell("schedule").json(&schedule)?,
                    changed_at: self.changed_at,
                }
            }
            (None, ..) => Of::Listener { language: cell("listener_id").parse(&self.listener_language)? },
            (Some(_), ..) => return Err(cell("feed_id").wrong("its feed is not there")),
        };
        Ok(Podcast {
            token: cell("id").parse(&self.id)?,
            listener: cell("listener_id").parse(&self.listener_id)?,
            of,
            last_used_at: self.last_used_at,
        })
    }
}

impl EpisodeRow {
    fn read(self) -> Result<Episode, StoreError> {
        let cell = |column| Cell { table: "programs", column, row: &self.id };
        Ok(Episode {
            language: cell("language").parse(&self.language)?,
            edition: cell("edition").word(&self.edition)?,
            duration_ms: cell("duration_ms").count(self.duration_ms)?,
            bytes: cell("bytes").count(self.bytes)?,
            document: cell("document").json(&self.document)?,
            has_transcript: self.parts != "[]",
            id: cell("id").parse(&self.id)?,
            title: self.title,
            reason: self.reason,
            visible_at: self.visible_at,
        })
    }
}
