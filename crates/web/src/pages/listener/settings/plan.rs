//! What a listener may have, what they use of it, and where they pay for more.

use super::Tab;
use crate::{
    api::{plan, refused::Refused},
    pages::{
        Fields, Pages, Routes, Shell, Signed, Words,
        chart::{Chart, Tone, Value},
        page, page_with, refusals, time,
    },
};
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

const DAYS: i64 = 14;

#[derive(Template)]
#[template(path = "listener/settings/plan.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    plan: String,
    reason: String,
    notice: String,
    /// What is limited, how much is used, and how much there is.
    usage: Vec<(String, String)>,
    offers: Vec<(String, String, String)>,
    /// When, and what was said.
    history: Vec<(String, String)>,
    is_paid: bool,
    chart: String,
    wrong: String,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/settings/plan", show)
        .post("/settings/plan/checkout", check_out)
        .post("/settings/plan/portal", portal)
}

async fn page_of(pages: &Pages, signed: Signed, wrong: String) -> Result<Page, Refused> {
    let t = signed.shell.t;
    let mine = plan::mine(&pages.api, signed.caller).await?;
    let limits = mine.limits.as_ref();
    let of = |used: Option<u64>, limit: Option<Option<u32>>| {
        let most = limit.flatten();
        match (used, most) {
            (Some(used), Some(most)) => t.part("usage-of", used, most),
            (Some(used), None) => t.count("usage-free", used),
            (None, Some(most)) => t.count("usage-most", most),
            (None, None) => t.say("usage-unlimited"),
        }
    };
    let usage = &mine.usage;
    let rows = vec![
        (t.say("nav-feeds"), of(Some(u64::from(usage.feeds)), limits.map(|one| one.feeds))),
        (
            t.say("usage-now"),
            of(Some(u64::from(usage.requested_this_month)), limits.map(|one| one.on_demand_per_month)),
        ),
        (t.say("usage-minutes"), of(None, limits.map(|one| one.minutes))),
        (t.say("usage-sources"), of(None, limits.map(|one| one.sources_per_feed))),
        (t.say("usage-days"), of(None, limits.map(|one| one.program_days))),
        (t.say("nav-programs"), t.count("usage-free", usage.programs)),
    ];
    let zone = &signed.listener.zone;
    let history = mine.subscriptions.iter().flat_map(|one| &one.history).map(|entry| {
        let date = zone.date_at(entry.at);
        (time::day(t, date), entry.text.clone())
    });
    let offers = mine.offers.iter().map(|offer| {
        let minutes =
            offer.limits.minutes.map_or_else(|| t.say("usage-unlimited"), |most| t.count("minutes", most));
        (offer.plan.clone(), offer.price.clone().unwrap_or_default(), minutes)
    });
    Ok(Page {
        t,
        tab: Tab::Plan,
        plan: mine.plan.clone().unwrap_or_default(),
        reason: mine.reason.as_ref().map_or_else(String::new, |reason| reason.text.clone()),
        notice: mine.notice.as_ref().map_or_else(String::new, |notice| notice.text.clone()),
        usage: rows,
        offers: offers.collect(),
        history: history.collect(),
        is_paid: mine.subscriptions.iter().any(|one| one.keeper == store::subscriptions::Keeper::Stripe),
        chart: chart(pages, t, &signed).await?,
        wrong,
        shell: signed.shell,
    })
}

/// Minutes of programs by day.
async fn chart(pages: &Pages, t: Words, signed: &Signed) -> Result<String, Refused> {
    let zone = &signed.listener.zone;
    let today = zone.date_at(crate::api::at(pages.now()));
    let found = pages.store().programs_page(signed.listener.id, None, None, pages.now(), 200).await?;
    let values = (0..DAYS).rev().map(|back| {
        let date = today.saturating_sub(jiff::Span::new().days(back));
        let of_day = found.iter().filter(|one| zone.date_at(crate::api::at(one.visible_at)) == date);
        let ms: u64 = of_day.map(|one| one.duration_ms).sum();
        let value = ms as f64 / 60_000.0;
        Value {
            label: format!("{}/{}", date.month(), date.day()),
            is_tick: back % 2 == 0,
            value,
            shown: format!("{value:.1}"),
            tone: Tone::Plain,
        }
    });
    let heads = [t.say("chart-day"), t.say("chart-minutes")];
    let chart = Chart::new("made", t.say("chart-made"), heads, t.say("as-table"), values.collect());
    Ok(chart.render().unwrap_or_default())
}

async fn show(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    Ok(page(&page_of(&pages, signed, String::new()).await?))
}

async fn check_out(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let plan = fields.get("plan").to_owned();
    let url = pages.api.production.checkout(signed.listener.id, plan).await.map_err(plan::unpayable);
    gone(&pages, signed, url).await
}

async fn portal(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let url = pages.api.production.portal(signed.listener.id).await.map_err(plan::unpayable);
    gone(&pages, signed, url).await
}

/// Off to whom one pays, or back with why not.
async fn gone(pages: &Pages, signed: Signed, url: Result<String, Refused>) -> Result<Response, Refused> {
    match url {
        Ok(url) => Ok(Redirect::to(&url).into_response()),
        Err(refused @ (Refused::Conflict(_) | Refused::Field { .. })) => {
            let wrong = refusals::text(signed.shell.t, &refused);
            Ok(page_with(StatusCode::UNPROCESSABLE_ENTITY, &page_of(pages, signed, wrong).await?))
        }
        Err(refused) => Err(refused),
    }
}
