//! What is written to a listener by mail, and of what. How it reads, and the link in it, come when it is sent: a job
//! that waits holds no secret.

use crate::id::ListenerId;
use serde::{Deserialize, Serialize};

/// Its serde form is part of `jobs.work`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "letter", rename_all = "snake_case")]
pub enum Letter {
    /// Is this address yours?
    Verify { listener: ListenerId },
    /// Here is how to choose another password: for whoever has that address, by its key. Perhaps nobody has; then the
    /// job finds out, so that asking is the same work for every address.
    Reset { address: String },
    /// Is this new address yours?
    ChangeAddress { listener: ListenerId },
    /// Your address is another one now; this was it.
    AddressChanged { listener: ListenerId, address: String },
    /// Your password is another one now.
    PasswordChanged { listener: ListenerId },
}

impl Letter {
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Verify { .. } => "verify",
            Self::Reset { .. } => "reset",
            Self::ChangeAddress { .. } => "change_address",
            Self::AddressChanged { .. } => "address_changed",
            Self::PasswordChanged { .. } => "password_changed",
        }
    }
}
