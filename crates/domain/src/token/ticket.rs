//! What a browser or a mail carries to be let in: 256 bits of chance, kept as a hash. It names a session, a link
//! that is good once, or a ceremony that is under way.

use super::{SECRET_LEN, TokenHash, digits};
use std::{fmt, str::FromStr};

/// A ticket whose form is right; what it is good for, the database knows. Never printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Ticket(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no link or session of ours; copy it whole")]
pub struct NotATicket;

impl Ticket {
    /// Of chance that nobody else has.
    pub fn new(chance: [u64; 4]) -> Self {
        Self(digits(chance))
    }

    /// For the one who is to have it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash(*blake3::hash(self.0.as_bytes()).as_bytes())
    }
}

impl FromStr for Ticket {
    type Err = NotATicket;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_whole = text.len() == SECRET_LEN && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_whole.then(|| Self(text.to_owned())).ok_or(NotATicket)
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_reads_back_whole_and_is_never_shown() {
        let ticket = Ticket::new([1, 2, 3, 4]);
        assert_eq!(ticket.reveal().parse().as_ref(), Ok(&ticket));
        assert_ne!(ticket.hash(), Ticket::new([1, 2, 3, 5]).hash());
        assert_eq!(format!("{ticket:?}"), "Ticket(…)");
        let cut = &ticket.reveal()[1..];
        for wrong in ["", cut, &format!("{cut}-"), &format!("{}0", ticket.reveal())] {
            assert_eq!(wrong.parse::<Ticket>(), Err(NotATicket), "{wrong}");
        }
    }
}
