//! The listener's pages.

mod door;
mod feed;
mod feeds;
mod kept;
mod program;
mod programs;
mod readings;
mod schedules;
mod settings;
mod start;
mod today;
mod welcome;
mod wish;

use super::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .merge(welcome::routes())
        .merge(door::routes())
        .merge(today::routes())
        .merge(start::routes())
        .merge(schedules::routes())
        .merge(feeds::routes())
        .merge(feed::routes())
        .merge(programs::routes())
        .merge(program::routes())
        .merge(readings::routes())
        .merge(settings::routes())
}
