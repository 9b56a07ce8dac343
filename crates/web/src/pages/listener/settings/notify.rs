//! Where a listener is told that a program is ready, whether it came, and a test of it.

use super::{super::feeds::named, Tab};
use crate::{
    account::Mail,
    api::refused::Refused,
    channels::{Change, Switch, Wish},
    pages::{
        Fields, Pages, Routes, Shell, Signed, Words, Wrong, led, page, page_with, refusals::in_form, time,
    },
};
use askama::Template;
use axum::{extract::State, response::Response};
use domain::{
    ChannelId,
    channel::{About, Kind},
    notification::{Bundling, Quiet},
    schedule::LocalTime,
};
use store::{channels::Channel, deliveries::Delivery};

/// Messages of the log that are shown.
const LOG: u32 = 12;

#[derive(Template)]
#[template(path = "listener/settings/notify.html")]
struct Page {
    t: Words,
    shell: Shell,
    tab: Tab,
    channels: Vec<Shown>,
    log: Vec<Told>,
    /// Kinds that can be added by the form.
    kinds: Vec<&'static str>,
    push_key: String,
    /// Of a webhook that was made just now, shown this once.
    secret: String,
    fields: Fields,
    wrong: Wrong,
}

struct Shown {
    id: ChannelId,
    kind: String,
    label: String,
    place: String,
    quiet: String,
    is_digest: bool,
    is_on: bool,
    off: String,
}

/// A message of the log.
struct Told {
    when: String,
    channel: String,
    state: String,
    tone: &'static str,
    detail: String,
}

pub fn routes() -> Routes {
    Routes::default()
        .get("/settings/notifications", show)
        .post("/settings/notifications", add)
        .post("/settings/notifications/test", test)
        .post("/settings/notifications/switch", switch)
        .post("/settings/notifications/drop", drop_one)
}

async fn page_of(
    pages: &Pages,
    signed: Signed,
    fields: Fields,
    wrong: Wrong,
    secret: String,
) -> Result<Page, Refused> {
    let t = signed.shell.t;
    let channels = &pages.api.channels;
    let all: Vec<Channel> = channels.list(signed.caller).await?;
    let log = channels.deliveries(signed.caller, None, None, LOG).await?;
    let log = log.iter().map(|one| told(pages, t, &signed, &all, one)).collect();
    let mut kinds = vec![Kind::Slack, Kind::Discord, Kind::Webhook];
    if channels.mail == Mail::Sent {
        kinds.insert(0, Kind::Email);
    }
    Ok(Page {
        t,
        tab: Tab::Notifications,
        channels: all
            .into_iter()
            .filter(|one| one.about == About::Programs)
            .map(|one| shown(t, one))
            .collect(),
        log,
        kinds: kinds.into_iter().map(Kind::name).collect(),
        push_key: channels.keys.vapid().public_key().to_owned(),
        secret,
        fields,
        wrong,
        shell: signed.shell,
    })
}

fn kind(t: Words, kind: Kind) -> String {
    t.say(&format!("channel-{}", kind.name().replace('_', "-")))
}

fn shown(t: Words, row: Channel) -> Shown {
    let quiet = row.settings.quiet.map_or_else(String::new, |quiet| {
        let (from, to) = (quiet.from().to_string(), quiet.to().to_string());
        t.with("channel-quiet-is", &[("from", from.into()), ("to", to.into())])
    });
    Shown {
        id: row.id,
        kind: kind(t, row.kind),
        label: row.label,
        place: row.place,
        quiet,
        is_digest: row.settings.bundling == Bundling::Digest,
        is_on: row.off.is_none(),
        off: row.off.map_or_else(String::new, |(_, why)| {
            t.say(&format!("channel-off-{}", why.name().replace('_', "-")))
        }),
    }
}

fn told(pages: &Pages, t: Words, signed: &Signed, all: &[Channel], one: &Delivery) -> Told {
    let channel = all.iter().find(|channel| channel.id == one.channel);
    let channel = channel.map_or_else(String::new, |channel| match channel.label.as_str() {
        "" => kind(t, channel.kind),
        label => label.to_owned(),
    });
    let state = one.state.name();
    Told {
        when: time::moment(t, one.send_at, &signed.listener.zone, pages.now()),
        channel,
        state: t.say(&format!("delivery-{}", state.replace('_', "-"))),
        tone: match state {
            "sent" => "good",
            "failed" => "bad",
            _ => "",
        },
        detail: one.detail.clone().unwrap_or_default(),
    }
}

async fn show(State(pages): State<Pages>, signed: Signed) -> Result<Response, Refused> {
    let fields = Fields::default().with("kind", "slack").with("bundling", "each");
    Ok(page(&page_of(&pages, signed, fields, Wrong::default(), String::new()).await?))
}

fn wished(fields: &Fields) -> Result<Wish, Refused> {
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == fields.get("kind"));
    let time = |name: &'static str| fields.some(name).map(str::parse::<LocalTime>).transpose();
    let wrong = |cause: &dyn std::fmt::Display| Refused::field("quiet", cause);
    let from = time("from").map_err(|cause| wrong(&cause))?;
    let to = time("to").map_err(|cause| wrong(&cause))?;
    let quiet = match (from, to) {
        (None, None) => None,
        (Some(from), Some(to)) => Some(Quiet::new(from, to).map_err(|cause| wrong(&cause))?),
        _ => return Err(wrong(&"say when quiet hours begin and when they end")),
    };
    Ok(Wish {
        kind: kind.ok_or_else(|| Refused::field("kind", "choose one"))?,
        about: About::Programs,
        label: fields.get("label").to_owned(),
        url: fields.some("url").map(ToOwned::to_owned),
        subscription: None,
        quiet,
        bundling: if fields.has("bundling", "digest") { Bundling::Digest } else { Bundling::Each },
        zone: None,
    })
}

async fn add(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let added = async { pages.api.channels.add(signed.caller, wished(&fields)?).await };
    match added.await {
        Ok(made) => match made.secret {
            // Shown this once: no address leads to it again.
            Some(secret) => {
                let secret = secret.reveal().to_owned();
                Ok(page(&page_of(&pages, signed, Fields::default(), Wrong::default(), secret).await?))
            }
            None => Ok(led("/settings/notifications", "channel-added")),
        },
        Err(refused) => {
            let (status, wrong) = in_form(signed.shell.t, refused)?;
            Ok(page_with(status, &page_of(&pages, signed, fields, wrong, String::new()).await?))
        }
    }
}

async fn test(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    pages.api.channels.test(signed.caller, named(fields.get("id"))?).await?;
    Ok(led("/settings/notifications", "channel-tested"))
}

async fn switch(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    let (switch, done) = match fields.get("on") {
        "yes" => (Switch::On, "channel-on"),
        _ => (Switch::Off, "channel-off"),
    };
    let change = Change { switch: Some(switch), ..Change::default() };
    pages.api.channels.change(signed.caller, named(fields.get("id"))?, change).await?;
    Ok(led("/settings/notifications", done))
}

async fn drop_one(State(pages): State<Pages>, signed: Signed, fields: Fields) -> Result<Response, Refused> {
    pages.api.channels.remove(signed.caller, named(fields.get("id"))?).await?;
    Ok(led("/settings/notifications", "channel-dropped"))
}
