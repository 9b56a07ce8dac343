//! Host names in a text.

/// Hosts in lower case, without `www.`: of addresses, and bare ones under a common top-level domain.
pub(super) fn hosts(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '/' | '@')))
        .filter_map(host)
}

fn host(token: &str) -> Option<String> {
    let lower = token.to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://").map_or((None, lower.as_str()), |(s, rest)| (Some(s), rest));
    let host = rest.split(['/', ':']).next()?.rsplit('@').next()?;
    let host = host.trim_matches(['.', '-']).trim_start_matches("www.");
    let (name, top) = host.rsplit_once('.')?;
    let bare = scheme.is_none();
    let named = name.chars().any(|c| c.is_ascii_alphabetic()) && top.chars().all(|c| c.is_ascii_alphabetic());
    (named && (!bare || TOPS.contains(&top))).then(|| host.to_owned())
}

/// Without those that also end file names (rs, py, md, sh, js is none).
const TOPS: &[&str] = &[
    "com", "org", "net", "io", "dev", "jp", "ai", "app", "co", "edu", "gov", "info", "me", "xyz", "uk", "de",
    "fr", "cn", "kr", "eu", "us", "tv", "cloud", "tech", "site", "online", "biz", "link", "example", "test",
    "invalid",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_and_file_names_are_not() {
        let text =
            "See https://www.Example.com/a?b=1, docs.rs.example and main.rs, Node.js, 1.95, v2.0, evil.com.";
        assert_eq!(hosts(text).collect::<Vec<_>>(), ["example.com", "docs.rs.example", "evil.com"]);
    }
}
