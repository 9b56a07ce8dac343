//! Media in a bucket of a real S3 server: nodes share them, and nothing is kept on the machine.

use super::{documents::good, folder::Folder, run::Home};
use testkit::S3;
use tokio::runtime::Runtime;

/// A home whose media are in a bucket; the server lives as long as its runtime.
fn home() -> (Home, S3, Runtime) {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(S3::start()).unwrap();
    let mut home = Home::new();
    home.set("MIMIYORI_MEDIA__URL", format!("s3://{}/radio", S3::BUCKET));
    home.set("MIMIYORI_MEDIA__ENDPOINT", server.endpoint());
    home.set("MIMIYORI_MEDIA__ACCESS_KEY", S3::ACCESS_KEY);
    home.set("MIMIYORI_MEDIA__SECRET_KEY", S3::SECRET_KEY);
    (home, server, runtime)
}

#[test]
fn a_program_is_made_and_its_parts_are_in_the_bucket() {
    let (home, server, _runtime) = home();
    let source = home.file("feed.xml", good());
    home.generate(&source, &[]).succeeds();
    let first = Folder::whole(&home, "out");
    assert!(server.folder().join("radio/segment").is_dir());
    assert!(!home.path("data/media").exists(), "nothing beside it");
    home.generate(&source, &[]).succeeds();
    assert!(Folder::whole(&home, "out").mp3 == first.mp3, "made from the same parts");
    home.run(&["doctor"]).succeeds();
}

#[test]
fn a_bucket_that_is_closed_is_6_and_half_a_key_is_2() {
    let (mut home, _server, _runtime) = home();
    let source = home.file("feed.xml", good());
    home.set("MIMIYORI_MEDIA__SECRET_KEY", "another");
    home.generate(&source, &[]).fails(6);
    home.set("MIMIYORI_MEDIA__SECRET_KEY", "");
    let line = home.generate(&source, &[]).fails(2);
    assert!(line.contains("secret_key"), "{line}");
}
