//! Sending to an address under the same policy as reading from one.

use super::{Client, finish};
use crate::{
    error::{NetError, shown},
    request::Post,
    response::Response,
};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

impl Client {
    /// Any status is an answer, a redirect too: what was meant for one place is never sent to another.
    pub async fn post(&self, post: &Post) -> Result<Response, NetError> {
        match tokio::time::timeout(post.timeout, self.send(post)).await {
            Ok(result) => result,
            Err(_) => Err(NetError::Timeout { url: shown(&post.url), within: post.timeout }),
        }
    }

    async fn send(&self, post: &Post) -> Result<Response, NetError> {
        let (bytes, limit) = (post.body.len(), Post::MOST_BYTES);
        if bytes > limit {
            return Err(NetError::RequestTooLarge { url: shown(&post.url), bytes, limit });
        }
        self.vet(&post.url)?;
        let request = self.inner()?.post(post.url.clone()).headers(headers(post)?).body(post.body.clone());
        let answer = request.send().await.map_err(|error| NetError::of(error, &post.url))?;
        finish(answer, post.max_bytes, post.url.clone(), None).await
    }
}

fn headers(post: &Post) -> Result<HeaderMap, NetError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(post.accept));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(post.content_type));
    for (name, value) in &post.headers {
        let name = HeaderName::from_lowercase(name.as_bytes()).ok();
        let (Some(name), Ok(value)) = (name, HeaderValue::from_str(value)) else {
            return Err(NetError::BadUrl { url: shown(&post.url), why: "a header to be sent is malformed" });
        };
        headers.insert(name, value);
    }
    Ok(headers)
}
