//! `admin provider`: the switch that stops all calls of a provider.

use super::{Operator, none};
use crate::{cli::admin::Provider, failure::Failure};
use serde::Serialize;

#[derive(Serialize)]
struct Switched<'a> {
    provider: &'a str,
    /// Why it is off; `null`: it is on.
    off: Option<&'a str>,
}

pub async fn run(operator: &Operator, wish: Provider) -> Result<(), Failure> {
    let (name, off) = match &wish {
        Provider::Off { name, reason } => (name, Some(reason.as_str())),
        Provider::On { name } => (name, None),
    };
    if !switch(operator, name, off).await? {
        // One that is configured has its row from the first `serve`, which may be what is not to call it.
        let config = &operator.config;
        if !config.providers.contains_key(name) && !config.providers_in_use().contains(name.as_str()) {
            return Err(none(format!("provider {name}"), "status"));
        }
        operator.store.configure_provider(name, &config.provider_settings(name)).await?;
        switch(operator, name, off).await?;
    }
    let stands = if off.is_some() { "is called no more" } else { "may be called" };
    operator.say(&Switched { provider: name, off }, format_args!("{name} {stands}"))
}

/// Whether there is such a provider.
async fn switch(operator: &Operator, name: &str, off: Option<&str>) -> Result<bool, Failure> {
    Ok(operator.store.switch_provider(name, off, &operator.name(), operator.now()).await?)
}
