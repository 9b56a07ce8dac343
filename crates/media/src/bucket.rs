//! Where media are: a folder of this machine, or a bucket that any number of nodes share.

use crate::{Media, MediaError};
use object_store::{
    ClientOptions, ObjectStore, Result, RetryConfig,
    aws::AmazonS3Builder,
    client::{HttpClient, HttpConnector},
    gcp::GoogleCloudStorageBuilder,
    path::Path,
    prefix::PrefixStore,
};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// What an address of the configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `file:///path/to/folder`
    Folder(PathBuf),
    Bucket(Bucket),
}

/// `s3://bucket/folder` or `gs://bucket/folder`; the folder may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bucket {
    kind: Kind,
    name: String,
    folder: Path,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    S3,
    Google,
}

/// How a bucket is reached and opened. What is `None` comes from the environment (`AWS_REGION`,
/// `GOOGLE_APPLICATION_CREDENTIALS` and their like) or from the role of the machine.
#[derive(Debug)]
pub struct Access {
    /// Where an S3-compatible server answers, for example `http://localhost:9000`.
    pub endpoint: Option<String>,
    pub region: Option<String>,
    /// Access key and secret key.
    pub keys: Option<(String, String)>,
    /// What asks; it bounds how long it waits.
    pub http: HttpClient,
}

/// Jobs are tried again anyway, by their own rules: here only what is over in a moment is sat out.
const RETRIES: usize = 2;
const RETRY_FOR: Duration = Duration::from_secs(20);

impl Place {
    pub fn parse(url: &str) -> Result<Self, MediaError> {
        let unknown = || MediaError::Url(url.to_owned());
        let (scheme, rest) = url.split_once("://").ok_or_else(unknown)?;
        let kind = match scheme {
            "file" if rest.starts_with('/') => return Ok(Self::Folder(PathBuf::from(rest))),
            "s3" => Kind::S3,
            "gs" => Kind::Google,
            _ => return Err(unknown()),
        };
        let (name, folder) = rest.split_once('/').unwrap_or((rest, ""));
        let folder = Path::parse(folder).map_err(|_| unknown())?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        if name.is_empty() || !name.chars().all(is_name) {
            return Err(unknown());
        }
        Ok(Self::Bucket(Bucket { kind, name: name.to_owned(), folder }))
    }
}

impl Media {
    /// Nothing is asked of the bucket yet: [`Media::answers`] does.
    pub fn in_bucket(bucket: &Bucket, access: Access) -> Result<Self, MediaError> {
        let store = match bucket.kind {
            Kind::S3 => s3(&bucket.name, access),
            Kind::Google => google(&bucket.name, access),
        };
        let cannot = |error: object_store::Error| MediaError::Bucket {
            bucket: bucket.name.clone(),
            cause: crate::first_line(&error.to_string()),
        };
        let store = PrefixStore::new(store.map_err(cannot)?, bucket.folder.clone());
        Ok(Self::over(Arc::new(store), None))
    }
}

fn s3(name: &str, access: Access) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(name)
        .with_retry(retry())
        .with_http_connector(Given(access.http));
    if let Some(endpoint) = access.endpoint {
        builder = builder.with_allow_http(endpoint.starts_with("http://")).with_endpoint(endpoint);
    }
    if let Some(region) = access.region {
        builder = builder.with_region(region);
    }
    if let Some((key, secret)) = access.keys {
        builder = builder.with_access_key_id(key).with_secret_access_key(secret);
    }
    Ok(Arc::new(builder.build()?))
}

fn google(name: &str, access: Access) -> Result<Arc<dyn ObjectStore>> {
    let mut builder = GoogleCloudStorageBuilder::from_env()
        .with_bucket_name(name)
        .with_retry(retry())
        .with_http_connector(Given(access.http));
    if let Some(endpoint) = access.endpoint {
        builder = builder.with_base_url(&endpoint);
    }
    Ok(Arc::new(builder.build()?))
}

fn retry() -> RetryConfig {
    RetryConfig { max_retries: RETRIES, retry_timeout: RETRY_FOR, ..RetryConfig::default() }
}

/// The client that was given, whatever is asked for.
#[derive(Debug)]
struct Given(HttpClient);

impl HttpConnector for Given {
    fn connect(&self, _: &ClientOptions) -> Result<HttpClient> {
        Ok(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_folder_or_a_bucket() {
        assert_eq!(Place::parse("file:///srv/media").unwrap(), Place::Folder("/srv/media".into()));
        let bucket = |kind, name: &str, folder: &str| {
            Place::Bucket(Bucket { kind, name: name.into(), folder: folder.into() })
        };
        assert_eq!(Place::parse("s3://sounds").unwrap(), bucket(Kind::S3, "sounds", ""));
        assert_eq!(Place::parse("s3://sounds/").unwrap(), bucket(Kind::S3, "sounds", ""));
        assert_eq!(
            Place::parse("gs://sounds/of/mornings").unwrap(),
            bucket(Kind::Google, "sounds", "of/mornings")
        );
        for nonsense in
            ["", "media", "file://media", "s3://", "s3:///folder", "s3://a b/c", "s3://u:p@h/c", "ftp://x/y"]
        {
            assert!(matches!(Place::parse(nonsense), Err(MediaError::Url(_))), "{nonsense}");
        }
    }
}
