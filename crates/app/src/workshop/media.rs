//! Where media are kept, as the configuration says.

use crate::{
    config::{self, Config},
    failure::{Failure, Kind},
};
use media::{Access, HttpClient, Media, Place};
use std::{path::Path, time::Duration};
use store::Store;

/// A media store that is silent for so long is away.
const SILENCE: Duration = Duration::from_secs(30);

/// A folder is marked as ours when nothing was made yet. Later, one without its mark is the bare mount point of a disk
/// that is away: what is made would go to the wrong place.
pub async fn open(config: &Config, data_dir: &Path, store: &Store) -> Result<Media, Failure> {
    let place = match config.media.url.as_str() {
        "" => Place::Folder(data_dir.join("media")),
        url => Place::parse(url)?,
    };
    match place {
        Place::Folder(folder) if store.has_media().await? => Ok(Media::in_known_folder(folder)?),
        Place::Folder(folder) => Ok(Media::in_folder(folder)?),
        Place::Bucket(bucket) => Ok(Media::in_bucket(&bucket, access(&config.media)?)?),
    }
}

fn access(media: &config::Media) -> Result<Access, Failure> {
    let keys = match (media.access_key.reveal()?, media.secret_key.reveal()?) {
        (Some(key), Some(secret)) => Some((key, secret)),
        (None, None) => None,
        _ => {
            return Err(Failure::new(
                Kind::Usage,
                "[media] access_key and secret_key go together; set both or none",
            ));
        }
    };
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let client = net::trusted_within(config::USER_AGENT, SILENCE)
        .map_err(|cause| Failure::new(Kind::Storage, cause))?;
    Ok(Access {
        endpoint: given(&media.endpoint),
        region: given(&media.region),
        keys,
        http: HttpClient::new(client),
    })
}
