//! Where in the program an article stands.

/// By which its transition is chosen. `Middle` counts from 0, so that neighbours differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    Only,
    First,
    Middle(usize),
    Last,
}

impl Place {
    /// Of article `at`, counted from 0, among `total`.
    pub const fn of(at: usize, total: usize) -> Self {
        match at {
            0 if total <= 1 => Self::Only,
            0 => Self::First,
            at if at + 1 >= total => Self::Last,
            at => Self::Middle(at - 1),
        }
    }
}
