//! What of the service's own secret channels take: the seal over where they lead, the links that end mails, and the
//! name that push services know.

use domain::{ChannelId, channel::Target, token::ChannelKey};
use net::{
    Url,
    push::Vapid,
    seal::{Seal, Unsealed},
};

#[derive(Clone, Debug)]
pub struct Keys {
    key: ChannelKey,
    seal: Seal,
    vapid: Vapid,
}

impl Keys {
    /// `contact` is where push services reach whoever runs this service: a mailto: or https: address.
    pub fn new(key: ChannelKey, contact: &str) -> Self {
        let (seal, vapid) = (Seal::new(key.seal()), Vapid::derive(key.push(), contact));
        Self { key, seal, vapid }
    }

    pub fn close(&self, id: ChannelId, target: &Target) -> Result<String, Unsealed> {
        let text = serde_json::to_string(target).expect("addresses and text always make JSON");
        self.seal.close(&text, &id.to_string())
    }

    pub fn open(&self, id: ChannelId, sealed: &str) -> Result<Target, Unsealed> {
        let text = self.seal.open(sealed, &id.to_string())?;
        serde_json::from_str(&text).map_err(|_| Unsealed::Broken)
    }

    pub const fn vapid(&self) -> &Vapid {
        &self.vapid
    }

    /// Where a mail's reader has no more of them, below the service's address.
    pub fn unsubscribe(&self, public_url: &Url, id: ChannelId) -> Url {
        let mut url = public_url.clone();
        let base = public_url.path().trim_end_matches('/');
        url.set_path(&format!("{base}/unsubscribe/{}", self.key.link_for(id)));
        url.set_query(None);
        url.set_fragment(None);
        url
    }

    pub(super) fn channel_of(&self, link: &str) -> Option<ChannelId> {
        self.key.channel_of(link)
    }
}
