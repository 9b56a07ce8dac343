//! What machines ask of a server: whether it lives, whether it can serve, and its metrics.

use crate::problem::Problem;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::future::BoxFuture;
use media::Media;
use std::{fmt, sync::Arc, time::Duration};
use store::Store;

/// Method and pattern of every route here.
pub const ROUTES: [(&str, &str); 3] = [("GET", "/healthz"), ("GET", "/readyz"), ("GET", "/metrics")];

/// A probe that waits longer is not answered in time by anything else either.
const PATIENCE: Duration = Duration::from_secs(2);

/// Gives the metrics as text; this room does not know which there are.
pub type Render = Arc<dyn Fn() -> BoxFuture<'static, String> + Send + Sync>;

/// What the answers are found in.
#[derive(Clone)]
pub struct Health {
    pub store: Store,
    pub media: Media,
    pub metrics: Render,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health")
            .field("store", &self.store)
            .field("media", &self.media)
            .finish_non_exhaustive()
    }
}

pub fn router(health: Health) -> Router {
    Router::new()
        .route("/healthz", get(lives))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(health)
}

/// The process answers; whoever restarts it otherwise asks here. What it needs from others is no reason to.
async fn lives() -> Response {
    text("text/plain; charset=utf-8", "ok\n".to_owned())
}

/// Database and media answer; whoever sends it requests asks here.
async fn ready(State(Health { store, media, .. }): State<Health>) -> Response {
    let (database, media) =
        tokio::join!(answers("database", store.answers()), answers("media store", media.answers()));
    let silent: Vec<&str> = [("database", database), ("media store", media)]
        .into_iter()
        .filter_map(|(name, answers)| (!answers).then_some(name))
        .collect();
    if silent.is_empty() {
        return text("text/plain; charset=utf-8", "ready\n".to_owned());
    }
    let detail = format!("no answer from {}; the log of this server says why", silent.join(" and "));
    let status = StatusCode::SERVICE_UNAVAILABLE;
    Problem { status, name: "not-ready", title: "Not ready", detail }.into_response()
}

/// The cause may name hosts and folders: it goes to the log, not to whoever asks.
async fn answers<E: fmt::Display>(name: &str, asked: impl Future<Output = Result<(), E>>) -> bool {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => tracing::warn!(%error, "not ready: {name}"),
        Err(_) => tracing::warn!("not ready: {name}: no answer within {} s", PATIENCE.as_secs()),
    }
    false
}

async fn metrics(State(health): State<Health>) -> Response {
    text("text/plain; version=0.0.4; charset=utf-8", (health.metrics)().await)
}

fn text(content_type: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{
        body::{Body, to_bytes},
        http::Request,
    };
    use serde_json::{Value, json};
    use tempfile::TempDir;
    use tower::ServiceExt;

    struct Server {
        folder: TempDir,
        health: Health,
    }

    impl Server {
        async fn start() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}/test.db", folder.path().display());
            let store = Store::open(&url).await.unwrap();
            let media = Media::in_folder(folder.path().join("media")).unwrap();
            let metrics: Render = Arc::new(|| Box::pin(async { "some 1\n".to_owned() }));
            Self { health: Health { store, media, metrics }, folder }
        }

        /// Status, content type and body.
        async fn get(&self, path: &str) -> (u16, String, String) {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            let response = router(self.health.clone()).oneshot(request).await.unwrap();
            let headers = response.headers();
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
            let content_type = headers[header::CONTENT_TYPE].to_str().unwrap().to_owned();
            let status = response.status().as_u16();
            let body = to_bytes(response.into_body(), 10_000).await.unwrap();
            (status, content_type, String::from_utf8(body.to_vec()).unwrap())
        }

        async fn not_ready(&self) -> String {
            let (status, content_type, body) = self.get("/readyz").await;
            assert_eq!((status, content_type.as_str()), (503, "application/problem+json"));
            let mut problem: Value = serde_json::from_str(&body).unwrap();
            let detail = problem["detail"].take().as_str().unwrap().to_owned();
            let fixed =
                json!({"type": "urn:mimiyori:problem:not-ready", "title": "Not ready", "status": 503});
            problem.as_object_mut().unwrap().remove("detail");
            assert_eq!(problem, fixed);
            assert!(!detail.contains('\n') && !detail.contains(&*self.folder.path().to_string_lossy()));
            detail
        }
    }

    #[tokio::test]
    async fn a_server_that_can_serve_says_so() {
        let server = Server::start().await;
        for (_, route) in ROUTES {
            assert_eq!(server.get(route).await.0, 200, "{route}");
        }
        let (_, content_type, body) = server.get("/metrics").await;
        let expected = ("text/plain; version=0.0.4; charset=utf-8", "some 1\n");
        assert_eq!((content_type.as_str(), body.as_str()), expected);
    }

    #[tokio::test]
    async fn what_does_not_answer_is_named_while_the_process_lives() {
        let server = Server::start().await;
        std::fs::remove_dir_all(server.folder.path().join("media")).unwrap();
        assert!(server.not_ready().await.starts_with("no answer from media store;"));
        server.health.store.close().await;
        assert!(server.not_ready().await.starts_with("no answer from database and media store;"));
        assert_eq!(server.get("/healthz").await.0, 200);
        assert_eq!(server.get("/metrics").await.0, 200);
    }
}
