//! How a message gets to where a channel leads. Addresses are a listener's: they are vetted, and their redirects are
//! not followed.

use super::{
    Written,
    mail::{MailError, Post},
};
use domain::{Email, external::SigningSecret};
use net::{
    Url, push,
    push::{Subscriber, Vapid},
    webhook::Secrets,
};
use std::time::Duration;

/// For the other side to take a message.
const PATIENCE: Duration = Duration::from_secs(15);
/// What it says of it is read so far.
const MOST_ANSWER: usize = 64 << 10;
/// How long a push service keeps what a browser that is switched off has not got.
const KEPT_FOR: Duration = Duration::from_secs(12 * 3_600);

#[derive(Clone, Debug)]
pub struct Courier {
    client: net::Client,
    /// `None`: this service sends no mail.
    post: Option<Post>,
    vapid: Vapid,
}

/// A message for one place.
#[derive(Debug)]
pub enum Parcel<'a> {
    Mail {
        to: &'a Email,
        letter: &'a Written,
    },
    /// JSON for whoever has the address.
    Chat {
        url: &'a Url,
        body: String,
    },
    /// JSON that its secrets sign.
    Signed {
        url: &'a Url,
        secrets: &'a [SigningSecret],
        body: String,
    },
    /// For one browser.
    Push {
        endpoint: &'a Url,
        p256dh: &'a str,
        auth: &'a str,
        body: String,
    },
}

/// Why a message did not get through.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// It may next time.
    #[error("{why}")]
    ForNow { why: String, status: Option<u16>, after: Option<Duration> },
    /// It would not next time either.
    #[error("{why}")]
    ForGood { why: String, status: Option<u16> },
    /// There is nobody any more, and is not to be asked again.
    #[error("{why}")]
    Gone { why: String, status: u16 },
}

impl Courier {
    pub const fn new(client: net::Client, post: Option<Post>, vapid: Vapid) -> Self {
        Self { client, post, vapid }
    }

    /// `name` is the message's own, the same whenever it is sent again. What HTTP answered, if it was that.
    pub async fn carry(
        &self,
        parcel: Parcel<'_>,
        name: &str,
        now_s: i64,
    ) -> Result<Option<u16>, Undelivered> {
        match parcel {
            Parcel::Mail { to, letter } => self.mail(to, letter, name).await.map(|()| None),
            Parcel::Chat { url, body } => {
                let post = net::Post::json(url.clone(), body);
                self.post(post, Missing::Gone).await.map(Some)
            }
            Parcel::Signed { url, secrets, body } => {
                let secrets = Secrets::parse(secrets.iter().map(SigningSecret::reveal));
                let secrets = secrets.map_err(|cause| for_good(&cause))?;
                let signed = secrets.sign(name, now_s, body.as_bytes());
                let post =
                    net::Post { headers: signed.headers().to_vec(), ..net::Post::json(url.clone(), body) };
                self.post(post, Missing::Refused).await.map(Some)
            }
            Parcel::Push { endpoint, p256dh, auth, body } => {
                let browser = Subscriber::parse(p256dh, auth).map_err(|cause| for_good(&cause))?;
                let post =
                    self.push(endpoint, &browser, &body, name, now_s).map_err(|cause| for_good(&cause))?;
                self.post(post, Missing::Gone).await.map(Some)
            }
        }
    }

    async fn mail(&self, to: &Email, letter: &Written, name: &str) -> Result<(), Undelivered> {
        let Some(post) = &self.post else { return Err(for_good(&"this service sends no mail")) };
        post.send(to, letter, name).await.map_err(|error| match &error {
            MailError::ForNow(_) => Undelivered::ForNow { why: error.to_string(), status: None, after: None },
            MailError::ForGood(_) | MailError::Unwritable(_) => for_good(&error),
        })
    }

    fn push(
        &self,
        endpoint: &Url,
        browser: &Subscriber,
        body: &str,
        name: &str,
        now_s: i64,
    ) -> Result<net::Post, push::BadPush> {
        // Of what was not fetched yet, a message of the same topic takes the place; it has 32 characters at most.
        let topic: String = name.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
        Ok(net::Post {
            content_type: "application/octet-stream",
            headers: vec![
                ("authorization", self.vapid.authorization(endpoint, now_s)),
                ("content-encoding", "aes128gcm".to_owned()),
                ("ttl", KEPT_FOR.as_secs().to_string()),
                ("topic", topic),
                ("urgency", "normal".to_owned()),
            ],
            ..net::Post::json(endpoint.clone(), browser.encrypt(body.as_bytes())?)
        })
    }

    async fn post(&self, post: net::Post, missing: Missing) -> Result<u16, Undelivered> {
        let post = net::Post { max_bytes: MOST_ANSWER, timeout: PATIENCE, accept: "*/*", ..post };
        match self.client.post(&post).await {
            Ok(answer) => judged(answer.status, answer.retry_after, missing),
            Err(error) => {
                // Whoever has the address of a chat may write there: it is named by its host.
                let host = post.url.host_str().unwrap_or_default();
                let why = error.to_string().replace(&net::shown(&post.url), host);
                Err(match error.is_passing() {
                    true => Undelivered::ForNow { why, status: None, after: None },
                    false => Undelivered::ForGood { why, status: None },
                })
            }
        }
    }
}

/// What "not found" means of an address that somebody else has made up.
#[derive(Clone, Copy, Debug)]
enum Missing {
    /// It was taken away: a webhook of a chat, a subscription of a browser.
    Gone,
    /// A mistake, which its owner may put right.
    Refused,
}

fn judged(status: u16, after: Option<Duration>, missing: Missing) -> Result<u16, Undelivered> {
    let refused = |what: &str| Undelivered::ForGood {
        why: format!("it was answered {status}{what}"),
        status: Some(status),
    };
    match (status, missing) {
        (200..=299, _) => Ok(status),
        (410, _) | (404, Missing::Gone) => Err(Undelivered::Gone {
            why: format!("it was answered {status}: there is nobody any more"),
            status,
        }),
        (408 | 425 | 429 | 500..=599, _) => {
            Err(Undelivered::ForNow { why: format!("it was answered {status}"), status: Some(status), after })
        }
        (300..=399, _) => Err(refused(": redirects are not followed; give the address it leads to")),
        _ => Err(refused("")),
    }
}

fn for_good(cause: &dyn std::fmt::Display) -> Undelivered {
    Undelivered::ForGood { why: cause.to_string(), status: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_whether_it_is_worth_another_try() {
        let judge = |status| judged(status, Some(Duration::from_secs(9)), Missing::Refused);
        assert_eq!(judge(204), Ok(204));
        assert!(matches!(judge(429), Err(Undelivered::ForNow { after: Some(_), status: Some(429), .. })));
        for status in [408, 425, 500, 502, 503, 504, 599] {
            assert!(matches!(judge(status), Err(Undelivered::ForNow { .. })), "{status}");
        }
        for status in [301, 307, 400, 401, 403, 404, 413, 422, 600] {
            assert!(matches!(judge(status), Err(Undelivered::ForGood { .. })), "{status}");
        }
        assert!(matches!(judge(410), Err(Undelivered::Gone { .. })));
        assert!(matches!(judged(404, None, Missing::Gone), Err(Undelivered::Gone { status: 404, .. })));
    }
}
