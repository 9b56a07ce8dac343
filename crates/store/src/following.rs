//! Naming a source, so that it is read: what a person writes becomes a row that everybody who names the same
//! shares.

use crate::{Micros, NewSource, Source, StoreError, Tx};
use domain::{
    SourceId,
    source::{BadAddress, SourceAddress},
};

/// Who names a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// May name files: they are read with the service's own rights.
    Operator,
    Listener,
}

/// Why something is no source for whoever names it.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Address(#[from] BadAddress),
    #[error("{0:?} is no address; write the whole of it, https://…")]
    Path(String),
    #[error("an address of {0} bytes is too long; at most {MOST_BYTES} are read")]
    Long(usize),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Of an address.
const MOST_BYTES: usize = 2_000;
/// Where files are, as sources go: they are read one after another, too.
const FILES: &str = "file";

/// The source that is meant; one that nobody has named before is read at once, if somebody follows it.
pub async fn add_source(
    tx: &mut Tx,
    written: &str,
    by: By,
    id: SourceId,
    now: Micros,
) -> Result<Source, Refused> {
    let address = SourceAddress::parse(written)?;
    let host = match (address.host(), by) {
        (Some(host), _) => host,
        (None, By::Operator) => FILES,
        (None, By::Listener) => return Err(Refused::Path(written.to_owned())),
    };
    let canonical = address.canonical();
    if canonical.len() > MOST_BYTES {
        return Err(Refused::Long(canonical.len()));
    }
    Ok(tx.add_source(&NewSource { id, address: &canonical, host }, now).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    #[tokio::test]
    async fn what_is_meant_is_one_source_and_files_are_the_operators() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}/test.db", folder.path().display())).await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let mut ids = (1_u64..).map(|n| SourceId::born(0, [n << 8, n]));
        let mut id = || ids.next().unwrap();
        let first = add_source(&mut tx, "https://A.example/feed#x", By::Listener, id(), 1).await.unwrap();
        let again = add_source(&mut tx, "https://a.example/feed", By::Operator, id(), 2).await.unwrap();
        assert_eq!((first.id, first.host.as_str()), (again.id, "a.example"));
        let file = add_source(&mut tx, "/srv/feed.xml", By::Operator, id(), 1).await.unwrap();
        assert_eq!((file.address.as_str(), file.host.as_str()), ("/srv/feed.xml", FILES));
        for path in ["/srv/feed.xml", "../feed.xml", "feed"] {
            let refused = add_source(&mut tx, path, By::Listener, id(), 1).await.unwrap_err();
            assert!(matches!(refused, Refused::Path(_)), "{refused}");
        }
        let refused = add_source(&mut tx, "file:///srv/feed.xml", By::Listener, id(), 1).await.unwrap_err();
        assert!(matches!(refused, Refused::Address(_)), "{refused}");
        let long = format!("https://a.example/{}", "a".repeat(MOST_BYTES));
        let refused = add_source(&mut tx, &long, By::Listener, id(), 1).await.unwrap_err();
        assert!(matches!(refused, Refused::Long(_)), "{refused}");
    }
}
