//! Telling: what a channel is told, in the words and the form of its kind, carried to where it leads.

use crate::{clock::timestamp, config::Config, failure::Failure, secret, service};
use domain::{Email, FeedTokenId, Notice, channel::Target};
use queue::{Entropy, Micros};
use std::path::Path;
use store::{
    Store, StoreError,
    channels::Channel,
    deliveries::{Delivery, Recipient},
};
use studio::notify::{Courier, Message, Parcel, Post, Undelivered, shapes};
use url::Url;
use web::{channels::Keys, podcast::Addresses};

#[derive(Debug)]
pub struct Herald {
    courier: Courier,
    pub keys: Keys,
    addresses: Addresses,
    public_url: Url,
}

impl Herald {
    /// Everything that channels lead to is a listener's word: `client` vets it.
    pub fn new(
        client: net::Client,
        post: Option<Post>,
        keys: Keys,
        addresses: Addresses,
        public_url: Url,
    ) -> Self {
        let courier = Courier::new(client, post, keys.vapid().clone());
        Self { courier, keys, addresses, public_url }
    }

    pub fn configured(
        client: net::Client,
        post: Option<Post>,
        config: &Config,
        data_dir: &Path,
    ) -> Result<Self, Failure> {
        let public_url = service::public_url(config)?;
        let feeds = secret::feed_key(config, data_dir)?;
        let addresses = Addresses::new(&public_url, feeds);
        Ok(Self::new(client, post, keys(config, data_dir)?, addresses, public_url))
    }

    /// Adds where programs are heard, which is kept nowhere.
    pub async fn with_addresses(
        &self,
        notice: Notice,
        store: &Store,
        entropy: &dyn Entropy,
        now: Micros,
    ) -> Result<Notice, StoreError> {
        let Notice::Programs { mut programs } = notice else { return Ok(notice) };
        for program in &mut programs {
            let candidate = FeedTokenId::born(now, crate::clock::chance(entropy));
            let token = store.feed_token(program.feed_id, candidate, now).await?;
            program.audio_url = token.map(|token| self.addresses.audio(token, program.id));
        }
        Ok(Notice::Programs { programs })
    }

    /// What HTTP answered, if it was that. A message that is sent again has the same name and the same bytes.
    pub async fn carry(
        &self,
        delivery: &Delivery,
        channel: &Channel,
        to: &Recipient,
        notice: &Notice,
        now: Micros,
    ) -> Result<Option<u16>, Undelivered> {
        let for_good =
            |cause: &dyn std::fmt::Display| Undelivered::ForGood { why: cause.to_string(), status: None };
        let target = self.keys.open(channel.id, &channel.target).map_err(|cause| for_good(&cause))?;
        let message = Message::of(notice, to.language, &to.zone);
        let name = delivery.id.to_string();
        let (email, letter);
        let parcel = match &target {
            Target::Email {} => {
                email = to.email.parse::<Email>().map_err(|cause| for_good(&cause))?;
                letter = shapes::mail(&message, &self.keys.unsubscribe(&self.public_url, channel.id));
                Parcel::Mail { to: &email, letter: &letter }
            }
            Target::Slack { url } => Parcel::Chat { url, body: shapes::slack(&message).to_string() },
            Target::Discord { url } => Parcel::Chat { url, body: shapes::discord(&message).to_string() },
            Target::Webhook { url, secrets } => {
                Parcel::Signed { url, secrets, body: notice.event(timestamp(delivery.created_at)) }
            }
            Target::WebPush { endpoint, p256dh, auth } => {
                Parcel::Push { endpoint, p256dh, auth, body: shapes::push(&message, &name).to_string() }
            }
        };
        self.courier.carry(parcel, &name, now.div_euclid(1_000_000)).await
    }
}

/// What of the service's own secret channels take, for those who make channels and those who tell.
pub fn keys(config: &Config, data_dir: &Path) -> Result<Keys, Failure> {
    let contact = match config.notifications.contact.as_str() {
        "" => service::public_url(config)?.to_string(),
        contact => contact.to_owned(),
    };
    Ok(Keys::new(secret::channel_key(config, data_dir)?, &contact))
}
