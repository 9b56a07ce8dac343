//! The wiring of signing in: who may come in how, by the configuration, and the first link of all.

use crate::{
    clock::chance,
    config::{self, Config},
    failure::{Failure, Kind},
    jobs::Room,
    service,
    terminal::note,
};
use domain::{Language, ListenerId, link::Purpose, token::Ticket};
use jiff::tz::TimeZone;
use std::net::SocketAddr;
use store::{
    Store, StoreError,
    links::NewLink,
    listeners::{Listener, Role},
};
use studio::notify::Post;
use url::{Host, Url};
use web::{
    account::{
        Account, Mail, Parts, Provider, Settings, Strangers, Transport, callback_address, link_address,
    },
    api::SchedulerToken,
    oidc::{Issuer, Registration},
};

/// Passwords that everybody tries.
const COMMON: &str = include_str!("../../../assets/passwords/common.txt");
/// Of the one listener who never signs in.
const ALONE: &str = "me@localhost";

pub async fn open(room: &Room, config: &Config, bound: Option<SocketAddr>) -> Result<Account, Failure> {
    let public_url = service::public_url(config)?;
    let auth = &config.auth;
    let network = |text: &String| text.parse().ok();
    let settings = Settings {
        sessions: room.rules.sessions,
        proxies: auth.trusted_proxies.iter().filter_map(network).collect(),
        alone: if auth.single_listener { Some(alone(room, bound).await?) } else { None },
        mail: if room.post.is_some() { Mail::Sent } else { Mail::None },
        providers: providers(config, &public_url)?,
        plan: config.subscriptions.default_plan.clone(),
    };
    warn_of_http(&public_url);
    let (store, clock, entropy) = (room.store.clone(), room.clock.clone(), room.entropy.clone());
    Ok(Account::new(Parts { store, clock, entropy, public_url, settings, common: COMMON }))
}

/// Once: what is sent in the clear can be read by those in between.
fn warn_of_http(public_url: &Url) {
    let is_here = match public_url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if Transport::of(public_url) == Transport::Http && !is_here {
        tracing::warn!(
            "server.public_url is no https:// address: whoever listens in on the network can read passwords and \
             cookies, and the cookie goes without its __Host- prefix"
        );
    }
}

pub fn providers(config: &Config, public_url: &Url) -> Result<Vec<Provider>, Failure> {
    let mut providers = Vec::new();
    for (name, oidc) in &config.auth.oidc {
        let registration = Registration {
            client_id: oidc.client_id.clone(),
            client_secret: oidc.client_secret.reveal()?,
            redirect: callback_address(public_url, name),
        };
        let title = if oidc.title.is_empty() { name } else { &oidc.title };
        let strangers = if oidc.new_listeners { Strangers::Welcome } else { Strangers::Refused };
        let issuer = issuer(&oidc.issuer, &format!("auth.oidc.{name}"))?;
        providers.push(Provider {
            name: name.clone(),
            title: title.clone(),
            issuer,
            registration,
            strangers,
        });
    }
    Ok(providers)
}

/// Whose tokens are good for a tick.
pub fn scheduler(config: &Config) -> Result<Option<SchedulerToken>, Failure> {
    let scheduler = &config.auth.scheduler;
    if scheduler.issuer.is_empty() {
        return Ok(None);
    }
    let issuer = issuer(&scheduler.issuer, "auth.scheduler")?;
    let (audience, email) = (scheduler.audience.clone(), scheduler.email.clone());
    Ok(Some(SchedulerToken { issuer, audience, email }))
}

fn issuer(url: &str, section: &str) -> Result<Issuer, Failure> {
    let client = net::trusted(config::USER_AGENT).map_err(|cause| Failure::new(Kind::Other, cause))?;
    Issuer::new(url, client).map_err(|cause| Failure::new(Kind::Usage, format!("{section}.issuer: {cause}")))
}

/// How letters go out; `None`: they do not.
pub fn post(config: &Config) -> Result<Option<Post>, Failure> {
    let wrong = |cause: &dyn std::fmt::Display| Failure::new(Kind::Usage, format!("mail: {cause}"));
    let Some(smtp) = config.mail.smtp.reveal()? else { return Ok(None) };
    let password = config.mail.password.reveal()?;
    let public_url = service::public_url(config)?;
    let host = public_url.host_str().unwrap_or("localhost");
    Post::open(&smtp, password.as_deref(), &config.mail.from, host).map(Some).map_err(|cause| wrong(&cause))
}

/// The one listener of a service that nobody else can reach.
async fn alone(room: &Room, bound: Option<SocketAddr>) -> Result<ListenerId, Failure> {
    if let Some(bound) = bound.filter(|bound| !bound.ip().is_loopback()) {
        let message = format!(
            "auth.single_listener: others could reach {bound}; listen at 127.0.0.1, or leave it out and sign in"
        );
        return Err(Failure::new(Kind::Usage, message));
    }
    if let Some(first) = room.store.first_operator().await? {
        return Ok(first);
    }
    let now = room.clock.now();
    let zone = TimeZone::system().iana_name().unwrap_or("Etc/UTC").parse();
    let listener = Listener {
        id: ListenerId::born(now, room.chance()),
        email: ALONE.to_owned(),
        name: String::new(),
        role: Role::Operator,
        zone: zone.map_err(|cause| Failure::new(Kind::Other, cause))?,
        language: language(),
        plan: config::DEFAULT_PLAN.to_owned(),
    };
    let mut tx = room.store.begin().await?;
    let is_new = tx.add_listener(&listener, now).await?;
    tx.commit().await?;
    if is_new {
        return Ok(listener.id);
    }
    let found = room.store.account_by_key(ALONE).await?;
    found.map(|account| account.id).ok_or_else(|| {
        Failure::new(Kind::Other, format!("auth.single_listener: {ALONE} is no operator, and there is none"))
    })
}

/// The system's own.
fn language() -> Language {
    let set = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    if set.is_some_and(|set| set.starts_with("ja")) { Language::Ja } else { Language::En }
}

/// While nobody could let the first operator in, whoever started the service can.
pub async fn welcome(room: &Room, config: &Config) -> Result<(), StoreError> {
    if config.auth.single_listener || room.store.an_operator_can_sign_in().await? {
        return Ok(());
    }
    let ([a, b], [c, d]) = (chance(&*room.entropy), chance(&*room.entropy));
    let ticket = Ticket::new([a, b, c, d]);
    add_link(&room.store, &ticket, Purpose::SetUp, None, room.clock.now()).await?;
    let address = link_address(&room.outside.public_url, Purpose::SetUp, Some(&ticket));
    note(format_args!("no operator can sign in yet; become the first at {address} (good once, for 72 h)"));
    Ok(())
}

async fn add_link(
    store: &Store,
    ticket: &Ticket,
    purpose: Purpose,
    listener: Option<ListenerId>,
    now: queue::Micros,
) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    tx.add_link(&NewLink { hash: ticket.hash(), purpose, listener, email_key: None }, now).await?;
    tx.commit().await
}

/// Forgets what is over of signing in, and gives addresses their keys that another release's node let in. Sessions
/// are judged anew whenever they are used: here they only make room.
pub async fn forget(room: &Room, now: queue::Micros) -> Result<u64, StoreError> {
    let store = &room.store;
    store.key_addresses().await?;
    let sessions = store.prune_sessions(room.rules.sessions, now).await?;
    let (links, tries) = (store.prune_links(now).await?, store.prune_tries(now).await?);
    let addresses = store.prune_address_changes(now).await?;
    Ok(sessions + links + tries + addresses + store.prune_ceremonies(now).await?)
}
