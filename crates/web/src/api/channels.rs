//! Where you are told when a program is ready; for operators, how the service fares, too.

use super::{
    Api,
    admit::Secret,
    at,
    body::{Named, Sent, given},
    caller::{Listening, Managing},
    deliveries::{self, Delivery},
    page::Page,
    refused::Refused,
    schema,
};
use crate::channels::{Change, Subscription, SubscriptionKeys, Switch, Wish};
use axum::{
    Extension, Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    ChannelId,
    channel::{About, Kind},
    notification::{Bundling, Quiet},
    schedule::Zone,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::channels::Channel as Row;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// A way you are told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Channel {
    #[schema(value_type = schema::Id)]
    id: ChannelId,
    #[schema(value_type = schema::ChannelKind)]
    kind: Kind,
    #[schema(value_type = schema::ChannelAbout)]
    about: About,
    /// What you call it.
    label: String,
    /// Where it leads, as far as that is no secret; empty: to your own address.
    place: String,
    #[schema(value_type = Option<schema::QuietHours>)]
    quiet: Option<Quiet>,
    #[schema(value_type = schema::Bundling)]
    bundling: Bundling,
    /// Of quiet hours.
    #[schema(value_type = schema::Zone)]
    zone: Zone,
    #[schema(value_type = schema::Instant)]
    created_at: Timestamp,
    /// Null: it is on.
    off: Option<SwitchedOff>,
}

/// That a channel tells nothing.
#[derive(Debug, Serialize, ToSchema)]
pub struct SwitchedOff {
    #[schema(value_type = schema::Instant)]
    since: Timestamp,
    /// `switched_off` by you, `unsubscribed` by the link of a mail, or `gone`: the other side has said so.
    why: &'static str,
}

/// A new channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelMade {
    channel: Channel,
    /// Of a webhook: what signs its messages, shown this once. Null for others.
    secret: Option<String>,
}

/// A secret that signs, shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub struct SecretShown {
    secret: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewChannel {
    #[schema(value_type = schema::ChannelKind)]
    kind: Kind,
    #[serde(default)]
    #[schema(value_type = Option<schema::ChannelAbout>)]
    about: About,
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 100)]
    label: String,
    /// Of Slack, Discord and webhooks: where to write.
    #[schema(max_length = 2000)]
    url: Option<String>,
    /// Of web push: what the browser gives.
    subscription: Option<PushSubscription>,
    #[schema(value_type = Option<schema::QuietHours>)]
    quiet: Option<Quiet>,
    #[serde(default)]
    #[schema(value_type = Option<schema::Bundling>)]
    bundling: Bundling,
    /// Of quiet hours; not given: yours.
    #[schema(value_type = Option<schema::Zone>)]
    zone: Option<Zone>,
}

/// `PushSubscription.toJSON()` of a browser.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PushSubscription {
    endpoint: String,
    keys: PushKeys,
}

#[derive(Debug, Deserialize, ToSchema)]
pub struct PushKeys {
    p256dh: String,
    auth: String,
}

/// What is not given stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelChange {
    #[schema(max_length = 100)]
    label: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<schema::QuietHours>)]
    quiet: Option<Option<Quiet>>,
    #[schema(value_type = Option<schema::Bundling>)]
    bundling: Option<Bundling>,
    #[schema(value_type = Option<schema::Zone>)]
    zone: Option<Zone>,
    /// Whether it tells.
    on: Option<bool>,
}

/// What a browser subscribes with, as `applicationServerKey`.
#[derive(Debug, Serialize, ToSchema)]
pub struct PushKey {
    key: String,
}

pub fn router() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show, update, remove))
        .routes(routes!(test))
        .routes(routes!(renew_secret, forget_secret))
        .routes(routes!(push_key))
}

/// Your channels
#[utoipa::path(get, path = "/channels", tag = "channels", security(("token" = ["manage"])),
    responses((status = 200, body = Page<Channel>)))]
async fn list(State(api): State<Api>, Managing(caller): Managing) -> Result<Json<Page<Channel>>, Refused> {
    let found = api.channels.list(caller).await?;
    Ok(Json(Page::whole(found.into_iter().map(shown).collect())))
}

/// Make a channel; a browser that subscribes again has the one it had
#[utoipa::path(post, path = "/channels", tag = "channels", request_body = NewChannel,
    security(("token" = ["manage"])), responses((status = 201, body = ChannelMade)))]
async fn create(
    State(api): State<Api>,
    Managing(caller): Managing,
    Sent(new): Sent<NewChannel>,
) -> Result<Response, Refused> {
    let made = api.channels.add(caller, new.read()).await?;
    let secret = made.secret.map(|secret| secret.reveal().to_owned());
    let body = Json(ChannelMade { channel: shown(made.channel), secret });
    Ok(match body.secret {
        Some(_) => (StatusCode::CREATED, Extension(Secret), body).into_response(),
        None => (StatusCode::CREATED, body).into_response(),
    })
}

/// One of your channels
#[utoipa::path(get, path = "/channels/{id}", tag = "channels", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 200, body = Channel)))]
async fn show(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ChannelId>,
) -> Result<Json<Channel>, Refused> {
    Ok(Json(shown(api.channels.find(caller, id).await?)))
}

/// Change when a channel tells, or switch it off and on; where it leads stays
#[utoipa::path(patch, path = "/channels/{id}", tag = "channels", params(("id" = schema::Id, Path)),
    request_body = ChannelChange, security(("token" = ["manage"])), responses((status = 200, body = Channel)))]
async fn update(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ChannelId>,
    Sent(change): Sent<ChannelChange>,
) -> Result<Json<Channel>, Refused> {
    Ok(Json(shown(api.channels.change(caller, id, change.read()).await?)))
}

/// Remove a channel, with its log
#[utoipa::path(delete, path = "/channels/{id}", tag = "channels", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 204)))]
async fn remove(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ChannelId>,
) -> Result<StatusCode, Refused> {
    api.channels.remove(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a message that says that the channel works; the log says whether it came
#[utoipa::path(post, path = "/channels/{id}/test", tag = "channels", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 202, body = Delivery)))]
async fn test(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ChannelId>,
) -> Result<Response, Refused> {
    let delivery = deliveries::shown(api.channels.test(caller, id).await?);
    Ok((StatusCode::ACCEPTED, Json(delivery)).into_response())
}

/// Make another secret for a webhook, shown this once; the one before it signs, too, until it is forgotten
#[utoipa::path(post, path = "/channels/{id}/secret", tag = "channels", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 201, body = SecretShown)))]
async fn renew_secret(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ChannelId>,
) -> Result<Response, Refused> {
    let secret = api.channels.renew_secret(caller, id).await?;
    let shown = SecretShown { secret: secret.reveal().to_owned() };
    Ok((StatusCode::CREATED, Extension(Secret), Json(shown)).into_response())
}

/// Forget the secret of a webhook that was replaced
#[utoipa::path(delete, path = "/channels/{id}/secret", tag = "channels", params(("id" = schema::Id, Path)),
    security(("token" = ["manage"])), responses((status = 204)))]
async fn forget_secret(
    State(api): State<Api>,
    Managing(caller): Managing,
    Named(id): Named<ChannelId>,
) -> Result<StatusCode, Refused> {
    api.channels.forget_former_secret(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What browsers subscribe with
#[utoipa::path(get, path = "/push-key", tag = "channels", security(("token" = ["listen"])),
    responses((status = 200, body = PushKey)))]
async fn push_key(State(api): State<Api>, _listener: Listening) -> Json<PushKey> {
    Json(PushKey { key: api.channels.keys.vapid().public_key().to_owned() })
}

impl NewChannel {
    fn read(self) -> Wish {
        let Self { kind, about, label, url, subscription, quiet, bundling, zone } = self;
        let subscription = subscription.map(|PushSubscription { endpoint, keys }| Subscription {
            endpoint,
            keys: SubscriptionKeys { p256dh: keys.p256dh, auth: keys.auth },
        });
        Wish { kind, about, label, url, subscription, quiet, bundling, zone }
    }
}

impl ChannelChange {
    fn read(self) -> Change {
        let Self { label, quiet, bundling, zone, on } = self;
        let switch = on.map(|on| if on { Switch::On } else { Switch::Off });
        Change { label, quiet, bundling, zone, switch }
    }
}

fn shown(row: Row) -> Channel {
    Channel {
        id: row.id,
        kind: row.kind,
        about: row.about,
        label: row.label,
        place: row.place,
        quiet: row.settings.quiet,
        bundling: row.settings.bundling,
        zone: row.settings.zone,
        created_at: at(row.created_at),
        off: row.off.map(|(since, why)| SwitchedOff { since: at(since), why: why.name() }),
    }
}
