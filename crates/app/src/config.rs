//! Configuration: one TOML file, every key also as `MIMIYORI_SECTION__KEY`, embedded defaults for all.

mod auth;
mod bounds;
mod planning;
mod provider;
mod queue;
mod read;
mod secret;
mod service;
mod studio;
mod subscriptions;
#[cfg(test)]
mod tests;
mod usd;

pub use auth::{Auth, Mail, Oidc};
pub use planning::Scheduler;
pub use provider::Provider;
pub use queue::Queue;
pub use secret::Secret;
pub use service::{Alerts, Database, Media, Notifications, Publish, Retention, Server, Sources, Telemetry};
pub use studio::{Voice, VoiceKind, Writer, WriterKind};
pub use subscriptions::{Stripe, Subscriptions};
pub use usd::Usd;

use domain::{Plans, entitlement::Offer, plan::Limit};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

/// Honest: who asks, and in which version.
pub const USER_AGENT: &str = concat!("mimiyori/", env!("CARGO_PKG_VERSION"));

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("configuration file {path} cannot be read: {cause}")]
    File { path: PathBuf, cause: String },
    #[error("configuration in {place}: {cause}")]
    Content { place: String, cause: String },
    #[error("secret {reference:?} cannot be read: {cause}")]
    Secret { reference: String, cause: String },
    #[error("no data folder: set --data-dir, XDG_DATA_HOME or HOME")]
    NoDataDir,
}

/// All sections; with no file and no variable every one has its embedded default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub database: Database,
    pub media: Media,
    pub sources: Sources,
    pub publish: Publish,
    pub writer: Writer,
    pub voice: Voice,
    /// By the name that `writer.provider` and `voice.provider` give. One that has no section has no limits.
    pub providers: BTreeMap<String, Provider>,
    pub scheduler: Scheduler,
    pub queue: Queue,
    pub plans: Plans,
    pub subscriptions: Subscriptions,
    pub stripe: Stripe,
    pub auth: Auth,
    pub mail: Mail,
    pub notifications: Notifications,
    pub retention: Retention,
    pub alerts: Alerts,
    pub telemetry: Telemetry,
}

/// Narrations at a time where the provider names no limit: enough to hide its latency.
const UNLIMITED_HANDS: u32 = 8;

/// The plan that has no limits, of services that sell nothing.
pub const DEFAULT_PLAN: &str = Plans::UNLIMITED;

impl Config {
    /// The file where one is named over the defaults, with the environment's variables on top.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        read::load(file)
    }

    /// The providers that cost money or have limits, each once: those that do not compute here.
    pub fn providers_in_use(&self) -> BTreeSet<&str> {
        let writer = (self.writer.kind != WriterKind::Extractive).then(|| self.writer.provider());
        let voice = (self.voice.kind != VoiceKind::Embedded).then(|| self.voice.provider());
        writer.into_iter().chain(voice).collect()
    }

    /// All that may be called, engines that compute here among them.
    pub fn provider_names(&self) -> Vec<String> {
        let here = ["extractive", "embedded"];
        here.into_iter().chain(self.providers_in_use()).map(str::to_owned).collect()
    }

    /// How many narrations keep writer and voice busy: as many as the voice takes at a time.
    pub fn hands(&self) -> u32 {
        let cpu = u32::try_from(self.queue.cpu_slots()).unwrap_or(u32::MAX);
        match self.voice.kind {
            VoiceKind::Embedded => cpu,
            VoiceKind::Openai | VoiceKind::Voicevox => {
                match self.providers.get(self.voice.provider()).map_or(0, |provider| provider.parallel) {
                    0 => UNLIMITED_HANDS.max(cpu),
                    parallel => parallel,
                }
            }
        }
    }

    /// What is configured of a provider, as the rules take it; without a section it has no limits.
    pub fn provider_settings(&self, name: &str) -> domain::provider::Settings {
        let lane = |name: &str| self.queue.lane(name).map(|lane| lane.0);
        self.providers.get(name).map(|provider| provider.settings(lane)).unwrap_or_default()
    }

    /// What listeners may have, with how long everything of it lasts.
    pub fn offer(&self) -> Offer {
        let kept = |(name, plan): (&str, &domain::Plan)| {
            let mut plan = plan.clone();
            if plan.program_days == Limit::NONE {
                plan.program_days = self.retention.programs_days;
            }
            (name.to_owned(), plan)
        };
        Offer {
            plans: Plans::new(self.plans.iter().map(kept).collect()),
            grace: SignedDuration::from_hours(24 * i64::from(self.subscriptions.grace_days)),
        }
    }

    /// As TOML, for people: secrets are never written, and addresses lose what may let somebody in.
    pub fn shown(&self) -> String {
        let mut shown = self.clone();
        for address in [
            &mut shown.database.url,
            &mut shown.media.url,
            &mut shown.writer.base_url,
            &mut shown.voice.base_url,
        ] {
            *address = without_access(address);
        }
        toml::to_string_pretty(&shown).unwrap_or_else(|error| format!("# it cannot be written: {error}\n"))
    }

    /// What no single key can tell: names that must be there, shares that must add up.
    fn check(&self) -> Result<(), String> {
        self.queue.check()?;
        self.scheduler.check()?;
        self.media.check()?;
        self.notifications.check()?;
        self.auth.check()?;
        let known = |lane: &str| self.queue.lane(lane).is_some();
        for (name, plan) in self.plans.iter() {
            if !known(&plan.lane) {
                return Err(format!("plans.{name}.lane: queue.lanes has no lane {:?}", plan.lane));
            }
            self.scheduler
                .leads_within(plan.freshness_minutes, &format!("plans.{name}.freshness_minutes"))?;
            if let Some(price) =
                plan.stripe_prices.iter().find(|price| self.plans.of_price(price) != Some(name))
            {
                return Err(format!("plans.{name}.stripe_prices: {price:?} buys another plan, too"));
            }
        }
        let default_plan = &self.subscriptions.default_plan;
        if !default_plan.is_empty() && self.plans.get(default_plan).is_none() {
            return Err(format!("subscriptions.default_plan: there is no plan {default_plan:?}"));
        }
        for (name, provider) in &self.providers {
            if name.is_empty() {
                return Err("providers: a provider needs a name".to_owned());
            }
            provider.check(known).map_err(|cause| format!("providers.{name}.{cause}"))?;
        }
        Ok(())
    }
}

/// An address without password and parameters; what is none stays.
fn without_access(address: &str) -> String {
    let Ok(mut url) = url::Url::parse(address) else { return address.to_owned() };
    if url.password().is_some() && url.set_password(Some("…")).is_err() {
        return format!("{}:…", url.scheme());
    }
    if url.query().is_some() {
        url.set_query(Some("…"));
    }
    url.into()
}

/// Where database, media and caches live unless the configuration says otherwise.
pub fn data_dir(wished: Option<&Path>) -> Result<PathBuf, ConfigError> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    wished
        .map(Path::to_owned)
        .or_else(|| Some(variable("XDG_DATA_HOME")?.join("mimiyori")))
        .or_else(|| Some(variable("HOME")?.join(".local/share/mimiyori")))
        .ok_or(ConfigError::NoDataDir)
}
