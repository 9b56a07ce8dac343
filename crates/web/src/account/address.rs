//! Where the links lead that are good once.

use domain::{link::Purpose, token::Ticket};
use net::Url;

/// The page that takes a link, below the service's address. Without a ticket it is where one is asked for.
pub fn link_address(base: &Url, purpose: Purpose, ticket: Option<&Ticket>) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), purpose.page()));
    url.set_query(ticket.map(|ticket| format!("token={}", ticket.reveal())).as_deref());
    url.set_fragment(None);
    url
}

/// Where a provider sends people back to; it has to know the address.
pub fn callback_address(base: &Url, provider: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}/account/oidc/{provider}/callback", base.path().trim_end_matches('/')));
    url.set_query(None);
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_lies_below_the_services_address() {
        let ticket = Ticket::new([1; 4]);
        let of =
            |base: &str, ticket| link_address(&base.parse().unwrap(), Purpose::Reset, ticket).to_string();
        let shown = of("https://radio.example", Some(&ticket));
        assert_eq!(shown, format!("https://radio.example/account/reset?token={}", ticket.reveal()));
        assert_eq!(of("https://e.org/radio/?x#y", None), "https://e.org/radio/account/reset");
    }
}
