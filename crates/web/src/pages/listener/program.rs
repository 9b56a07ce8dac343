//! One program: its player with chapters and transcript, what it tells of and why, thumbs, and how words are said.

use super::{feeds::named, readings, today::edition};
use crate::{
    api::{feeds, programs, refused::Refused},
    pages::{
        Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, page, page_with, refusals::in_form, time,
        vtt,
    },
    problem::Problem,
};
use askama::Template;
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    ArticleId, ProgramId, SegmentKind,
    chapter::titled,
    select::{Thumb, filter::Verdict},
};
use serde_json::json;
use std::collections::HashMap;
use store::{StoredArticle, feeds::Feed, hearing::Position, programs::Program};

const SLEEPS: [u32; 5] = [5, 10, 15, 30, 60];

#[derive(Template)]
#[template(path = "listener/program.html")]
struct Page {
    t: Words,
    shell: Shell,
    id: ProgramId,
    title: String,
    language: &'static str,
    feed: String,
    feed_link: String,
    when: String,
    length: String,
    duration_ms: u64,
    position_ms: u64,
    edition: String,
    reason: String,
    expires: String,
    chapters: Vec<Chapter>,
    articles: Vec<Told>,
    fields: Fields,
    wrong: Wrong,
    key: String,
    has_transcript: bool,
    /// Minutes after which it may stop by itself.
    sleeps: Vec<(u32, String)>,
}

struct Chapter {
    number: usize,
    start_ms: u64,
    end_ms: u64,
    clock: String,
    length: String,
    title: String,
    cues: Vec<vtt::Cue>,
}

/// An article that is told.
struct Told {
    id: String,
    title: String,
    url: String,
    host: String,
    why: Vec<String>,
    thumb: &'static str,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/programs/{id}", show)
        .get("/programs/{id}/player.json", player)
        .get("/programs/{id}/program.mp3", sound)
        .post("/programs/{id}/position", keep_position)
        .post("/programs/{id}/thumb", thumb)
        .post("/programs/{id}/say", say)
}

async fn show(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, signed, &id, Fields::default(), Wrong::default()).await?))
}

async fn page_of(
    pages: &Pages,
    signed: Signed,
    id: &str,
    fields: Fields,
    wrong: Wrong,
) -> Result<Page, Refused> {
    let program = programs::found(&pages.api, signed.caller, named(id)?).await?;
    let (t, now, zone) = (signed.shell.t, pages.now(), &signed.listener.zone);
    let feed = pages.store().feed(program.feed).await?;
    let articles = articles(pages, t, &signed, &program, feed.as_ref()).await?;
    let position = position(pages, &signed, program.id).await?;
    // A program without its text is a program still.
    let said = pages.podcasts.said(&program).await.unwrap_or_default();
    let cues = said.map(|said| vtt::cues(&said)).unwrap_or_default();
    let [a, b] = pages.api.chance();
    Ok(Page {
        t,
        id: program.id,
        language: program.language.tag(),
        feed: feed.as_ref().map_or_else(String::new, |feed| feed.name.clone()),
        feed_link: format!("/feeds/{}", program.feed),
        when: time::moment(t, program.visible_at, zone, now),
        length: time::length(program.duration_ms),
        duration_ms: program.duration_ms,
        position_ms: resumed(position, program.duration_ms),
        edition: edition(t, Some(program.edition)),
        reason: program.reason.clone().unwrap_or_default(),
        expires: t.about("program-expires", &time::moment(t, program.expires_at, zone, now)),
        has_transcript: !cues.is_empty(),
        sleeps: SLEEPS.map(|minutes| (minutes, t.count("minutes", minutes))).to_vec(),
        chapters: chapters(&program, &cues),
        articles,
        title: program.title,
        fields: if fields == Fields::default() {
            fields.with("language", program.language.tag())
        } else {
            fields
        },
        wrong,
        key: format!("page-{a:016x}{b:016x}"),
        shell: signed.shell,
    })
}

async fn position(pages: &Pages, signed: &Signed, id: ProgramId) -> Result<Option<Position>, Refused> {
    Ok(pages.store().positions(signed.listener.id, &[id]).await?.remove(&id))
}

/// Whoever was all but through begins anew.
fn resumed(position: Option<Position>, duration_ms: u64) -> u64 {
    position.map_or(0, |of| of.at_ms).clamp(0, duration_ms) % duration_ms.saturating_sub(3_000).max(1)
}

fn chapters(program: &Program, cues: &[vtt::Cue]) -> Vec<Chapter> {
    let chapters = program.document.chapters();
    let chapter = |(at, one): (usize, &domain::chapter::Chapter<'_>)| {
        let is_in = |cue: &&vtt::Cue| (one.start_ms..one.end_ms).contains(&cue.start_ms);
        Chapter {
            number: at + 1,
            start_ms: one.start_ms,
            end_ms: one.end_ms,
            clock: time::length(one.start_ms),
            length: time::length(one.end_ms.saturating_sub(one.start_ms)),
            title: one.title.to_owned(),
            cues: cues.iter().filter(is_in).cloned().collect(),
        }
    };
    chapters.iter().enumerate().map(chapter).collect()
}

/// Each article that is told, with what spoke for it.
async fn articles(
    pages: &Pages,
    t: Words,
    signed: &Signed,
    program: &Program,
    feed: Option<&Feed>,
) -> Result<Vec<Told>, Refused> {
    let selection = pages.store().selection_of(program.occurrence).await?.unwrap_or_default();
    let known: HashMap<_, ArticleId> = selection.picks.iter().map(|pick| (pick.key, pick.article)).collect();
    let ids: Vec<ArticleId> = program.parts.iter().filter_map(|key| known.get(key).copied()).collect();
    let stored = pages.store().articles_by_id(&ids).await?;
    let stored: HashMap<ArticleId, StoredArticle> = stored.into_iter().map(|one| (one.id, one)).collect();
    let thumbs = pages.store().thumbs(signed.listener.id, &ids).await?;
    let mut told = Vec::new();
    for (segment, key) in program.document.segments.iter().zip(&program.parts) {
        if segment.kind != SegmentKind::Article {
            continue;
        }
        let id = known.get(key).copied();
        let article = id.and_then(|id| stored.get(&id));
        let url = segment.url.clone().filter(|url| url.starts_with("http")).unwrap_or_default();
        told.push(Told {
            id: id.filter(|_| article.is_some()).map_or_else(String::new, |id| id.to_string()),
            title: titled(program.language, &segment.title).to_owned(),
            host: host(&url),
            url,
            why: article.map_or_else(Vec::new, |one| why(t, one, feed, program.visible_at)),
            thumb: match id.and_then(|id| thumbs.get(&id)) {
                Some(Thumb::Up) => "up",
                Some(Thumb::Down) => "down",
                None => "",
            },
        });
    }
    Ok(told)
}

fn host(url: &str) -> String {
    let url: Option<url::Url> = url.parse().ok();
    url.as_ref().and_then(url::Url::host_str).unwrap_or_default().trim_start_matches("www.").to_owned()
}

/// What spoke for an article when it was chosen: see `domain::select::score`.
fn why(t: Words, one: &StoredArticle, feed: Option<&Feed>, at: i64) -> Vec<String> {
    let article = &one.article;
    let mut why = Vec::new();
    if let Some(published) = article.published {
        let hours = (at - published.as_microsecond()).max(0) / 3_600_000_000;
        why.push(if hours < 48 { t.count("why-hours", hours) } else { t.count("why-days", hours / 24) });
    }
    if let Some(likes) = article.likes.filter(|likes| *likes > 0) {
        why.push(t.count("why-likes", likes));
    }
    let verdict = feed.filter(|feed| feed.filter.conditions() > 0);
    let verdict = verdict.map(|feed| feed.filter.matches(article, crate::api::at(at)));
    if let Some(Verdict::Passes(strength)) = verdict
        && strength.points() > 0
    {
        why.push(t.say("why-filter"));
    }
    if let Some(author) = &article.author {
        why.push(t.about("why-author", author));
    }
    why
}

/// What the player needs, wherever on the pages it is started.
async fn player(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let program = programs::found(&pages.api, signed.caller, named(&id)?).await?;
    let feed = feeds::found(&pages.api, signed.caller, program.feed)
        .await
        .map_or_else(|_| String::new(), |feed| feed.name);
    let position = position(&pages, &signed, program.id).await?;
    let chapters = program.document.chapters();
    let chapters =
        chapters.iter().map(|one| json!({ "start": one.start_ms, "end": one.end_ms, "title": one.title }));
    let body = json!({
        "id": program.id,
        "title": program.title,
        "feed": feed,
        "page": format!("/programs/{}", program.id),
        "audio": format!("/programs/{}/program.mp3", program.id),
        "save": format!("/programs/{}/position", program.id),
        "duration": program.duration_ms,
        "position": resumed(position, program.duration_ms),
        "chapters": chapters.collect::<Vec<_>>(),
    });
    Ok(Json(body).into_response())
}

async fn sound(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    method: Method,
    wishes: HeaderMap,
) -> Result<Response, Refused> {
    let program = programs::found(&pages.api, signed.caller, named(&id)?).await?;
    let problem = |problem: Problem| match problem.status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Refused::Gone("program"),
        _ => Refused::Away,
    };
    let mut response = pages.podcasts.sound(&program, &method, &wishes).await.map_err(problem)?;
    let name: String = url::form_urlencoded::byte_serialize(program.title.as_bytes()).collect();
    let name = format!("inline; filename*=UTF-8''{}.mp3", name.replace('+', "%20"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

/// How far it was heard, as the player says now and then.
async fn keep_position(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<StatusCode, Refused> {
    let at_ms = fields.get("at_ms").parse().map_err(|cause| Refused::field("at_ms", cause))?;
    let position = Position { at_ms, is_ended: fields.has("ended", "true") };
    pages.store().put_position(signed.listener.id, named(&id)?, position, pages.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn thumb(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    let article: ArticleId = named(fields.get("article"))?;
    let thumb = match fields.get("thumb") {
        "up" => Some(Thumb::Up),
        "down" => Some(Thumb::Down),
        _ => None,
    };
    let (done, of) = (if thumb.is_some() { "thumb" } else { "thumb-back" }, signed.listener.id);
    let mut tx = pages.store().begin().await?;
    match thumb {
        Some(thumb) if !tx.put_thumb(of, article, thumb, pages.now()).await? => {
            return Err(Refused::Missing("article"));
        }
        Some(_) => {}
        // It may be gone already.
        None => drop(tx.take_thumb_back(of, article).await?),
    }
    tx.commit().await?;
    Ok(led(&format!("/programs/{id}#told-{article}"), done))
}

/// From the next program on a word is said so.
async fn say(
    State(pages): State<Pages>,
    signed: Signed,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Refused> {
    match readings::put(&pages, signed.caller, &fields).await {
        Ok(()) => Ok(led(&format!("/programs/{id}#say"), "reading-kept")),
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            Ok(page_with(status, &page_of(&pages, signed, &id, fields, wrong).await?))
        }
    }
}
