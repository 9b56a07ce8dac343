//! Who somebody is by the word of another service (OpenID Connect Core 1.0): its addresses and keys by discovery, its
//! word by signature, audience, issuer and time. The providers are the operator's to choose; HTTP is `net`'s.

use net::TrustedClient;
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, NonceVerifier, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, Scope, SignatureVerificationError, TokenResponse as _,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier,
        CoreProviderMetadata,
    },
};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr, sync::Arc, time::Duration};
use tokio::{sync::Mutex, time::Instant};
use url::Url;

/// Of one exchange with a provider.
const PATIENCE: Duration = Duration::from_secs(10);
/// Addresses and keys are asked for again.
const FRESH: Duration = Duration::from_secs(3_600);
/// A key that nobody knows may be a new one; it is not asked for more often.
const SETTLED: Duration = Duration::from_secs(30);
const MOST_BYTES: usize = 1 << 20;

/// One whose word is believed.
#[derive(Clone)]
pub struct Issuer {
    url: IssuerUrl,
    client: TrustedClient,
    settled: Duration,
    found: Arc<Mutex<Option<(Instant, CoreProviderMetadata)>>>,
}

/// What we are to a provider.
#[derive(Clone)]
pub struct Registration {
    pub client_id: String,
    /// `None`: a public client, which PKCE has to be enough for.
    pub client_secret: Option<String>,
    pub redirect: Url,
}

/// What has to match when somebody comes back.
#[derive(Serialize, Deserialize)]
pub struct Begun {
    pub state: String,
    nonce: String,
    verifier: String,
}

/// Somebody, as a provider tells of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub issuer: String,
    pub subject: String,
    /// Of which the provider says that it is theirs.
    pub verified_email: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    #[error("{0:?} is no issuer; write it as its provider does, like https://accounts.google.com")]
    Issuer(String),
    /// The provider does not answer, or not as it should.
    #[error("the provider {issuer} does not answer as it should: {cause}")]
    Away { issuer: String, cause: String },
    /// What came is not the provider's word, or not about this.
    #[error("what came from {issuer} is not believed: {cause}")]
    Unbelieved { issuer: String, cause: String },
}

/// What went wrong below HTTP, in a line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Silent(String);

/// A token that was asked for with no nonce needs none.
struct NoNonce;

impl NonceVerifier for NoNonce {
    fn verify(self, _: Option<&Nonce>) -> Result<(), String> {
        Ok(())
    }
}

impl Issuer {
    pub fn new(url: &str, client: TrustedClient) -> Result<Self, OidcError> {
        let url = IssuerUrl::new(url.to_owned()).map_err(|_| OidcError::Issuer(url.to_owned()))?;
        Ok(Self { url, client, settled: SETTLED, found: Arc::default() })
    }

    /// How soon it is asked again where a key is not known.
    pub fn asked_again_after(self, settled: Duration) -> Self {
        Self { settled, ..self }
    }

    /// Where a browser is to go, and what has to match when it comes back.
    pub async fn begin(&self, registration: &Registration) -> Result<(Url, Begun), OidcError> {
        let client = relying(self.metadata(FRESH).await?, registration);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let (address, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scope(Scope::new("email".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        let begun = Begun {
            state: state.secret().clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
        };
        Ok((address, begun))
    }

    /// Who has come back, by the code they bring.
    pub async fn finish(
        &self,
        registration: &Registration,
        begun: Begun,
        code: String,
    ) -> Result<Told, OidcError> {
        let client = relying(self.metadata(FRESH).await?, registration);
        let call = |request| call(self.client.clone(), request);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|cause| self.away(cause))?
            .set_pkce_verifier(PkceCodeVerifier::new(begun.verifier))
            .request_async(&call)
            .await
            // The answer may hold tokens: only what kind of failure it was is said.
            .map_err(|error| self.unbelieved(kind(&error)))?;
        let token = tokens.id_token().ok_or_else(|| self.unbelieved("it gave no ID token"))?;
        let nonce = Nonce::new(begun.nonce);
        match self.believed(token, registration, &nonce).await? {
            Ok(claims) => Ok(told(&claims)),
            Err(cause) => Err(self.unbelieved(cause)),
        }
    }

    /// Who shows a token that the issuer made for an audience; `None` where it is not believed.
    pub async fn bearer(&self, token: &str, audience: &str) -> Result<Option<Told>, OidcError> {
        let Ok(token) = CoreIdToken::from_str(token) else { return Ok(None) };
        let registration = Registration {
            client_id: audience.to_owned(),
            client_secret: None,
            redirect: self.url.url().clone(),
        };
        let claims = self.believed(&token, &registration, NoNonce).await?;
        Ok(claims.ok().map(|claims| told(&claims)))
    }

    /// The claims of a token, or why it is not believed. Keys change: one that is not known is looked for once more.
    async fn believed<N: NonceVerifier + Again>(
        &self,
        token: &CoreIdToken,
        registration: &Registration,
        nonce: N,
    ) -> Result<Result<CoreIdTokenClaims, String>, OidcError> {
        let first = self.metadata(FRESH).await?;
        match token.claims(&self.verifier(&first, registration), nonce.again()) {
            Ok(claims) => return Ok(Ok(claims.clone())),
            Err(openidconnect::ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {}
            Err(error) => return Ok(Err(error.to_string())),
        }
        let again = self.metadata(self.settled).await?;
        let claims = token.claims(&self.verifier(&again, registration), nonce).cloned();
        Ok(claims.map_err(|error| error.to_string()))
    }

    fn verifier<'a>(
        &self,
        metadata: &CoreProviderMetadata,
        registration: &Registration,
    ) -> CoreIdTokenVerifier<'a> {
        let id = ClientId::new(registration.client_id.clone());
        // Signed by a key of the issuer's, whether we have a secret or not.
        CoreIdTokenVerifier::new_public_client(id, self.url.clone(), metadata.jwks().clone())
    }

    async fn metadata(&self, fresh: Duration) -> Result<CoreProviderMetadata, OidcError> {
        let mut found = self.found.lock().await;
        if let Some((_, metadata)) = found.as_ref().filter(|(at, _)| at.elapsed() < fresh) {
            return Ok(metadata.clone());
        }
        let call = |request| call(self.client.clone(), request);
        let discovered = CoreProviderMetadata::discover_async(self.url.clone(), &call).await;
        let metadata = discovered.map_err(|error| self.away(error))?;
        *found = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }

    fn away(&self, cause: impl fmt::Display) -> OidcError {
        OidcError::Away { issuer: self.url.to_string(), cause: cause.to_string() }
    }

    fn unbelieved(&self, cause: impl fmt::Display) -> OidcError {
        OidcError::Unbelieved { issuer: self.url.to_string(), cause: cause.to_string() }
    }
}

/// With an address to send people to, and perhaps one for codes and one for more about them.
type Relying = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

fn relying(metadata: CoreProviderMetadata, registration: &Registration) -> Relying {
    let id = ClientId::new(registration.client_id.clone());
    let secret = registration.client_secret.clone().map(ClientSecret::new);
    CoreClient::from_provider_metadata(metadata, id, secret)
        .set_redirect_uri(RedirectUrl::from_url(registration.redirect.clone()))
}

/// A nonce is compared twice where keys have changed.
trait Again: Sized {
    fn again(&self) -> Self;
}

impl Again for NoNonce {
    fn again(&self) -> Self {
        Self
    }
}

impl Again for &Nonce {
    fn again(&self) -> Self {
        self
    }
}

fn kind<E: std::error::Error + 'static, T: openidconnect::ErrorResponse>(
    error: &openidconnect::RequestTokenError<E, T>,
) -> String {
    use openidconnect::RequestTokenError as Failed;
    match error {
        Failed::ServerResponse(_) => "it does not take the code".to_owned(),
        Failed::Request(cause) => cause.to_string(),
        Failed::Parse(..) => "it answers what cannot be read".to_owned(),
        Failed::Other(_) => "it does not answer as it should".to_owned(),
    }
}

fn told(claims: &CoreIdTokenClaims) -> Told {
    let email = claims.email().filter(|_| claims.email_verified() == Some(true));
    Told {
        issuer: claims.issuer().to_string(),
        subject: claims.subject().to_string(),
        verified_email: email.map(|email| email.to_string()),
    }
}

/// One exchange by our client, within its time and size.
async fn call(client: TrustedClient, request: HttpRequest) -> Result<HttpResponse, Silent> {
    let exchange = async {
        let request = request.try_into().map_err(|_| Silent("the request cannot be written".to_owned()))?;
        // Addresses may hold codes.
        let silent = |error: &dyn fmt::Display| Silent(error.to_string());
        let mut answer = client.execute(request).await.map_err(|error| silent(&error.without_url()))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(|error| silent(&error.without_url()))? {
            body.extend_from_slice(&piece);
            if body.len() > MOST_BYTES {
                return Err(Silent("its answer is too large".to_owned()));
            }
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    };
    let answered = tokio::time::timeout(PATIENCE, exchange).await;
    answered.map_err(|_| Silent(format!("no answer within {} s", PATIENCE.as_secs())))?
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Begun(…)")
    }
}
