//! All that is kept of a listener, to take along.

use super::{
    Api,
    caller::{Caller, Managing},
    feeds::{self, Feed},
    me::{self, Me},
    refused::Refused,
    schema,
    sources::{self, Source},
    tokens::{self, Token},
};
use axum::{Json, extract::State};
use domain::ProgramId;
use jiff::Timestamp;
use serde::Serialize;
use store::belongings::Belongings;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// Read at a time.
const STEP: u32 = 200;

#[derive(Debug, Serialize, ToSchema)]
pub struct Export {
    pub me: Me,
    pub sources: Vec<Source>,
    pub feeds: Vec<Feed>,
    pub tokens: Vec<Token>,
    /// Those that can be heard now.
    pub programs: Vec<Heard>,
    /// Every row that is kept of you, by table; secrets are left out.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<schema::Anything>>)]
    pub records: Belongings,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Heard {
    #[schema(value_type = super::schema::Id)]
    pub id: ProgramId,
    pub title: String,
    #[schema(value_type = super::schema::Instant)]
    pub published_at: Timestamp,
    /// What was told, and where it was told first.
    pub articles: Vec<Told>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Told {
    pub title: String,
    pub url: Option<String>,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Everything that is kept of you
#[utoipa::path(get, path = "/export", tag = "me", security(("token" = ["manage"])),
    responses((status = 200, body = Export)))]
async fn export(State(api): State<Api>, Managing(caller): Managing) -> Result<Json<Export>, Refused> {
    whole(&api, caller).await.map(Json)
}

pub(crate) async fn whole(api: &Api, caller: Caller) -> Result<Export, Refused> {
    let me = me::shown(me::found(api, caller).await?, caller);
    let mut shown_feeds = Vec::new();
    for feed in api.store.feeds_of(caller.listener).await? {
        shown_feeds.push(feeds::shown(api, caller, feed).await?);
    }
    let tokens = api.store.tokens(Some(caller.listener)).await?.into_iter().map(tokens::shown).collect();
    let (sources, programs) = (all_sources(api, caller).await?, all_programs(api, caller).await?);
    let records = api.store.belongings(caller.listener).await?.ok_or(Refused::Unknown)?;
    Ok(Export { records, me, sources, feeds: shown_feeds, tokens, programs })
}

pub(crate) async fn all_sources(api: &Api, caller: Caller) -> Result<Vec<Source>, Refused> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = api.store.own_sources(caller.listener, after, STEP).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.source.id);
        all.extend(page.into_iter().map(sources::shown));
    }
}

async fn all_programs(api: &Api, caller: Caller) -> Result<Vec<Heard>, Refused> {
    let mut all = Vec::new();
    let mut before = None;
    loop {
        let page = api.store.programs_page(caller.listener, None, before, api.now(), STEP).await?;
        let Some(last) = page.last() else { return Ok(all) };
        before = Some((last.visible_at, last.id));
        all.extend(page.into_iter().map(|program| {
            let chapters = program.document.chapters();
            let told = |chapter: &domain::chapter::Chapter<'_>| {
                let url = chapter.url?.to_owned();
                Some(Told { title: chapter.title.to_owned(), url: Some(url) })
            };
            let articles = chapters.iter().filter_map(told).collect();
            Heard {
                id: program.id,
                published_at: super::at(program.visible_at),
                articles,
                title: program.title,
            }
        }));
    }
}
