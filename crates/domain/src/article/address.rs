//! Canonical addresses: the same page under any of its links.

use url::Url;

/// The address without scheme, fragment, default port, trailing slash and tracking parameters, its
/// other parameters sorted.
pub fn canonical(url: &Url) -> String {
    url.to_string()
}
