//! What was told on channels: trying one, reading the log, sending once more, and wanting no more of it.

use super::Channels;
use crate::api::{Caller, refused::Refused};
use domain::{ChannelId, DeliveryId, Notice, channel::Off};
use store::{channels::Channel, deliveries::Delivery, tellings::Telling};

impl Channels {
    /// Has a message sent that says that it works.
    pub async fn test(&self, caller: Caller, id: ChannelId) -> Result<Delivery, Refused> {
        let channel = self.find(caller, id).await?;
        if channel.off.is_some() {
            return Err(Refused::Conflict("the channel is off; switch it on first".into()));
        }
        let now = self.clock.now();
        let delivery = DeliveryId::born(now, self.chance());
        let telling = Telling {
            channel: id,
            listener: caller.listener,
            subject: format!("test:{delivery}"),
            bundle: None,
            send_at: now,
            notice: Some(Notice::Test {}),
            delivery,
        };
        let mut tx = self.store.begin().await?;
        tx.tell(&[telling], now).await?;
        tx.commit().await?;
        self.delivery(caller, delivery).await
    }

    /// The latest first.
    pub async fn deliveries(
        &self,
        caller: Caller,
        channel: Option<ChannelId>,
        before: Option<DeliveryId>,
        limit: u32,
    ) -> Result<Vec<Delivery>, Refused> {
        Ok(self.store.deliveries_page(caller.listener, channel, before, limit).await?)
    }

    /// One of the caller's.
    pub async fn delivery(&self, caller: Caller, id: DeliveryId) -> Result<Delivery, Refused> {
        let found = self.store.delivery(id).await?;
        found.filter(|delivery| delivery.listener == caller.listener).ok_or(Refused::Missing("delivery"))
    }

    /// Sends a message once more, as it was.
    pub async fn replay(&self, caller: Caller, id: DeliveryId) -> Result<Delivery, Refused> {
        let delivery = self.delivery(caller, id).await?;
        let channel = self.find(caller, delivery.channel).await?;
        if channel.off.is_some() {
            return Err(Refused::Conflict("the channel is off; switch it on first".into()));
        }
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        if !tx.send_again(id, caller.listener, now).await? {
            return Err(Refused::Conflict("it is on its way, or was never put together".into()));
        }
        tx.audit(now, &caller.signature(), "delivery.replay", &id.to_string(), "{}").await?;
        tx.commit().await?;
        self.delivery(caller, id).await
    }

    /// Whoever has the link of a mail wants no more of them. `None`: there is no such channel, or not any more.
    pub async fn unsubscribe(&self, link: &str) -> Result<Option<Channel>, Refused> {
        let Some(channel) = self.by_link(link).await? else { return Ok(None) };
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        if tx.switch_channel(channel.id, Some(Off::Unsubscribed), now).await? {
            let by = format!("link of a mail to listener {}", channel.listener);
            tx.audit(now, &by, "channel.unsubscribe", &channel.id.to_string(), "{}").await?;
        }
        tx.commit().await?;
        Ok(Some(channel))
    }

    /// The channel whose mails end with a link.
    pub async fn by_link(&self, link: &str) -> Result<Option<Channel>, Refused> {
        match self.keys.channel_of(link) {
            Some(id) => Ok(self.store.channel(id).await?),
            None => Ok(None),
        }
    }
}
