//! Where listeners are told, as they wish it: for the API and for pages. Nothing is sent here; what is to be told is
//! noted, and a job brings it.

mod keys;
mod log;

pub use keys::Keys;

use crate::{
    account::Mail,
    api::{
        Caller,
        body::{some_words, words},
        refused::Refused,
    },
};
use domain::{
    ChannelId,
    channel::{About, Kind, Off, Target},
    external::SigningSecret,
    notification::{Bundling, Quiet, Settings},
    schedule::Zone,
    token::Scope,
};
use net::{push::Subscriber, webhook};
use queue::{Clock, Entropy};
use serde::Deserialize;
use serde_json::json;
use std::{fmt, sync::Arc};
use store::{
    Store,
    channels::{Channel, NewChannel},
};

/// Of one listener.
const MOST_CHANNELS: usize = 20;
const MOST_LABEL: usize = 100;

/// What channels are worked with.
#[derive(Clone)]
pub struct Channels {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// Asked whether an address may be written to; nothing is sent here.
    pub client: Arc<net::Client>,
    pub keys: Keys,
    pub mail: Mail,
}

/// A channel somebody wishes for.
#[derive(Debug)]
pub struct Wish {
    pub kind: Kind,
    pub about: About,
    pub label: String,
    /// Of a chat or a webhook.
    pub url: Option<String>,
    /// Of a browser.
    pub subscription: Option<Subscription>,
    pub quiet: Option<Quiet>,
    pub bundling: Bundling,
    /// Of quiet hours; `None`: the listener's own.
    pub zone: Option<Zone>,
}

/// As a browser gives it (`PushSubscription.toJSON()`).
#[derive(Debug, Deserialize)]
pub struct Subscription {
    pub endpoint: String,
    pub keys: SubscriptionKeys,
}

#[derive(Debug, Deserialize)]
pub struct SubscriptionKeys {
    pub p256dh: String,
    pub auth: String,
}

/// What is not given stays as it is.
#[derive(Debug, Default)]
pub struct Change {
    pub label: Option<String>,
    pub quiet: Option<Option<Quiet>>,
    pub bundling: Option<Bundling>,
    pub zone: Option<Zone>,
    pub switch: Option<Switch>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    On,
    Off,
}

/// A channel that was asked for.
#[derive(Debug)]
pub struct Made {
    pub channel: Channel,
    /// Of a webhook: what signs, shown this once.
    pub secret: Option<SigningSecret>,
    /// It was there already: a browser subscribes whenever it is opened.
    pub is_new: bool,
}

impl Channels {
    pub async fn list(&self, caller: Caller) -> Result<Vec<Channel>, Refused> {
        Ok(self.store.channels(caller.listener).await?)
    }

    /// One of the caller's.
    pub async fn find(&self, caller: Caller, id: ChannelId) -> Result<Channel, Refused> {
        let found = self.store.channel(id).await?;
        found.filter(|channel| channel.listener == caller.listener).ok_or(Refused::Missing("channel"))
    }

    pub async fn add(&self, caller: Caller, wish: Wish) -> Result<Made, Refused> {
        if wish.about.is_for_operators() {
            caller.may(Scope::Operate)?;
        }
        let (target, secret) = self.target(caller, &wish).await?;
        let fingerprint = target.fingerprint();
        if let Some(channel) = self.store.channel_to(caller.listener, wish.about, &fingerprint).await? {
            return self.renew(caller, channel, &target).await;
        }
        if self.store.channels(caller.listener).await?.len() >= MOST_CHANNELS {
            let full = format!("you have {MOST_CHANNELS} channels; remove one first");
            return Err(Refused::Conflict(full));
        }
        let listener = self.store.listener(caller.listener).await?.ok_or(Refused::Unknown)?;
        let now = self.clock.now();
        let id = ChannelId::born(now, self.chance());
        let new = NewChannel {
            id,
            listener: caller.listener,
            about: wish.about,
            kind: wish.kind,
            label: words("label", &wish.label, MOST_LABEL)?,
            place: target.place(),
            target: self.keys.close(id, &target).map_err(|_| Refused::Fault)?,
            fingerprint,
            settings: Settings {
                zone: wish.zone.unwrap_or(listener.zone),
                quiet: wish.quiet,
                bundling: wish.bundling,
            },
        };
        let mut tx = self.store.begin().await?;
        if !tx.add_channel(&new, now).await? {
            return Err(already());
        }
        let detail = json!({ "kind": wish.kind, "about": wish.about, "place": new.place }).to_string();
        tx.audit(now, &caller.signature(), "channel.add", &id.to_string(), &detail).await?;
        tx.commit().await?;
        Ok(Made { channel: self.find(caller, id).await?, secret, is_new: true })
    }

    /// A browser gives new keys, or the same once more; any other channel that is there is one too many.
    async fn renew(&self, caller: Caller, channel: Channel, target: &Target) -> Result<Made, Refused> {
        if target.kind() != Kind::WebPush {
            return Err(already());
        }
        let sealed = self.keys.close(channel.id, target).map_err(|_| Refused::Fault)?;
        let (id, now) = (channel.id, self.clock.now());
        let mut tx = self.store.begin().await?;
        tx.change_channel(&Channel { target: sealed, ..channel }).await?;
        tx.switch_channel(id, None, now).await?;
        tx.commit().await?;
        Ok(Made { channel: self.find(caller, id).await?, secret: None, is_new: false })
    }

    /// Where it is to lead, and what signs what goes there.
    async fn target(&self, caller: Caller, wish: &Wish) -> Result<(Target, Option<SigningSecret>), Refused> {
        let secret = (wish.kind == Kind::Webhook).then(|| self.secret());
        let target = match wish.kind {
            Kind::Email => {
                self.may_mail(caller).await?;
                Target::Email {}
            }
            Kind::Slack => Target::Slack { url: address("url", wish.url.as_deref())? },
            Kind::Discord => Target::Discord { url: address("url", wish.url.as_deref())? },
            Kind::Webhook => Target::Webhook {
                url: address("url", wish.url.as_deref())?,
                secrets: secret.iter().cloned().collect(),
            },
            Kind::WebPush => browser(wish.subscription.as_ref())?,
        };
        let field = if wish.kind == Kind::WebPush { "subscription.endpoint" } else { "url" };
        target.check().map_err(|cause| Refused::field(field, cause))?;
        if let Some(url) = target.url() {
            self.client.vet(url).map_err(|cause| Refused::field(field, cause))?;
        }
        Ok((target, secret))
    }

    async fn may_mail(&self, caller: Caller) -> Result<(), Refused> {
        if self.mail == Mail::None {
            return Err(Refused::NoMail);
        }
        let account = self.store.account(caller.listener).await?.ok_or(Refused::Unknown)?;
        let unverified = "confirm your address first: ask for a link at POST /account/verify/request";
        account.verified_at.map(drop).ok_or_else(|| Refused::Conflict(unverified.into()))
    }

    pub async fn change(&self, caller: Caller, id: ChannelId, change: Change) -> Result<Channel, Refused> {
        let mut channel = self.find(caller, id).await?;
        if let Some(label) = change.label {
            channel.label = words("label", &label, MOST_LABEL)?;
        }
        channel.settings.quiet = change.quiet.unwrap_or(channel.settings.quiet);
        channel.settings.bundling = change.bundling.unwrap_or(channel.settings.bundling);
        channel.settings.zone = change.zone.unwrap_or(channel.settings.zone);
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        tx.change_channel(&channel).await?;
        if let Some(switch) = change.switch {
            let off = (switch == Switch::Off).then_some(Off::SwitchedOff);
            tx.switch_channel(id, off, now).await?;
        }
        tx.audit(now, &caller.signature(), "channel.change", &id.to_string(), "{}").await?;
        tx.commit().await?;
        self.find(caller, id).await
    }

    /// With its log.
    pub async fn remove(&self, caller: Caller, id: ChannelId) -> Result<(), Refused> {
        let mut tx = self.store.begin().await?;
        if !tx.remove_channel(id, caller.listener).await? {
            return Err(Refused::Missing("channel"));
        }
        let now = self.clock.now();
        tx.audit(now, &caller.signature(), "channel.remove", &id.to_string(), "{}").await?;
        tx.commit().await.map_err(Refused::from)
    }

    /// Another secret of a webhook; the one before it signs, too, until it is forgotten.
    pub async fn renew_secret(&self, caller: Caller, id: ChannelId) -> Result<SigningSecret, Refused> {
        let secret = self.secret();
        let renew = |target: &mut Target| match target.renew_secret(secret.clone()) {
            true => Ok(()),
            false => Err(Refused::Conflict(
                "two secrets sign already; give the newer to your receiver and forget the former one first"
                    .into(),
            )),
        };
        self.change_target(caller, id, "channel.secret.renew", renew).await?;
        Ok(secret)
    }

    /// Only the latest secret signs any more.
    pub async fn forget_former_secret(&self, caller: Caller, id: ChannelId) -> Result<(), Refused> {
        let forget = |target: &mut Target| {
            target.forget_former_secret();
            Ok(())
        };
        self.change_target(caller, id, "channel.secret.forget", forget).await
    }

    async fn change_target(
        &self,
        caller: Caller,
        id: ChannelId,
        action: &str,
        change: impl FnOnce(&mut Target) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        let channel = self.find(caller, id).await?;
        if channel.kind != Kind::Webhook {
            return Err(Refused::Conflict("only webhooks have secrets that sign".into()));
        }
        let mut target = self.keys.open(id, &channel.target).map_err(|cause| {
            Refused::Conflict(format!("where it leads cannot be read: {cause}; make the channel anew"))
        })?;
        change(&mut target)?;
        let sealed = self.keys.close(id, &target).map_err(|_| Refused::Fault)?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        tx.change_channel(&Channel { target: sealed, ..channel }).await?;
        tx.audit(now, &caller.signature(), action, &id.to_string(), "{}").await?;
        tx.commit().await?;
        Ok(())
    }

    fn secret(&self) -> SigningSecret {
        let mut bytes = [0; 32];
        for part in bytes.chunks_exact_mut(8) {
            part.copy_from_slice(&self.entropy.bits().to_le_bytes());
        }
        SigningSecret::new(webhook::written(&bytes))
    }

    fn chance(&self) -> [u64; 2] {
        [self.entropy.bits(), self.entropy.bits()]
    }
}

fn already() -> Refused {
    Refused::Conflict("you have a channel there already".into())
}

fn address(field: &'static str, url: Option<&str>) -> Result<net::Url, Refused> {
    let url = url.ok_or_else(|| Refused::field(field, "give the address it leads to"))?;
    let url = some_words(field, url, 2_000)?;
    url.parse().map_err(|cause| Refused::field(field, format_args!("it is no address: {cause}")))
}

fn browser(subscription: Option<&Subscription>) -> Result<Target, Refused> {
    let missing = || Refused::field("subscription", "give what PushSubscription.toJSON() says");
    let Subscription { endpoint, keys } = subscription.ok_or_else(missing)?;
    Subscriber::parse(&keys.p256dh, &keys.auth)
        .map_err(|cause| Refused::field("subscription.keys", cause))?;
    let endpoint = address("subscription.endpoint", Some(endpoint))?;
    Ok(Target::WebPush { endpoint, p256dh: keys.p256dh.clone(), auth: keys.auth.clone() })
}

impl fmt::Debug for Channels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channels").field("store", &self.store).finish_non_exhaustive()
    }
}
