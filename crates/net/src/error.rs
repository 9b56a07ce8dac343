//! Why a fetch failed: one line each, safe to log and to show.

use std::{error::Error, fmt, io, net::IpAddr, time::Duration};
use url::Url;

#[derive(Debug, thiserror::Error)]
pub enum NetError {
    #[error("{url}: {why}")]
    BadUrl { url: String, why: &'static str },
    #[error(
        "{url}: refused, {}; whoever runs this can allow it (--allow-private, sources.allow_private)", place(host, *.address, kind)
    )]
    Refused { url: String, host: String, address: IpAddr, kind: &'static str },
    #[error("{url}: host not found ({why}); check the address and the network")]
    Dns { url: String, why: String },
    #[error("{url}: cannot connect ({why}); try again later")]
    Connect { url: String, why: String },
    #[error("{url}: no secure connection ({why}); the site's certificate must be valid")]
    Tls { url: String, why: String },
    #[error("{url}: no whole answer within {} s; try again later", seconds(*.within))]
    Timeout { url: String, within: Duration },
    #[error("{url}: larger than {} after decompression; nothing that large is read", mebibytes(*.limit))]
    TooLarge { url: String, limit: usize },
    #[error("{url}: {bytes} bytes are more than may be sent at once ({}); send less", mebibytes(*.limit))]
    RequestTooLarge { url: String, bytes: usize, limit: usize },
    #[error("{url}: more than {limit} redirects; check the address in a browser")]
    TooManyRedirects { url: String, limit: u8 },
    #[error("{url}: redirects from https to http, where the token would be readable; refused")]
    Downgrade { url: String },
    #[error("{url}: the answer broke off or is malformed ({why}); try again later")]
    Broken { url: String, why: String },
    #[error("cannot start the HTTP client ({why}); on Linux install the package ca-certificates")]
    Setup { why: String },
}

impl NetError {
    /// Whether trying again later may help.
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::Dns { .. }
            | Self::Connect { .. }
            | Self::Tls { .. }
            | Self::Timeout { .. }
            | Self::Broken { .. }
            | Self::Setup { .. } => true,
            Self::BadUrl { .. }
            | Self::Refused { .. }
            | Self::TooLarge { .. }
            | Self::RequestTooLarge { .. }
            | Self::TooManyRedirects { .. }
            | Self::Downgrade { .. } => false,
        }
    }

    /// Sorts what `reqwest` reports; `url` is where the request went.
    pub(crate) fn of(error: reqwest::Error, url: &Url) -> Self {
        let error = error.without_url();
        let shown = shown(url);
        if let Some(refused) = cause::<RefusedAddress>(&error) {
            return Self::refused(url, refused.address, refused.kind);
        }
        if let Some(failed) = cause::<LookupFailed>(&error) {
            return Self::Dns { url: shown, why: failed.0.clone() };
        }
        if let Some(tls) = cause::<rustls::Error>(&error) {
            return Self::Tls { url: shown, why: tls.to_string() };
        }
        let why = root(&error);
        if error.is_connect() { Self::Connect { url: shown, why } } else { Self::Broken { url: shown, why } }
    }

    pub(crate) fn refused(url: &Url, address: IpAddr, kind: &'static str) -> Self {
        let host = url.host_str().unwrap_or_default().to_owned();
        Self::Refused { url: shown(url), host, address, kind }
    }
}

/// An address as it may be logged: without user, password, query and fragment.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Fails only for addresses that have no user to remove.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
    if url.query().is_some() {
        url.set_query(None);
        return format!("{url}?…");
    }
    url.into()
}

/// Found by the resolver, reported through `reqwest`'s chain of causes.
#[derive(Debug)]
pub(crate) struct RefusedAddress {
    pub(crate) address: IpAddr,
    pub(crate) kind: &'static str,
}

impl fmt::Display for RefusedAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", place("", self.address, self.kind))
    }
}

impl Error for RefusedAddress {}

#[derive(Debug)]
pub(crate) struct LookupFailed(pub(crate) String);

impl fmt::Display for LookupFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for LookupFailed {}

/// The first cause of a type. An `io::Error` hides the error it wraps from `source()`.
fn cause<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

/// The last cause says what happened; those before it say where in the client.
fn root(error: &(dyn Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string().replace(['\n', '\r'], " ")
}

/// An address is its own name: "127.0.0.1 is a loopback address".
fn place(host: &str, address: IpAddr, kind: &str) -> String {
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    let literal = host.trim_start_matches('[').trim_end_matches(']').parse() == Ok(address);
    if host.is_empty() || literal {
        return format!("{address} is {article} {kind} address");
    }
    format!("{host} is {address}, {article} {kind} address")
}

fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 10.0).round() / 10.0
}

fn mebibytes(bytes: usize) -> String {
    if bytes >= 1 << 20 { format!("{} MiB", bytes >> 20) } else { format!("{bytes} bytes") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_read_naturally() {
        let zero = IpAddr::from([0, 0, 0, 0]);
        assert_eq!(place("0.0.0.0", zero, "unspecified"), "0.0.0.0 is an unspecified address");
        assert_eq!(
            place("::1", IpAddr::from([127, 0, 0, 1]), "loopback"),
            "::1 is 127.0.0.1, a loopback address"
        );
        assert_eq!(place("a.example", zero, "unspecified"), "a.example is 0.0.0.0, an unspecified address");
    }

    #[test]
    fn secrets_are_not_shown() {
        let url = Url::parse("https://me:pass@example.org/feed?token=abc#x").unwrap();
        assert_eq!(shown(&url), "https://example.org/feed?…");
    }
}
