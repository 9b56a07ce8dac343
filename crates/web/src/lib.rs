//! Pages and media streaming. This room reads, and records wishes; it never produces.

pub mod account;
pub mod api;
pub mod audio;
pub mod callback;
pub mod channels;
pub mod demo;
pub mod file;
pub mod health;
pub mod measure;
pub mod oidc;
pub mod pages;
pub mod podcast;
pub mod problem;
pub mod stripe;
pub mod unsubscribe;

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use std::net::SocketAddr;

/// Serves pages until the listener fails.
///
/// # Errors
/// When the listener's socket can no longer accept.
pub async fn serve(listener: tokio::net::TcpListener, pages: axum::Router) -> std::io::Result<()> {
    axum::serve(listener, known(pages)).await
}

/// Serves pages until told to stop, then answers what was asked already.
///
/// # Errors
/// When the listener's socket can no longer accept.
pub async fn serve_until(
    listener: tokio::net::TcpListener,
    pages: axum::Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, known(pages)).with_graceful_shutdown(stop).await
}

/// With the address of whoever is connected.
fn known(pages: axum::Router) -> IntoMakeServiceWithConnectInfo<axum::Router, SocketAddr> {
    pages.into_make_service_with_connect_info()
}
