//! Pages and media streaming. This room reads, and records wishes; it never produces.

pub mod api;
pub mod audio;
pub mod callback;
pub mod demo;
pub mod file;
pub mod health;
pub mod measure;
pub mod podcast;
pub mod problem;
pub mod stripe;

/// Serves pages until the listener fails.
///
/// # Errors
/// When the listener's socket can no longer accept.
pub async fn serve(listener: tokio::net::TcpListener, pages: axum::Router) -> std::io::Result<()> {
    axum::serve(listener, pages).await
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
    axum::serve(listener, pages).with_graceful_shutdown(stop).await
}
