//! A folder of a measurement's own, gone with it.

use crate::{
    cli::Place,
    clock::{Chance, new_token},
    config,
    failure::{Failure, Kind},
};
use std::path::{Path, PathBuf};

/// It is in the data folder: what is to be known is how fast that disk is, and the system's temporary folder may
/// be none.
#[derive(Debug)]
pub struct ThrownAway(PathBuf);

impl ThrownAway {
    /// The folder is made by whoever writes into it first.
    pub fn choose(place: &Place) -> Result<Self, Failure> {
        let folder =
            config::data_dir(place.data_dir.as_deref())?.join(format!("bench-{}", new_token(&Chance)));
        std::path::absolute(&folder).map(Self).map_err(|cause| Failure::new(Kind::Other, cause))
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for ThrownAway {
    fn drop(&mut self) {
        // A leftover is no reason to lose the figures.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
