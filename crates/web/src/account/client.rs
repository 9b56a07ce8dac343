//! Where a request comes from, as far as it can be believed.

use super::Account;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Extensions, HeaderMap, header, request::Parts},
};
use net::Network;
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

/// What browsers say of themselves is cut here.
const MOST_AGENT: usize = 200;

/// Who asks: an address of the network, and what they call their program.
#[derive(Clone, Debug)]
pub struct Client {
    pub address: IpAddr,
    pub agent: String,
}

impl Client {
    /// Neighbours of one household share it: an IPv6 network of 64 bits is one place.
    pub fn place(&self) -> String {
        match self.address {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        }
    }
}

impl FromRequestParts<Account> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, account: &Account) -> Result<Self, Infallible> {
        let agent = parts.headers.get(header::USER_AGENT).map(|agent| agent.as_bytes()).unwrap_or_default();
        let agent = String::from_utf8_lossy(agent);
        let agent = agent.chars().filter(|c| !c.is_control()).take(MOST_AGENT).collect();
        let address = address(peer(&parts.extensions), &parts.headers, &account.0.settings.proxies);
        Ok(Self { address, agent })
    }
}

impl FromRequestParts<crate::pages::Pages> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &crate::pages::Pages) -> Result<Self, Infallible> {
        Self::from_request_parts(parts, &pages.account).await
    }
}

/// Who is connected.
pub fn peer(extensions: &Extensions) -> IpAddr {
    let connected = extensions.get::<ConnectInfo<SocketAddr>>();
    connected.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical())
}

/// The first who is no proxy of ours, looking back along the way. What comes before that, anybody could have written.
fn address(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let is_proxy = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    let lists = headers.get_all("x-forwarded-for").into_iter().filter_map(|list| list.to_str().ok());
    let hops: Vec<&str> = lists.flat_map(|list| list.split(',')).map(str::trim).collect();
    let mut address = peer;
    for hop in hops.into_iter().rev() {
        if !is_proxy(address) {
            break;
        }
        let Ok(before) = hop.parse::<IpAddr>() else { break };
        address = before.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_are_believed_and_only_about_who_came_to_them() {
        let proxies = ["127.0.0.0/8", "10.0.0.0/8"].map(|network| network.parse().unwrap());
        let of = |peer: &str, forwarded: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for list in forwarded {
                headers.append("x-forwarded-for", list.parse().unwrap());
            }
            address(peer.parse().unwrap(), &headers, &proxies).to_string()
        };
        assert_eq!(of("192.0.2.1", &["198.51.100.9"]), "192.0.2.1", "a stranger says what they like");
        assert_eq!(of("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(of("127.0.0.1", &["203.0.113.5, 198.51.100.9", "10.0.0.2"]), "198.51.100.9");
        assert_eq!(of("127.0.0.1", &["nonsense"]), "127.0.0.1");
        assert_eq!(of("127.0.0.1", &["::ffff:192.0.2.7"]), "192.0.2.7");
    }

    #[test]
    fn a_household_is_one_place() {
        let place =
            |address: &str| Client { address: address.parse().unwrap(), agent: String::new() }.place();
        assert_eq!(place("192.0.2.7"), "192.0.2.7");
        assert_eq!(place("2001:db8:1:2:3::4"), place("2001:db8:1:2:ffff::1"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    }
}
