//! Articles, every revision of them: taken in as a source lists them, and handed out as they were.

use crate::{
    Micros, Store, StoreError, Tx,
    db::on,
    row::{Cell, json, twin},
    transaction::on_tx,
};
use domain::{Article, ArticleDraft, ArticleId, Detected, Revision, SourceId, article::Derived};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// Rows in one statement: bounds its memory, for a row may hold a long text.
const CHUNK: usize = 100;
/// Articles that one reading forgets, at most.
const FORGOTTEN: i64 = 200;

/// An article as it is kept.
#[derive(Clone, Debug)]
pub struct StoredArticle {
    pub id: ArticleId,
    pub source_id: SourceId,
    /// When this revision was first read.
    pub seen_at: Micros,
    pub article: Article,
}

/// What became of the articles that a source lists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Items that were not known.
    pub new: u64,
    /// Items of which another revision was known.
    pub revised: u64,
}

impl TakenIn {
    pub const fn is_news(self) -> bool {
        self.new + self.revised > 0
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    source_id: String,
    source: String,
    guid: String,
    revision: String,
    url: Option<String>,
    canonical_url: Option<String>,
    title: String,
    author: Option<String>,
    published_at: Option<i64>,
    tags: String,
    likes: Option<i64>,
    text: String,
    private: i16,
    language: String,
    simhash: i64,
    seen_at: i64,
}

impl Store {
    /// The articles of sources that stand and were seen since, the latest of each source first and at most
    /// `limit` of each. Sources come in the order they are asked for.
    pub async fn standing_articles(
        &self,
        sources: &[SourceId],
        since: Micros,
        limit_per_source: u32,
    ) -> Result<Vec<StoredArticle>, StoreError> {
        let text = twin!(self, "articles/standing");
        let rows: Vec<Row> = on!(&self.db, pool => sqlx::query_as(text)
            .bind(json(&sources)).bind(since).bind(i64::from(limit_per_source)).fetch_all(pool).await?);
        Ok(legible(rows))
    }

    /// Those of the articles that are kept, superseded ones too, in no order.
    pub async fn articles_by_id(&self, ids: &[ArticleId]) -> Result<Vec<StoredArticle>, StoreError> {
        let text = twin!(self, "articles/by_id");
        let rows: Vec<Row> =
            on!(&self.db, pool => sqlx::query_as(text).bind(json(&ids)).fetch_all(pool).await?);
        Ok(legible(rows))
    }

    /// The texts that stand of a source's items, by what the source calls them.
    pub async fn standing_texts(
        &self,
        source: SourceId,
        guids: &[&str],
    ) -> Result<HashMap<String, String>, StoreError> {
        let text = twin!(self, "articles/texts");
        let rows: Vec<(String, String)> = on!(&self.db, pool => sqlx::query_as(text)
            .bind(source.to_string()).bind(json(&guids)).fetch_all(pool).await?);
        Ok(rows.into_iter().collect())
    }

    /// Forgets at most `limit` articles of each sort from before an instant that nobody heard: superseded
    /// revisions, and what sources gave that nobody follows any more. How many. No selection may reach back
    /// so far.
    pub async fn prune_articles(&self, before: Micros, limit: u32) -> Result<u64, StoreError> {
        let limit = i64::from(limit);
        let superseded = on!(&self.writer, pool =>
            sqlx::query(include_str!("../sql/articles/prune_superseded.sql"))
                .bind(before).bind(limit).execute(pool).await?.rows_affected());
        let unfollowed = on!(&self.writer, pool =>
            sqlx::query(include_str!("../sql/articles/prune_unfollowed.sql"))
                .bind(before).bind(limit).execute(pool).await?.rows_affected());
        Ok(superseded + unfollowed)
    }
}

/// A broken article is told of and left out: no program depends on one alone.
fn legible(rows: Vec<Row>) -> Vec<StoredArticle> {
    let read = rows.into_iter().map(Row::read);
    read.filter_map(|row| row.inspect_err(|error| tracing::error!(%error, "an article is left out")).ok())
        .collect()
}

impl Tx {
    /// Takes in what a source lists now, each item once, with the name its revision gets should it be new.
    /// The former revisions of these items are superseded; one that was superseded and is listed again stands
    /// again; tags, likes and dates of known revisions follow the source.
    pub async fn take_in(
        &mut self,
        source: SourceId,
        listed: &[(ArticleId, Article)],
        now: Micros,
    ) -> Result<TakenIn, StoreError> {
        // Rows are locked in one order everywhere.
        let mut listed: Vec<_> = listed.iter().map(|(id, article)| (*id, article)).collect();
        listed.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
        listed.dedup_by(|(_, a), (_, b)| a.id == b.id);
        let mut taken_in = TakenIn::default();
        for chunk in listed.chunks(CHUNK) {
            let some = self.take_in_some(source, chunk, now).await?;
            taken_in.new += some.new;
            taken_in.revised += some.revised;
        }
        Ok(taken_in)
    }

    async fn take_in_some(
        &mut self,
        source: SourceId,
        listed: &[(ArticleId, &Article)],
        now: Micros,
    ) -> Result<TakenIn, StoreError> {
        let guids: Vec<&str> = listed.iter().map(|(_, article)| article.id.as_str()).collect();
        let known = self.known_revisions(source, &guids).await?;
        let (mut inserts, mut refreshes, mut standing) = (Vec::new(), Vec::new(), Vec::new());
        let mut revised = 0;
        for (id, article) in listed {
            let revision = article.revision.to_string();
            let revisions = known.get(&article.id);
            if revisions.is_some_and(|revisions| revisions.contains(&revision)) {
                refreshes.push(refreshed(article));
            } else {
                inserts.push(inserted(*id, article));
                revised += u64::from(revisions.is_some());
            }
            if revisions.is_some() {
                standing.push((&article.id, revision));
            }
        }
        self.change(twin!(self, "articles/insert"), source, &inserts, Some(now)).await?;
        self.change(twin!(self, "articles/refresh"), source, &refreshes, None).await?;
        self.change(twin!(self, "articles/supersede"), source, &standing, Some(now)).await?;
        Ok(TakenIn { new: inserts.len() as u64 - revised, revised })
    }

    /// Forgets some of a source's articles from before an instant that it lists no more and nobody heard.
    /// What is still listed must stay, or it would come back as new.
    pub async fn forget_unlisted(
        &mut self,
        source: SourceId,
        listed: &[&str],
        before: Micros,
    ) -> Result<u64, StoreError> {
        let text = twin!(self, "articles/forget");
        Ok(on_tx!(self, connection => sqlx::query(text)
            .bind(source.to_string()).bind(json(&listed)).bind(before).bind(FORGOTTEN)
            .execute(connection).await?.rows_affected()))
    }

    async fn known_revisions(
        &mut self,
        source: SourceId,
        guids: &[&str],
    ) -> Result<HashMap<String, HashSet<String>>, StoreError> {
        let text = twin!(self, "articles/known");
        let rows: Vec<(String, String)> = on_tx!(self, connection => sqlx::query_as(text)
            .bind(source.to_string()).bind(json(&guids)).fetch_all(connection).await?);
        let mut known: HashMap<String, HashSet<String>> = HashMap::new();
        for (guid, revision) in rows {
            known.entry(guid).or_default().insert(revision);
        }
        Ok(known)
    }

    async fn change(
        &mut self,
        text: &'static str,
        source: SourceId,
        rows: &[impl Serialize],
        now: Option<Micros>,
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        on_tx!(self, connection => {
            let query = sqlx::query(text).bind(source.to_string()).bind(json(&rows));
            let query = match now {
                Some(now) => query.bind(now),
                None => query,
            };
            query.execute(connection).await?.rows_affected()
        });
        Ok(())
    }
}

/// The columns of `articles/insert`, in its order.
fn inserted(id: ArticleId, article: &Article) -> impl Serialize {
    (
        id,
        &article.id,
        article.revision.to_string(),
        &article.url,
        &article.canonical_url,
        &article.title,
        &article.author,
        article.published.map(Timestamp::as_microsecond),
        json(&article.tags),
        likes(article),
        &article.text,
        i16::from(article.private),
        article.language.code(),
        article.simhash.cast_signed(),
    )
}

/// The columns of `articles/refresh`, in its order.
fn refreshed(article: &Article) -> impl Serialize {
    (
        &article.id,
        article.revision.to_string(),
        &article.url,
        &article.canonical_url,
        &article.author,
        article.published.map(Timestamp::as_microsecond),
        json(&article.tags),
        likes(article),
        i16::from(article.private),
    )
}

fn likes(article: &Article) -> Option<i64> {
    article.likes.map(|likes| i64::try_from(likes).unwrap_or(i64::MAX))
}

impl Row {
    fn read(self) -> Result<StoredArticle, StoreError> {
        let cell = |column| Cell { table: "articles", column, row: &self.id };
        let published = self.published_at.map(Timestamp::from_microsecond).transpose();
        let revision: Revision = cell("revision").parse(&self.revision)?;
        let draft = ArticleDraft {
            url: self.url.as_deref().map(|url| cell("url").parse(url)).transpose()?,
            published: published.map_err(|cause| cell("published_at").wrong(cause))?,
            tags: cell("tags").json(&self.tags)?,
            likes: self.likes.map(|likes| cell("likes").count(likes)).transpose()?,
            private: self.private == 1,
            source: self.source,
            id: self.guid,
            title: self.title,
            author: self.author,
            text: self.text,
        };
        let derived = Derived {
            canonical_url: self.canonical_url,
            language: Detected::from_code(&self.language),
            revision,
            simhash: self.simhash.cast_unsigned(),
        };
        Ok(StoredArticle {
            id: cell("id").parse(&self.id)?,
            source_id: cell("source_id").parse(&self.source_id)?,
            seen_at: self.seen_at,
            article: Article::kept(draft, derived),
        })
    }
}
