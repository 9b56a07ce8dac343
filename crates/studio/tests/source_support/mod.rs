//! What the tests of sources share: files and answers to read, nothing else.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up should stop")]

use net::{AllowPrivate, Client, Policy};
use std::{io::Write, time::Duration};
use studio::source::{Answer, Feed, Reading, SourceAddress, SourceError, read};
use tempfile::NamedTempFile;
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

pub(crate) fn client() -> Client {
    Client::new(Policy { allow_private: AllowPrivate::All, user_agent: "mimiyori-test/1".to_owned() })
}

/// Reads bytes as a file, fetching no pages.
pub(crate) async fn from_file(bytes: impl AsRef<[u8]>) -> Result<Feed, SourceError> {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(bytes.as_ref()).unwrap();
    let client = client();
    let reading = Reading { pages: 0, ..Reading::by(&client) };
    feed(read(&SourceAddress::parse(file.path().to_str().unwrap()).unwrap(), &reading).await?)
}

/// Reads what a server gives at a path.
pub(crate) async fn from_server(server: &MockServer, at: &str) -> Result<Feed, SourceError> {
    let client = client();
    let reading = Reading { patience: Duration::from_secs(10), ..Reading::by(&client) };
    feed(read(&address(server, at), &reading).await?)
}

pub(crate) fn address(server: &MockServer, at: &str) -> SourceAddress {
    SourceAddress::parse(&format!("{}{at}", server.uri())).unwrap()
}

pub(crate) async fn serve(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(server).await;
}

fn feed(answer: Answer) -> Result<Feed, SourceError> {
    match answer {
        Answer::Read(feed) => Ok(feed),
        Answer::Unchanged { .. } => panic!("nothing was asked conditionally"),
    }
}
