//! Routes, and what they are called in the metrics: one list for both.

use super::Pages;
use axum::{
    Router,
    handler::Handler,
    routing::{self, MethodRouter},
};

#[derive(Debug, Default)]
pub struct Routes {
    pub router: Router<Pages>,
    /// Method and pattern.
    pub known: Vec<(&'static str, &'static str)>,
}

impl Routes {
    pub fn get<H: Handler<T, Pages>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(&["GET", "HEAD"], path, routing::get(handler))
    }

    pub fn post<H: Handler<T, Pages>, T: 'static>(self, path: &'static str, handler: H) -> Self {
        self.add(&["POST"], path, routing::post(handler))
    }

    fn add(mut self, methods: &[&'static str], path: &'static str, routed: MethodRouter<Pages>) -> Self {
        self.known.extend(methods.iter().map(|method| (*method, path)));
        Self { router: self.router.route(path, routed), known: self.known }
    }

    pub fn merge(mut self, other: Self) -> Self {
        self.known.extend(other.known);
        Self { router: self.router.merge(other.router), known: self.known }
    }
}
