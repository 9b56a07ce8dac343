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
    if !operator.store.switch_provider(name, off, &operator.name(), operator.now()).await? {
        return Err(none(format!("provider {name}"), "status"));
    }
    let stands = if off.is_some() { "is called no more" } else { "may be called" };
    operator.say(&Switched { provider: name, off }, format_args!("{name} {stands}"))
}
