//! Reading sources: policy and tokens from the configuration.

use crate::{
    cli::Place,
    config::{self, Config, ConfigError},
    failure::{Failure, Kind},
};
use net::{AllowPrivate, Client, Policy, Token};
use studio::source::{self, Answer, Feed, Reading, SourceAddress, SourceError};

/// How sources are read: who may be asked, and as whom.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Within what the configuration allows.
    client: Client,
    qiita_token: Option<Token>,
}

impl Sources {
    pub fn of(place: &Place) -> Result<Self, Failure> {
        Self::configured(&Config::load(place.config.as_deref())?)
    }

    pub fn configured(config: &Config) -> Result<Self, Failure> {
        let networks =
            config.sources.allow_private.iter().map(|network| network.parse()).collect::<Result<_, _>>();
        let networks: Vec<net::Network> = networks.map_err(|cause: net::BadNetwork| {
            Failure::from(ConfigError::Content {
                place: "sources.allow_private".into(),
                cause: cause.to_string(),
            })
        })?;
        let allow_private =
            if networks.is_empty() { AllowPrivate::No } else { AllowPrivate::Networks(networks) };
        let qiita_token = config.sources.qiita_token.reveal()?.map(Token::new);
        Ok(Self { client: client(allow_private), qiita_token })
    }

    /// How this source is read.
    pub fn reading(&self, address: &SourceAddress) -> Reading<'_> {
        self.reading_by(&self.client, address)
    }

    /// What reaches all that the configuration allows.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Reads a file, address or shortcut; `also_private` is `--allow-private`.
    pub async fn read(&self, source: &str, also_private: AlsoPrivate) -> Result<Feed, Failure> {
        let address: SourceAddress = source.parse().map_err(|cause| unreadable(SourceError::from(cause)))?;
        let unlimited;
        let reading = match also_private {
            AlsoPrivate::Yes => {
                unlimited = client(AllowPrivate::All);
                self.reading_by(&unlimited, &address)
            }
            AlsoPrivate::No => self.reading(&address),
        };
        match source::read(&address, &reading).await.map_err(unreadable)? {
            Answer::Read(feed) => Ok(feed),
            // Without validators in the question there is no such answer to it.
            Answer::Unchanged { .. } => {
                Err(Failure::new(Kind::Input, format!("{source}: answered 304 to an unconditional request")))
            }
        }
    }

    fn reading_by<'a>(&self, client: &'a Client, address: &SourceAddress) -> Reading<'a> {
        let token = self.qiita_token.clone().filter(|_| address.takes_qiita_token());
        Reading { token, ..Reading::by(client) }
    }
}

fn client(allow_private: AllowPrivate) -> Client {
    Client::new(Policy { allow_private, user_agent: config::USER_AGENT.to_owned() })
}

/// Whether sources on private networks may be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlsoPrivate {
    Yes,
    No,
}

impl From<bool> for AlsoPrivate {
    fn from(flag: bool) -> Self {
        if flag { Self::Yes } else { Self::No }
    }
}

fn unreadable(error: SourceError) -> Failure {
    Failure::new(Kind::Input, error)
}
