//! The operator's pages, under `/operate`.

use super::Routes;

pub fn routes() -> Routes {
    Routes::default()
}
