//! What a filter would let pass: "12 of 40", and of each article why.

use super::{
    Api,
    body::Sent,
    caller::{Caller, Listening},
    feeds, me,
    refused::Refused,
    schema, sources,
};
use axum::{Json, extract::State};
use domain::{
    Article, ArticleId, FeedId, Language, SourceId,
    select::{self, Candidates, Filter, Wish},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use store::{Micros, StoredArticle};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// As selection looks at a source.
const PER_SOURCE: u32 = 60;
const MOST_AGE: Micros = 60 * 86_400 * 1_000_000;
const MOST_SOURCES: usize = 50;

/// Whose articles, and which of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterWish {
    /// Its sources, filter and language, where others are not given.
    #[schema(value_type = Option<schema::Id>)]
    pub feed_id: Option<FeedId>,
    /// Ids of your sources.
    #[schema(value_type = Option<Vec<schema::Id>>, max_items = 50)]
    pub sources: Option<Vec<SourceId>>,
    #[schema(value_type = Option<schema::FilterNode>)]
    pub filter: Option<Filter>,
    #[schema(value_type = Option<schema::Language>)]
    pub language: Option<Language>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FilterPreview {
    pub passed: usize,
    pub total: usize,
    /// In a sentence, in your language.
    pub summary: String,
    /// Those that pass, worth most first; then the rest.
    pub articles: Vec<Judged>,
    /// Sources that nobody has read yet: what they have is not known.
    #[schema(value_type = Vec<schema::Id>)]
    pub unread_sources: Vec<SourceId>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Judged {
    #[schema(value_type = schema::Id)]
    pub id: ArticleId,
    #[schema(value_type = schema::Id)]
    pub source_id: SourceId,
    pub title: String,
    pub url: Option<String>,
    pub author: Option<String>,
    pub tags: Vec<String>,
    #[schema(value_type = Option<schema::Instant>)]
    pub published_at: Option<Timestamp>,
    pub passes: bool,
    /// Why it does not pass, in a sentence in your language.
    pub reason: Option<String>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(preview))
}

/// What a filter would let pass now
#[utoipa::path(post, path = "/filters/preview", tag = "filters", request_body = FilterWish,
    security(("token" = ["listen"])), responses((status = 200, body = FilterPreview)))]
async fn preview(
    State(api): State<Api>,
    Listening(caller): Listening,
    Sent(wish): Sent<FilterWish>,
) -> Result<Json<FilterPreview>, Refused> {
    tried(&api, caller, wish).await.map(Json)
}

pub(crate) async fn tried(api: &Api, caller: Caller, wish: FilterWish) -> Result<FilterPreview, Refused> {
    let listener = me::found(api, caller).await?;
    let feed = match wish.feed_id {
        Some(id) => Some(feeds::found(api, caller, id).await.map_err(as_field("feed_id"))?),
        None => None,
    };
    let ids = match (wish.sources, &feed) {
        (Some(ids), _) => own(api, caller, ids).await?,
        (None, Some(feed)) => api.store.sources_of(feed.id).await?.iter().map(|source| source.id).collect(),
        (None, None) => return Err(Refused::field("sources", "name sources, or a feed that has some")),
    };
    let now = api.now();
    let stored = api.store.standing_articles(&ids, now - MOST_AGE, PER_SOURCE).await?;
    let heard = api.store.heard(&[caller.listener], now - MOST_AGE).await?.remove(&caller.listener);
    let of_feed = feed.as_ref();
    let wish = Wish {
        language: wish.language.or(of_feed.map(|feed| feed.language)).unwrap_or(listener.language),
        style: of_feed.map(|feed| feed.style).unwrap_or_default(),
        minutes: of_feed.map_or(1, |feed| feed.minutes),
        max_articles: None,
        filter: wish.filter.or_else(|| of_feed.map(|feed| feed.filter.clone())).unwrap_or_default(),
        heard: heard.unwrap_or_default(),
        tastes: api.store.tastes(&[caller.listener]).await?.remove(&caller.listener).unwrap_or_default(),
    };
    let articles: Vec<&Article> = stored.iter().map(|one| &one.article).collect();
    let found = select::candidates(&articles, &wish, super::at(now));
    Ok(FilterPreview {
        passed: found.summary().passed,
        total: found.summary().total,
        summary: found.summary().sentence(listener.language),
        articles: judged(&stored, &found, listener.language),
        unread_sources: api.store.unread_sources(&ids).await?,
    })
}

async fn own(api: &Api, caller: Caller, ids: Vec<SourceId>) -> Result<Vec<SourceId>, Refused> {
    if ids.len() > MOST_SOURCES {
        return Err(Refused::field("sources", format_args!("at most {MOST_SOURCES}")));
    }
    for (place, id) in ids.iter().enumerate() {
        let field = format!("sources[{place}]");
        sources::found(api, caller, *id).await.map_err(as_field(&field))?;
    }
    Ok(ids)
}

/// What is not there is a field that is wrong.
pub(super) fn as_field(field: &str) -> impl Fn(Refused) -> Refused {
    move |refused| match refused {
        Refused::Missing(what) => Refused::field(field, format_args!("you have no such {what}")),
        other => other,
    }
}

fn judged(stored: &[StoredArticle], found: &Candidates, language: Language) -> Vec<Judged> {
    let kept = found.kept.iter().map(|one| (one.index, None));
    let dropped = found.dropped.iter().map(|one| (one.index, Some(one.reason.sentence(language))));
    let reasons: HashMap<usize, Option<String>> = kept.clone().chain(dropped.clone()).collect();
    let order = kept.map(|one| one.0).chain(dropped.map(|one| one.0));
    let show = |index: usize| {
        let StoredArticle { id, source_id, article, .. } = stored.get(index)?;
        let reason = reasons.get(&index).cloned().flatten();
        Some(Judged {
            id: *id,
            source_id: *source_id,
            title: article.title.clone(),
            url: article.url.as_ref().map(ToString::to_string),
            author: article.author.clone(),
            tags: article.tags.clone(),
            published_at: article.published,
            passes: reason.is_none(),
            reason,
        })
    };
    order.filter_map(show).collect()
}
