//! Names to addresses, once per connection, and only to addresses that may be connected to.
//!
//! `reqwest` connects to exactly what this returns, so a name that answers differently the second
//! time (DNS rebinding) gains nothing: there is no second time.

use crate::{
    address::AllowPrivate,
    error::{LookupFailed, RefusedAddress},
};
use futures::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

/// Who is asked for a name's addresses; tests ask someone else.
pub(crate) trait Lookup: Send + Sync {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// The operating system.
pub(crate) struct System;

impl Lookup for System {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async move {
            let addresses = tokio::net::lookup_host((host, 0)).await?;
            Ok(addresses.map(|address| address.ip()).collect())
        })
    }
}

pub(crate) struct Vetted {
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) allow: AllowPrivate,
}

impl Resolve for Vetted {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.lookup.lookup(name.as_str().to_owned());
        let allow = self.allow.clone();
        Box::pin(async move {
            let addresses = addresses.await.map_err(|error| LookupFailed(error.to_string()))?;
            if addresses.is_empty() {
                return Err(LookupFailed("it has no address".to_owned()).into());
            }
            // One bad address among good ones is an attack or a mistake: neither is connected to.
            for &address in &addresses {
                allow.vet(address).map_err(|kind| RefusedAddress { address, kind })?;
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}
