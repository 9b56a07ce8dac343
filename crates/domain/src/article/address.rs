//! Canonical addresses: the same page under any of its links.

use url::Url;

/// The address without scheme, fragment, default port, trailing slash and tracking parameters, its
/// other parameters sorted. `www.` stays: it may be another site. For comparing, not for fetching.
pub fn canonical(url: &Url) -> String {
    // The parser has lower-cased the host and dropped the default port.
    let Some(host) = url.host_str() else { return url.to_string() };
    let mut parameters: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, value)| !tracks(name, value))
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    parameters.sort();

    let mut canonical = host.trim_end_matches('.').to_owned();
    if let Some(port) = url.port() {
        canonical += &format!(":{port}");
    }
    canonical += url.path().trim_end_matches('/');
    if !parameters.is_empty() {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        canonical += "?";
        canonical += &query;
    }
    canonical
}

/// Whether a parameter says where a reader came from, rather than which page is meant.
fn tracks(name: &str, value: &str) -> bool {
    const NAMES: [&str; 28] = [
        "_hsenc", "_hsmi", "cmpid", "dclid", "fbclid", "gbraid", "gclid", "igsh", "igshid", "mc_cid",
        "mc_eid", "mkt_tok", "msclkid", "ncid", "ocid", "ref", "ref_src", "ref_url", "referer", "referrer",
        "s_cid", "smid", "spm", "sr_share", "twclid", "wbraid", "xtor", "yclid",
    ];
    let name = name.to_ascii_lowercase();
    name.starts_with("utm_")
        || NAMES.contains(&name.as_str())
        // `source` often means something; what a feed adds does not.
        || (name == "source" && value.starts_with("rss"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(url: &str) -> String {
        canonical(&Url::parse(url).unwrap())
    }

    #[test]
    fn the_same_page_has_one_address() {
        for same in [
            "https://example.org/a?x=1&y=2",
            "http://example.org/a?x=1&y=2",
            "https://EXAMPLE.org:443/a/?y=2&x=1#part",
            "https://example.org./a?utm_source=rss&x=1&UTM_Medium=m&y=2&fbclid=z&ref=top",
            "https://example.org/a/?x=1&y=2&source=rss----abc---4",
        ] {
            assert_eq!(of(same), "example.org/a?x=1&y=2", "{same}");
        }
        assert_eq!(of("https://example.org/"), "example.org");
        assert_eq!(of("https://qiita.com/タグ/"), of("https://qiita.com/%E3%82%BF%E3%82%B0"));
    }

    #[test]
    fn other_pages_stay_apart() {
        let pages = [
            "https://example.org/a",
            "https://example.org/A",
            "https://www.example.org/a",
            "https://example.org:8443/a",
            "https://example.org/a?id=1",
            "https://example.org/a?id=2",
            "https://example.org/a?source=news",
            "https://example.org/a?id=1&id=2",
            "urn:isbn:1",
        ];
        let distinct: std::collections::BTreeSet<String> = pages.map(of).into();
        assert_eq!(distinct.len(), pages.len());
    }

    proptest! {
        #[test]
        fn tracking_order_scheme_and_fragment_do_not_matter(
            path in "(/[a-z0-9%._~-]{0,8}){0,4}",
            mut parameters in prop::collection::vec(("[a-z]{1,6}_", "[a-zA-Z0-9 &=+ぁ-ん]{0,8}"), 0..5),
            campaign in "[a-z]{0,9}",
            fragment in "[a-z]{0,9}",
        ) {
            let mut plain = Url::parse(&format!("https://example.org{path}")).unwrap();
            plain.query_pairs_mut().extend_pairs(&parameters);
            let mut noisy = Url::parse(&format!("http://Example.ORG{path}/#{fragment}")).unwrap();
            parameters.reverse();
            parameters.insert(0, ("utm_campaign".to_owned(), campaign));
            noisy.query_pairs_mut().extend_pairs(&parameters);
            prop_assert_eq!(canonical(&plain), canonical(&noisy));
            // Canonical is a fixed point.
            prop_assert_eq!(of(&format!("https://{}", canonical(&plain))), canonical(&plain));
        }
    }
}
