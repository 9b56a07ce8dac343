//! A slot as `schedule preview --json` prints it.

use super::{Note, Slot};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// One entry of the preview; the field names are a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    pub local_date: Date,
    /// RFC 3339, UTC.
    pub ready_by: Timestamp,
    /// RFC 3339 with the offset in force then.
    pub local: String,
    pub note: Option<Note>,
}

impl From<&Slot> for Preview {
    fn from(slot: &Slot) -> Self {
        Self {
            local_date: slot.local_date,
            ready_by: slot.ready_by,
            local: slot.ready_by.display_with_offset(slot.local.offset()).to_string(),
            note: slot.note,
        }
    }
}
