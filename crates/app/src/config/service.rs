//! Where the service listens, keeps and reads, what it publishes and forgets, and what it logs.

use super::Secret;
use domain::plan::Limit;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen at.
    pub listen: String,
    /// Where others reach this service, `https://radio.example/`; empty: `listen` by http.
    pub public_url: String,
    /// What addresses of podcasts are made with: 32 characters of chance or more, the same on every node. Empty: made
    /// once and kept in the data folder.
    pub secret: Secret,
    /// Requests of the API that one token may make in a minute.
    pub requests_per_minute: u32,
    /// What an outside scheduler shows at /api/v1/tick; empty: only tokens of operators are good for it.
    pub scheduler_token: Secret,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:8080".into(),
            public_url: String::new(),
            secret: Secret::default(),
            requests_per_minute: 600,
            scheduler_token: Secret::default(),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:///path/to/file` or `postgres://…`; empty: `mimiyori.db` in the data folder.
    pub url: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Media {
    /// `file:///path/to/folder`, `s3://bucket/folder` or `gs://bucket/folder`; empty: `media` in the data folder.
    pub url: String,
    /// Where an S3-compatible server answers; empty: the cloud's own.
    pub endpoint: String,
    /// Region of the bucket; empty: `AWS_REGION`.
    pub region: String,
    /// Keys of the bucket; empty: what the environment or the machine's role gives.
    pub access_key: Secret,
    pub secret_key: Secret,
}

impl Media {
    pub(super) fn check(&self) -> Result<(), String> {
        let of_bucket = [
            ("endpoint", self.endpoint.is_empty()),
            ("region", self.region.is_empty()),
            ("access_key", self.access_key.is_empty()),
            ("secret_key", self.secret_key.is_empty()),
        ];
        let is_folder = self.url.is_empty() || self.url.starts_with("file:");
        if let Some((key, _)) = of_bucket.iter().find(|(_, is_empty)| is_folder && !is_empty) {
            return Err(format!(
                "media.{key}: is for buckets only; set media.url to s3://… or gs://…, or leave it out"
            ));
        }
        if self.endpoint.is_empty()
            || self.endpoint.starts_with("http://")
            || self.endpoint.starts_with("https://")
        {
            return Ok(());
        }
        Err(format!("media.endpoint: {:?} begins with neither https:// nor http://", self.endpoint))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Networks on which sources may be read although they are not public, as `10.1.0.0/16`.
    pub allow_private: Vec<String>,
    /// Qiita API token; raises the number of calls an hour from 60 to 1,000.
    pub qiita_token: Secret,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    pub format: domain::AudioFormat,
}

/// How long what is over is remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// How jobs went, attempt by attempt, and what provider calls cost.
    pub attempts_days: u32,
    /// How long a program can be heard, by plans that do not say it; `"unlimited"`: for ever.
    pub programs_days: Limit,
    /// That a program was there is remembered for so long after it is over: its address answers 410, not 404.
    pub expired_days: u32,
    /// Sound that no program is made of any more is kept for so long, in case that one is again.
    pub artifacts_days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { attempts_days: 30, programs_days: Limit::of(30), expired_days: 30, artifacts_days: 7 }
    }
}

/// Where an operator is told of trouble, besides the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alerts {
    /// Takes JSON by POST: Slack, Discord, or a receiver of your own. It may hold a secret.
    pub hook: Secret,
    /// The same trouble is told again after so long.
    pub repeat_minutes: u32,
}

impl Default for Alerts {
    fn default() -> Self {
        Self { hook: Secret::default(), repeat_minutes: 60 }
    }
}

/// How listeners are told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notifications {
    /// Where push services reach whoever runs this service: a mailto: or https: address; empty: `server.public_url`.
    pub contact: String,
}

impl Notifications {
    pub(super) fn check(&self) -> Result<(), String> {
        let contact = &self.contact;
        let is_good = contact.is_empty() || contact.starts_with("mailto:") || contact.starts_with("https:");
        let wrong = || format!("notifications.contact: must begin with mailto: or https:, it is {contact:?}");
        is_good.then_some(()).ok_or_else(wrong)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// A filter such as `info` or `warn,studio=debug`.
    pub log: String,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self { log: "warn".into() }
    }
}
