//! Mail by SMTP. A server that says no for now is asked again, by whoever has the letter; one that says no for good is
//! believed.

use super::Written;
use domain::Email;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    address::AddressError,
    message::{Mailbox, MultiPart, header},
    transport::smtp::{self, authentication::Credentials, extension::ClientId},
};
use std::{fmt, time::Duration};
use url::Url;

/// For a server to take a letter.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where letters are handed in, and who they are from.
#[derive(Clone)]
pub struct Post {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    /// What follows the @ of names of letters.
    host: String,
}

#[derive(Debug, thiserror::Error)]
pub enum BadPost {
    #[error("it is no address of a mail server ({0}); write it like smtps://user@smtp.example.org")]
    Server(String),
    #[error("{0:?} is no sender; write it like Mimiyori <radio@example.org>")]
    From(String),
}

#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It may be taken next time.
    #[error("the mail server does not take it now: {0}")]
    ForNow(String),
    /// It will not be taken next time either.
    #[error("the mail server refuses it: {0}")]
    ForGood(String),
    #[error("it cannot be written: {0}")]
    Unwritable(String),
}

impl Post {
    /// `url` is `smtps://user@host`, or `smtp://host:port?tls=required`; `password` may also stand in it. `host` is
    /// how this service is called.
    pub fn open(url: &str, password: Option<&str>, from: &str, host: &str) -> Result<Self, BadPost> {
        let server = |cause: &dyn fmt::Display| BadPost::Server(cause.to_string());
        let address: Url = url.parse().map_err(|cause| server(&cause))?;
        if address.host_str().is_none_or(str::is_empty) {
            return Err(server(&"it names no host"));
        }
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|cause| server(&cause))?;
        if let Some(password) = password {
            let user = percent_decoded(address.username());
            builder = builder.credentials(Credentials::new(user, password.to_owned()));
        }
        let transport = builder.hello_name(ClientId::Domain(host.to_owned())).timeout(Some(PATIENCE)).build();
        let from = from.parse().map_err(|_| BadPost::From(from.to_owned()))?;
        Ok(Self { transport, from, host: host.to_owned() })
    }

    /// `name` is the letter's own, the same when it is sent again: a mailbox may know it then.
    pub async fn send(&self, to: &Email, letter: &Written, name: &str) -> Result<(), MailError> {
        let message = self.message(to, letter, name)?;
        let sent = tokio::time::timeout(PATIENCE * 2, self.transport.send(message)).await;
        let Ok(sent) = sent else { return Err(MailError::ForNow("no answer in time".to_owned())) };
        sent.map(drop).map_err(|error| refused(&error))
    }

    fn message(&self, to: &Email, letter: &Written, name: &str) -> Result<Message, MailError> {
        let unwritable = |cause: &dyn fmt::Display| MailError::Unwritable(cause.to_string());
        let address = to.as_sent().parse().map_err(|cause: AddressError| unwritable(&cause))?;
        let body = MultiPart::alternative_plain_html(letter.plain.clone(), letter.html.clone());
        let mut builder = Message::builder();
        if let Some(url) = &letter.unsubscribe {
            builder = builder.header(Unsubscribe(url.clone())).header(OneClick);
        }
        builder
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(&letter.subject)
            .message_id(Some(format!("<{name}@{}>", self.host)))
            .header(AutoSubmitted)
            .multipart(body)
            .map_err(|cause| unwritable(&cause))
    }
}

fn refused(error: &smtp::Error) -> MailError {
    // What a server says may stand in several lines, and goes to a log.
    let said = error.to_string().replace(|c: char| c.is_control(), " ");
    if said.contains("invalid peer certificate") {
        let said = "this machine does not believe the mail server's certificate; see docs/operate/sign-in.md";
        return MailError::ForNow(said.to_owned());
    }
    if error.is_permanent() || error.is_client() { MailError::ForGood(said) } else { MailError::ForNow(said) }
}

fn percent_decoded(text: &str) -> String {
    let pair = format!("x={}", text.replace('+', "%2B"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, user)| user.into_owned()).unwrap_or_default()
}

/// A header that is only written, never read.
macro_rules! written {
    ($(#[$doc:meta])* $header:ident $(($of:ty))?, $name:literal, $value:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        struct $header $(($of))?;

        impl header::Header for $header {
            fn name() -> header::HeaderName {
                header::HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Err(format!("{} is not read", $name).into())
            }

            fn display(&self) -> header::HeaderValue {
                let value: fn(&Self) -> String = $value;
                header::HeaderValue::new(Self::name(), value(self))
            }
        }
    };
}

written!(
    /// Nobody's holiday notice is to answer (RFC 3834).
    AutoSubmitted, "Auto-Submitted", |_| "auto-generated".to_owned()
);
written!(
    /// Where more of the kind is put an end to (RFC 2369).
    Unsubscribe(Url), "List-Unsubscribe", |Unsubscribe(url)| format!("<{url}>")
);
written!(
    /// By one request, without anything to confirm (RFC 8058).
    OneClick, "List-Unsubscribe-Post", |_| "List-Unsubscribe=One-Click".to_owned()
);

impl fmt::Debug for Post {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Post").field("from", &self.from).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_server_or_sender_is_said_so() {
        let open = |url: &str, from: &str| Post::open(url, None, from, "radio.example").map(drop);
        for url in ["", "smtp.example.org", "https://smtp.example.org", "smtp://", "smtp://h?tls=perhaps"] {
            let error = open(url, "a@e.org").unwrap_err();
            assert!(error.to_string().contains("smtps://user@"), "{url}: {error}");
        }
        assert!(open("smtps://me:secret@h", "nobody").unwrap_err().to_string().contains("no sender"));
        let post = Post::open("smtp://me@h:25?tls=required", Some("secret"), "M <a@e.org>", "radio.example");
        assert!(!format!("{:?}", post.unwrap()).contains("secret"));
    }

    #[test]
    fn a_letter_is_mime_in_both_forms_to_one_address_from_a_machine() {
        let post = Post::open("smtp://h", None, "耳寄り <a@e.org>", "radio.example").unwrap();
        let letter = Written {
            subject: "件名".into(),
            plain: "本文\n".into(),
            html: "<p>本文</p>\n".into(),
            unsubscribe: Some("https://radio.example/unsubscribe/x".parse().unwrap()),
        };
        let message = post.message(&"花子@例え.jp".parse().unwrap(), &letter, "7").unwrap();
        let to: Vec<String> = message.envelope().to().iter().map(ToString::to_string).collect();
        assert_eq!(to, ["花子@xn--r8jz45g.jp"]);
        let text = String::from_utf8(message.formatted()).unwrap();
        for line in [
            "Message-ID: <7@radio.example>",
            "Auto-Submitted: auto-generated",
            "List-Unsubscribe: <https://radio.example/unsubscribe/x>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
        for part in ["multipart/alternative", "text/plain; charset=utf-8", "text/html; charset=utf-8"] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
