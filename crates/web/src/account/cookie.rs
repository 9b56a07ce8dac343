//! What a browser is given to keep: one cookie that scripts cannot read, no other site can send along with a post,
//! and, over HTTPS, no other host and no plain connection can set (RFC 6265bis §4.1.3).

use axum::http::{HeaderMap, HeaderValue, header};
use domain::token::Ticket;
use net::Url;

/// How browsers reach this service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Https,
    /// In a home, say: browsers take no `__Host-` cookie there.
    Http,
}

#[derive(Clone, Copy, Debug)]
pub struct Cookies {
    name: &'static str,
    begun: &'static str,
    attributes: &'static str,
}

impl Transport {
    pub fn of(public_url: &Url) -> Self {
        if public_url.scheme() == "https" { Self::Https } else { Self::Http }
    }
}

impl Cookies {
    pub const fn of(transport: Transport) -> Self {
        match transport {
            Transport::Https => Self {
                name: "__Host-mimiyori",
                begun: "__Host-mimiyori-begun",
                attributes: "Path=/; HttpOnly; Secure; SameSite=Lax",
            },
            Transport::Http => Self {
                name: "mimiyori",
                begun: "mimiyori-begun",
                attributes: "Path=/; HttpOnly; SameSite=Lax",
            },
        }
    }

    /// The session that a request names.
    pub fn session(self, headers: &HeaderMap) -> Option<Ticket> {
        found(headers, self.name)
    }

    pub fn keep(self, ticket: &Ticket, seconds: i64) -> HeaderValue {
        self.written(self.name, ticket.reveal(), seconds)
    }

    /// Takes the cookie away again.
    pub fn drop(self) -> HeaderValue {
        self.written(self.name, "", 0)
    }

    /// What a request has begun and comes back with.
    pub fn begun(self, headers: &HeaderMap) -> Option<Ticket> {
        found(headers, self.begun)
    }

    pub fn begin(self, ticket: &Ticket, seconds: i64) -> HeaderValue {
        self.written(self.begun, ticket.reveal(), seconds)
    }

    pub fn end(self) -> HeaderValue {
        self.written(self.begun, "", 0)
    }

    fn written(self, name: &str, value: &str, seconds: i64) -> HeaderValue {
        let text = format!("{name}={value}; {}; Max-Age={seconds}", self.attributes);
        let mut header = HeaderValue::from_str(&text).expect("names and tickets are ASCII");
        header.set_sensitive(true);
        header
    }
}

fn found(headers: &HeaderMap, name: &str) -> Option<Ticket> {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then(|| value.parse().ok())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_reads_back_and_is_bound_to_the_host() {
        let (https, http) = (Cookies::of(Transport::Https), Cookies::of(Transport::Http));
        let ticket = Ticket::new([1, 2, 3, 4]);
        let kept = https.keep(&ticket, 60);
        let text = kept.to_str().unwrap().to_owned();
        let expected = format!("__Host-mimiyori={}; ", ticket.reveal());
        assert_eq!(text, expected + "Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=60");
        assert!(!format!("{kept:?}").contains(ticket.reveal()));
        assert_eq!(http.drop().to_str().unwrap(), "mimiyori=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");

        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=b; mimiyori-begun=c; mimiyori=short"));
        headers.append(header::COOKIE, format!("x; __Host-mimiyori={}", ticket.reveal()).parse().unwrap());
        assert_eq!(https.session(&headers), Some(ticket));
        assert_eq!(http.session(&headers), None, "neither a wrong form nor another name");
    }
}
