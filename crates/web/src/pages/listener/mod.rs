//! The listener's pages.

mod door;
mod today;
mod welcome;

use super::Routes;

pub fn routes() -> Routes {
    Routes::default().merge(welcome::routes()).merge(door::routes()).merge(today::routes())
}
