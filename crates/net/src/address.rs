//! Which addresses may be connected to: the public ones, and those the operator lists.
//!
//! The ranges are those of the IANA special-purpose address registries (RFC 6890 and its updates).
//! An address that carries another inside (mapped, NAT64, 6to4) is judged by the one inside.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// What may be fetched beside the public Internet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowPrivate {
    #[default]
    No,
    /// For people who mean it (`--allow-private`).
    All,
    /// Only these networks (`sources.allow_private`).
    Networks(Vec<Network>),
}

impl AllowPrivate {
    /// `Err` says what kind of address it is.
    pub(crate) fn vet(&self, address: IpAddr) -> Result<(), &'static str> {
        match (self, special(address)) {
            (Self::All, _) | (_, None) => Ok(()),
            (Self::Networks(networks), Some(_)) if networks.iter().any(|n| n.contains(address)) => Ok(()),
            (Self::No | Self::Networks(_), Some(kind)) => Err(kind),
        }
    }
}

/// An address range in CIDR form: `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    base: IpAddr,
    bits: u8,
}

impl Network {
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, plain(address)) {
            (IpAddr::V4(base), IpAddr::V4(address)) => same_prefix(
                u128::from(u32::from(base)) << 96,
                u128::from(u32::from(address)) << 96,
                self.bits,
            ),
            (IpAddr::V6(base), IpAddr::V6(address)) => same_prefix(base.into(), address.into(), self.bits),
            _ => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.bits)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not a network; write it like 10.0.0.0/8 or fd00::/8")]
pub struct BadNetwork(String);

impl FromStr for Network {
    type Err = BadNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadNetwork(text.to_owned());
        let (base, bits) = match text.split_once('/') {
            Some((base, bits)) => (base, Some(bits)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| bad())?;
        let most = if base.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), str::parse).map_err(|_| bad())?;
        if bits > most {
            return Err(bad());
        }
        Ok(Self { base, bits })
    }
}

/// The kind of an address that is not plainly public; `None` for a public one.
fn special(address: IpAddr) -> Option<&'static str> {
    match plain(address) {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => special_v6(v6),
    }
}

fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    let within = |base: [u8; 4], bits| {
        let (base, address) = (u32::from(Ipv4Addr::from(base)), u32::from(address));
        same_prefix(u128::from(base) << 96, u128::from(address) << 96, bits)
    };
    const RANGES: [([u8; 4], u8, &str); 15] = [
        ([0, 0, 0, 0], 8, "unspecified"),
        ([10, 0, 0, 0], 8, "private"),
        ([100, 64, 0, 0], 10, "carrier-grade NAT"),
        ([127, 0, 0, 0], 8, "loopback"),
        ([169, 254, 0, 0], 16, "link-local"),
        ([172, 16, 0, 0], 12, "private"),
        ([192, 0, 0, 0], 24, "reserved"),
        ([192, 0, 2, 0], 24, "documentation"),
        ([192, 88, 99, 0], 24, "reserved"),
        ([192, 168, 0, 0], 16, "private"),
        ([198, 18, 0, 0], 15, "benchmark"),
        ([198, 51, 100, 0], 24, "documentation"),
        ([203, 0, 113, 0], 24, "documentation"),
        ([224, 0, 0, 0], 4, "multicast"),
        ([240, 0, 0, 0], 4, "reserved"),
    ];
    RANGES.into_iter().find(|(base, bits, _)| within(*base, *bits)).map(|(_, _, kind)| kind)
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    let within = |base: Ipv6Addr, bits| same_prefix(base.into(), address.into(), bits);
    let [a, b, c, ..] = address.segments();
    let embedded = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    match address {
        Ipv6Addr::UNSPECIFIED => Some("unspecified"),
        Ipv6Addr::LOCALHOST => Some("loopback"),
        // NAT64 and 6to4 carry a v4 address.
        _ if within(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96) => {
            let [.., high, low] = address.segments();
            special_v4(embedded(high, low))
        }
        _ if a == 0x2002 => special_v4(embedded(b, c)),
        _ if within(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7) => Some("unique local"),
        _ if within(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10) => Some("link-local"),
        _ if within(Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8) => Some("multicast"),
        _ if a == 0x2001 && b == 0x0db8 => Some("documentation"),
        _ if within(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20) => Some("documentation"),
        // IETF protocol assignments: Teredo, benchmarking, ORCHID.
        _ if within(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23) => Some("reserved"),
        // Only 2000::/3 is given out as global unicast.
        _ if !within(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3) => Some("reserved"),
        _ => None,
    }
}

/// Both left-aligned in 128 bits.
fn same_prefix(a: u128, b: u128, bits: u8) -> bool {
    match 128_u32.checked_sub(u32::from(bits)) {
        Some(128) => true,
        Some(rest) => a >> rest == b >> rest,
        None => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vet(address: &str) -> Result<(), &'static str> {
        AllowPrivate::No.vet(address.parse().unwrap())
    }

    #[test]
    fn special_addresses_are_refused() {
        let refused = [
            ("0.0.0.0", "unspecified"),
            ("0.1.2.3", "unspecified"),
            ("10.0.0.1", "private"),
            ("10.255.255.255", "private"),
            ("100.64.0.1", "carrier-grade NAT"),
            ("100.127.255.255", "carrier-grade NAT"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.254", "loopback"),
            ("169.254.169.254", "link-local"),
            ("172.16.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.0.0.8", "reserved"),
            ("192.0.2.1", "documentation"),
            ("192.88.99.1", "reserved"),
            ("192.168.0.1", "private"),
            ("198.18.0.1", "benchmark"),
            ("198.19.255.255", "benchmark"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.1", "documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "reserved"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::127.0.0.1", "reserved"),
            ("::ffff:127.0.0.1", "loopback"),
            ("::ffff:10.0.0.1", "private"),
            ("::ffff:169.254.169.254", "link-local"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b::a9fe:a9fe", "link-local"),
            ("64:ff9b:1::808:808", "reserved"),
            ("2002:7f00:1::", "loopback"),
            ("2002:a00:1::1", "private"),
            ("2001::1", "reserved"),
            ("2001:0:53aa:64c::1", "reserved"),
            ("2001:2::1", "reserved"),
            ("2001:10::1", "reserved"),
            ("2001:db8::1", "documentation"),
            ("3fff::1", "documentation"),
            ("5f00::1", "reserved"),
            ("fc00::1", "unique local"),
            ("fd12:3456::1", "unique local"),
            ("fe80::1", "link-local"),
            ("fec0::1", "reserved"),
            ("ff02::1", "multicast"),
            ("100::1", "reserved"),
        ];
        for (address, kind) in refused {
            assert_eq!(vet(address), Err(kind), "{address}");
        }
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "192.169.0.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
            "2002:808:808::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1111",
        ] {
            assert_eq!(vet(address), Ok(()), "{address}");
        }
    }

    #[test]
    fn listed_networks_pass_and_others_do_not() {
        let allowed =
            AllowPrivate::Networks(vec!["10.1.0.0/16".parse().unwrap(), "fd00::/8".parse().unwrap()]);
        for (address, passes) in [
            ("10.1.2.3", true),
            ("::ffff:10.1.2.3", true),
            ("10.2.0.1", false),
            ("fd00::1", true),
            ("fc00::1", false),
            ("127.0.0.1", false),
            ("8.8.8.8", true),
        ] {
            assert_eq!(allowed.vet(address.parse().unwrap()).is_ok(), passes, "{address}");
        }
        let all = AllowPrivate::Networks(vec!["0.0.0.0/0".parse().unwrap()]);
        assert!(all.vet("127.0.0.1".parse().unwrap()).is_ok());
    }

    #[test]
    fn networks_are_parsed_or_refused() {
        assert_eq!("192.168.1.7".parse::<Network>().unwrap().to_string(), "192.168.1.7/32");
        assert_eq!("fd00::/8".parse::<Network>().unwrap().to_string(), "fd00::/8");
        for bad in ["", "10.0.0.0/33", "::/129", "10/8", "home", "10.0.0.0/-1"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
