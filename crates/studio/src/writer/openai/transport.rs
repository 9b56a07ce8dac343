//! Requests through `net`'s client, and what its failures mean.
//!
//! The library would retry by itself and lose Retry-After; the queue knows better when to try again,
//! so a service of ours sends each request once and keeps what the server said.

use super::OpenAiSettings;
use crate::writer::WriterError;
use async_openai::{Client, config::OpenAIConfig, error::OpenAIError, middleware::HttpRequestFactory};
use net::TrustedClient;
use std::{error::Error, fmt, time::Duration};

/// Of an error's body; the rest tells no more.
const MOST_OF_A_BODY: usize = 4_000;

pub(super) fn client(http: TrustedClient, settings: &OpenAiSettings) -> Client<OpenAIConfig> {
    // Organisation and project would be read from the process's environment otherwise.
    let config = OpenAIConfig::new()
        .with_api_base(settings.base_url.trim_end_matches('/'))
        .with_api_key(settings.api_key.as_str())
        .with_org_id("")
        .with_project_id("");
    let sender = http.clone();
    let service = tower::service_fn(move |factory: HttpRequestFactory| {
        let http = sender.clone();
        async move {
            let request = factory.build().await?;
            let mut response = http.execute(request).await.map_err(OpenAIError::Reqwest)?;
            if response.status().is_success() {
                return Ok(response);
            }
            let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
            let retry_after = header("retry-after").and_then(|value| wait(value, header("date")));
            let status = response.status().as_u16();
            let mut body = Vec::new();
            while let Ok(Some(chunk)) = response.chunk().await {
                body.extend_from_slice(&chunk);
                if body.len() > MOST_OF_A_BODY {
                    body.truncate(MOST_OF_A_BODY);
                    break;
                }
            }
            let body = String::from_utf8_lossy(&body).into_owned();
            Err(OpenAIError::Boxed(Box::new(NotSuccess { status, retry_after, body })))
        }
    });
    Client::build(http, config).with_http_service(service)
}

/// Retry-After: seconds, or a date seen from the server's own clock (RFC 9110 §10.2.3).
fn wait(value: &str, server_now: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value).ok()?;
    let now = httpdate::parse_http_date(server_now?).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

#[derive(Debug)]
struct NotSuccess {
    status: u16,
    retry_after: Option<Duration>,
    body: String,
}

impl fmt::Display for NotSuccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {}", self.status)
    }
}

impl Error for NotSuccess {}

pub(super) fn failure(error: OpenAIError, settings: &OpenAiSettings) -> WriterError {
    let url = settings.base_url.clone();
    match error {
        OpenAIError::Reqwest(error) => {
            let error = error.without_url();
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            let reason = format!("{error}{cause}");
            // Once the request was on its way, the answer may have been made, and be on the bill.
            if error.is_connect() {
                WriterError::Unreachable { url, reason }
            } else {
                WriterError::Lost { url, reason }
            }
        }
        OpenAIError::JSONDeserialize(error, _) => {
            WriterError::Unreadable { model: settings.model.clone(), reason: error.to_string() }
        }
        OpenAIError::Boxed(error) => match error.downcast::<NotSuccess>() {
            Ok(answer) => refusal(*answer, url),
            Err(error) => WriterError::Unreachable { url, reason: error.to_string() },
        },
        other => WriterError::Unreachable { url, reason: other.to_string() },
    }
}

pub(super) fn timed_out(settings: &OpenAiSettings) -> WriterError {
    let reason = format!("no answer within {} s", settings.timeout.as_secs());
    WriterError::Lost { url: settings.base_url.clone(), reason }
}

fn refusal(answer: NotSuccess, url: String) -> WriterError {
    let NotSuccess { status, retry_after, body } = answer;
    let reason = one_line(&body);
    match status {
        401 | 403 => WriterError::Unauthorised { url, status },
        402 => WriterError::QuotaSpent { url, reason },
        429 if body.contains("insufficient_quota") => WriterError::QuotaSpent { url, reason },
        429 => WriterError::Throttled { url, retry_after, reason },
        408 | 425 | 500.. => WriterError::Server { url, status, retry_after, reason },
        _ => WriterError::Rejected { url, status, reason },
    }
}

/// The message of an error body, or its start.
fn one_line(body: &str) -> String {
    let parsed: Option<serde_json::Value> = serde_json::from_str(body).ok();
    let message = parsed.as_ref().and_then(|body| {
        let error = body.get("error").unwrap_or(body);
        error.get("message").or(Some(error))?.as_str()
    });
    let words: Vec<&str> = message.unwrap_or(body).split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(300).collect()
}
