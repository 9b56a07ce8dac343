//! `serve`: the service, in all its roles or some.

use crate::{
    accounts, billing,
    cli::{Place, Serve},
    clock::SystemClock,
    config::{self, Config},
    failure::{Failure, Kind},
    metrics, podcasts, production,
    service::{self, Role, Stop},
    terminal::note,
    upkeep,
    workshop::Workshop,
};
use futures::FutureExt;
use std::{io::ErrorKind, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use web::{
    account, api,
    callback::{self, Callbacks},
    health::{self, Health},
    pages::{self, Pages},
    podcast, stripe, unsubscribe,
};

pub async fn run(place: &Place, wish: Serve) -> Result<(), Failure> {
    let mut config = Config::load(place.config.as_deref())?;
    service::check(&config, &config::data_dir(place.data_dir.as_deref())?)?;
    let plays = |role| wish.roles.is_empty() || wish.roles.contains(&role);
    let listen = wish.listen.clone().unwrap_or_else(|| config.server.listen.clone());
    // Without pages it still answers probes and gives its metrics, but only where it is told to listen: several
    // such processes share a machine.
    let listener = match plays(Role::Web) || wish.listen.is_some() {
        true => Some(bind(&listen).await?),
        false => None,
    };
    // With port 0 the system has chosen one.
    let bound = listener.as_ref().and_then(|listener| listener.local_addr().ok());
    config.server.listen = bound.map_or(listen.clone(), |address| address.to_string());
    let workshop = Workshop::open(place).await?;
    let room = Arc::new(service::room(&workshop, &config)?);
    service::set_limits(&room, &config).await?;
    service::miss_plans(&room).await?;
    let stop = Stop::new();
    let known = service::known(
        &config,
        &[
            &health::ROUTES[..],
            &callback::ROUTES,
            &stripe::ROUTES,
            &unsubscribe::ROUTES,
            &podcast::ROUTES,
            &account::ROUTES,
            &api::routes(),
            &pages::routes(),
        ]
        .concat(),
    );
    let metrics = metrics::start(&known, &room.store, SystemClock);
    let metrics = metrics.map_err(|cause| Failure::new(Kind::Other, cause))?;
    let site = match plays(Role::Web) {
        true => {
            let account = accounts::open(&room, &config, bound).await?;
            let podcasts = podcasts::open(&room, workshop.media(), &config, &workshop.data_dir)?;
            let api = production::api(&room, account.clone(), &config, &workshop, plays(Role::Worker))?;
            let leaving = unsubscribe::router(production::channels(&room, &workshop, account.mail()));
            let told = stop.clone();
            let pages = Pages {
                api: api.clone(),
                account: account.clone(),
                podcasts: podcasts.clone(),
                ending: Arc::new(move || told.told().boxed()),
            };
            let machines = podcast::router(podcasts).merge(account::router(account)).merge(api::router(api));
            Some(machines.merge(leaving).merge(pages::router(pages)))
        }
        false => None,
    };
    let inbox = billing::inbox(&room, &config.stripe)?;
    let tick = Duration::from_secs(u64::from(config.scheduler.tick_seconds));

    let attending = service::attend(room.clone(), &workshop.clock, stop.clone());
    let scheduling = async {
        if plays(Role::Scheduler) {
            service::schedule(room.clone(), tick, stop.clone()).await;
        }
    };
    let forgetting = async {
        if plays(Role::Scheduler) {
            upkeep::forget(room.clone(), &config.retention, stop.clone()).await;
        }
    };
    let working = async {
        if plays(Role::Worker) {
            service::work(room.clone(), &config, stop.clone()).await;
        }
    };
    let serving = async {
        let Some(listener) = listener else { return Ok(()) };
        if let Ok(address) = listener.local_addr() {
            note(format_args!("listening at http://{address} (stop with Ctrl-C)"));
        }
        let health = Health { store: room.store.clone(), media: workshop.media().clone(), metrics };
        let callbacks = Callbacks::new(room.store.clone(), room.clock.clone(), &*room.entropy);
        let router = health::router(health).merge(callback::router(callbacks)).merge(stripe::router(inbox));
        let router = match site {
            Some(site) => {
                accounts::welcome(&room, &config).await?;
                router.merge(site)
            }
            None => router,
        };
        let router = web::measure::measured(router);
        let served = web::serve_until(listener, router, stop.told()).await;
        // Without its pages a process is no use to anybody.
        stop.now();
        served.map_err(|cause| Failure::new(Kind::Other, format!("cannot serve at {listen}: {cause}")))
    };
    let ended = async {
        tokio::select! {
            () = asked_to_stop() => stop.now(),
            () = stop.told() => {}
        }
    };
    let (served, ..) = tokio::join!(serving, attending, scheduling, forgetting, working, ended);
    if let Err(error) = room.learning.exchange(&room.store).await {
        tracing::warn!(%error, "what was learned last is lost");
    }
    workshop.close().await;
    served
}

/// What is no address is a wrong word; one that is taken is not.
pub(super) async fn bind(listen: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).await.map_err(|cause| cannot_listen(listen, &cause))
}

pub(super) fn cannot_listen(listen: &str, cause: &std::io::Error) -> Failure {
    let kind = match cause.kind() {
        ErrorKind::InvalidInput => Kind::Usage,
        _ => Kind::Other,
    };
    let message = format!("cannot listen at {listen}: {cause}; choose another --listen or server.listen");
    Failure::new(kind, message)
}

/// Ctrl-C, or what a supervisor sends.
async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(error) => {
            tracing::warn!(%error, "SIGTERM is not heard; stop with Ctrl-C");
            let _ = interrupt.await;
        }
    }
}
