//! Media in a bucket: a real S3 server on loopback, which checks every signature.

#![expect(clippy::unwrap_used, reason = "a test that cannot prepare has failed")]

use bytes::Bytes;
use media::{Access, HttpClient, Media, MediaError, Place};
use std::time::Duration;
use testkit::S3;

fn open(server: &S3, url: &str, secret: &str) -> Media {
    let Place::Bucket(bucket) = Place::parse(url).unwrap() else { panic!("{url} is no bucket") };
    let http = net::trusted_within("test", Duration::from_secs(5)).unwrap();
    let access = Access {
        endpoint: Some(server.endpoint()),
        region: Some("us-east-1".into()),
        keys: Some((S3::ACCESS_KEY.into(), secret.into())),
        http: HttpClient::new(http),
    };
    Media::in_bucket(&bucket, access).unwrap()
}

#[tokio::test]
async fn objects_are_kept_read_in_ranges_and_deleted() {
    let server = S3::start().await.unwrap();
    let media = open(&server, "s3://sounds/of/mornings", S3::SECRET_KEY);
    media.answers().await.unwrap();
    let sound = Bytes::from((0..=255).cycle().take(100_000).collect::<Vec<u8>>());
    media.put("segment/ab/abcd.mp3", sound.clone()).await.unwrap();
    assert!(server.folder().join("of/mornings/segment/ab/abcd.mp3").is_file(), "below the folder of the url");
    assert!(media.holds("segment/ab/abcd.mp3", 100_000).await.unwrap());
    assert!(!media.holds("segment/ab/abcd.mp3", 99_999).await.unwrap(), "of another size");
    assert_eq!(media.get("segment/ab/abcd.mp3").await.unwrap(), sound);
    assert_eq!(
        media.get_range("segment/ab/abcd.mp3", 1_000..2_000).await.unwrap(),
        sound.slice(1_000..2_000)
    );
    let wanted = vec![("segment/ab/abcd.mp3".to_owned(), 100_000), ("segment/no.mp3".to_owned(), 1)];
    assert_eq!(media.gone(wanted).await.unwrap(), ["segment/no.mp3".to_owned()].into());
    media.delete("segment/ab/abcd.mp3").await.unwrap();
    media.delete("segment/ab/abcd.mp3").await.unwrap();
    assert!(matches!(media.get("segment/ab/abcd.mp3").await, Err(MediaError::Gone(_))));
}

#[tokio::test]
async fn what_comes_in_pieces_is_there_whole_or_not_at_all() {
    let server = S3::start().await.unwrap();
    let media = open(&server, "s3://sounds", S3::SECRET_KEY);
    let piece = Bytes::from(vec![7; 1_000_003]);
    let mut upload = media.upload("external/a.mp3").await.unwrap();
    for _ in 0..12 {
        upload.write(piece.clone()).await.unwrap();
    }
    assert!(!media.holds("external/a.mp3", 12 * 1_000_003).await.unwrap(), "not before it is finished");
    upload.finish().await.unwrap();
    assert_eq!(media.get("external/a.mp3").await.unwrap(), piece.repeat(12));

    let mut upload = media.upload("external/b.mp3").await.unwrap();
    upload.write(piece).await.unwrap();
    upload.abort().await.unwrap();
    assert!(matches!(media.get("external/b.mp3").await, Err(MediaError::Gone(_))));
}

#[tokio::test]
async fn a_bucket_that_is_gone_or_closed_is_an_outage() {
    let server = S3::start().await.unwrap();
    let closed = open(&server, "s3://sounds", "another secret").answers().await.unwrap_err();
    assert!(closed.is_outage(), "{closed}");
    let media = open(&server, "s3://sounds", S3::SECRET_KEY);
    std::fs::remove_dir_all(server.folder()).unwrap();
    let gone = media.holds("segment/a.mp3", 1).await.unwrap_err();
    assert!(gone.is_outage(), "an object does not only seem to be missing: {gone}");
    assert!(media.answers().await.unwrap_err().is_outage());
}
