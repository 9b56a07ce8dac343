//! Metrics of every request, by the pattern that matched: a path may hold a listener's token, and there are
//! as many paths as anybody cares to ask for.

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::Method,
    middleware::{self, Next},
    response::Response,
};
use metrics::{counter, histogram};
use std::time::Instant;

/// The route of a request that matched none.
pub const NO_ROUTE: &str = "none";

/// Measures all that `router` answers, what matches nothing included. To be put on last: what is added
/// afterwards is not measured.
pub fn measured(router: Router) -> Router {
    router.layer(middleware::from_fn(measure))
}

async fn measure(request: Request, next: Next) -> Response {
    let method = method(request.method());
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or_else(|| NO_ROUTE.to_owned(), |matched| matched.as_str().to_owned());
    let began = Instant::now();
    let response = next.run(request).await;
    histogram!("mimiyori_http_request_seconds", "route" => route.clone(), "method" => method)
        .record(began.elapsed());
    let status = response.status().as_str().to_owned();
    counter!("mimiyori_http_requests_total", "route" => route, "method" => method, "status" => status)
        .increment(1);
    response
}

/// A client may make methods up.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{body::Body, http::StatusCode, routing::get};
    use metrics_util::debugging::{DebugValue, DebuggingRecorder};
    use std::collections::BTreeMap;
    use tower::ServiceExt;

    /// Every series' value: a counter's, or how many values a histogram got.
    async fn recorded(router: Router, requests: &[(&str, &str)]) -> BTreeMap<String, u64> {
        let recorder = DebuggingRecorder::new();
        let snapshotter = recorder.snapshotter();
        // The test's runtime has this one thread.
        let _here = metrics::set_default_local_recorder(&recorder);
        for &(method, path) in requests {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            router.clone().oneshot(request).await.unwrap();
        }
        let series = snapshotter.snapshot().into_vec().into_iter().map(|(key, _, _, value)| {
            let key = key.key();
            let labels: Vec<&str> = key.labels().map(|label| label.value()).collect();
            let value = match value {
                DebugValue::Counter(count) => count,
                DebugValue::Histogram(values) => values.len() as u64,
                DebugValue::Gauge(_) => panic!("no gauge is expected"),
            };
            let name = key.name().trim_start_matches("mimiyori_");
            (format!("{name} {}", labels.join(" ")), value)
        });
        series.collect()
    }

    #[tokio::test]
    async fn requests_are_counted_by_the_pattern_they_matched() {
        let api = Router::new().route("/feeds/{id}", get(|| async { StatusCode::GONE }));
        let pages = Router::new()
            .route("/f/{token}/feed.xml", get(|| async { "feed" }).post(|| async { StatusCode::CREATED }))
            .nest("/api/v1", api);
        let requests = [
            ("GET", "/f/secret-1/feed.xml"),
            ("GET", "/f/secret-2/feed.xml?x=y"),
            ("HEAD", "/f/secret-2/feed.xml"),
            ("POST", "/f/secret-1/feed.xml"),
            ("PATCH", "/f/secret-1/feed.xml"),
            ("GET", "/api/v1/feeds/7"),
            ("GET", "/wp-admin/1"),
            ("GET", "/wp-admin/2"),
            ("BREW", "/f/secret-1/feed.xml"),
        ];
        let feed = "/f/{token}/feed.xml";
        let expected = BTreeMap::from([
            (format!("http_requests_total {feed} GET 200"), 2),
            (format!("http_requests_total {feed} HEAD 200"), 1),
            (format!("http_requests_total {feed} POST 201"), 1),
            (format!("http_requests_total {feed} PATCH 405"), 1),
            (format!("http_requests_total {feed} other 405"), 1),
            ("http_requests_total /api/v1/feeds/{id} GET 410".to_owned(), 1),
            ("http_requests_total none GET 404".to_owned(), 2),
            (format!("http_request_seconds {feed} GET"), 2),
            (format!("http_request_seconds {feed} HEAD"), 1),
            (format!("http_request_seconds {feed} POST"), 1),
            (format!("http_request_seconds {feed} PATCH"), 1),
            (format!("http_request_seconds {feed} other"), 1),
            ("http_request_seconds /api/v1/feeds/{id} GET".to_owned(), 1),
            ("http_request_seconds none GET".to_owned(), 2),
        ]);
        assert_eq!(recorded(measured(pages), &requests).await, expected);
    }
}
