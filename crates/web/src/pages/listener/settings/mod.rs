//! What a listener sets for themselves: who they are, how they come in, what they may have, what is kept of them.

mod data;
mod devices;
mod notify;
mod plan;
mod profile;

use crate::pages::Routes;

/// The pages of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Profile,
    Notifications,
    Devices,
    Plan,
    Readings,
    Data,
}

impl Tab {
    /// Path and name of each.
    pub const ALL: [(&'static str, &'static str, Self); 6] = [
        ("/settings", "settings-profile", Self::Profile),
        ("/settings/notifications", "settings-notifications", Self::Notifications),
        ("/settings/devices", "settings-devices", Self::Devices),
        ("/settings/plan", "settings-plan", Self::Plan),
        ("/settings/readings", "settings-readings", Self::Readings),
        ("/settings/data", "settings-data", Self::Data),
    ];

    pub fn at(self, other: &Self) -> &'static str {
        if self == *other { "page" } else { "false" }
    }
}

pub fn routes() -> Routes {
    Routes::default()
        .merge(profile::routes())
        .merge(notify::routes())
        .merge(devices::routes())
        .merge(plan::routes())
        .merge(data::routes())
}
