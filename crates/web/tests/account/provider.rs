//! A small provider of identities on loopback: it asks nobody, signs with a real key, and checks what it is shown.

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    rsa::{KeyPair, PublicKeyComponents},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{SystemTime, UNIX_EPOCH},
};
use url::Url;

/// Made for these tests: it signs nothing else.
const KEY: &[u8] = include_bytes!("provider.der");
pub const CLIENT: &str = "mimiyori";
pub const SECRET: &str = "a secret of the client";

#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    inner: Arc<Inner>,
}

struct Inner {
    key: KeyPair,
    /// What the key is called; another name is another key to those who have not asked again.
    kid: Mutex<String>,
    grants: Mutex<HashMap<String, Grant>>,
}

struct Grant {
    challenge: String,
    redirect: String,
    claims: Value,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            key: KeyPair::from_pkcs8(KEY).unwrap(),
            kid: Mutex::new("one".into()),
            grants: Mutex::default(),
        };
        let provider = Self { issuer, inner: Arc::new(inner) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Somebody has agreed; where their browser is sent to. `claims` stand over the usual ones.
    pub fn agree(&self, asked: &Url, subject: &str, claims: Value) -> Url {
        let asked: HashMap<String, String> = asked.query_pairs().into_owned().collect();
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].contains("openid") && asked["scope"].contains("email"));
        let mut all = json!({"sub": subject, "nonce": asked["nonce"]});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let code = format!("code-{}", self.inner.grants.lock().unwrap().len());
        let grant = Grant {
            challenge: asked["code_challenge"].clone(),
            redirect: asked["redirect_uri"].clone(),
            claims: all,
        };
        self.inner.grants.lock().unwrap().insert(code.clone(), grant);
        let mut back: Url = asked["redirect_uri"].parse().unwrap();
        back.query_pairs_mut().append_pair("code", &code).append_pair("state", &asked["state"]);
        back
    }

    /// From now on it signs with a key of another name.
    pub fn rotate(&self, kid: &str) {
        *self.inner.kid.lock().unwrap() = kid.to_owned();
    }

    /// A token that says so, signed now.
    pub fn sign(&self, claims: &Value) -> String {
        #[expect(clippy::disallowed_methods, reason = "tokens are judged by the real clock")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut all = json!({"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300});
        all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
        let head = json!({"alg": "RS256", "typ": "JWT", "kid": *self.inner.kid.lock().unwrap()});
        let [head, body] = [head, all].map(|part| BASE64.encode(part.to_string()));
        let message = format!("{head}.{body}");
        let mut signature = vec![0; self.inner.key.public().modulus_len()];
        let random = SystemRandom::new();
        self.inner.key.sign(&RSA_PKCS1_SHA256, &random, message.as_bytes(), &mut signature).unwrap();
        format!("{message}.{}", BASE64.encode(signature))
    }
}

async fn discovery(State(provider): State<Provider>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn jwks(State(provider): State<Provider>) -> Json<Value> {
    let public: PublicKeyComponents<Vec<u8>> = provider.inner.key.public_key().into();
    let [n, e] = [public.n, public.e].map(|number| BASE64.encode(number));
    let kid = provider.inner.kid.lock().unwrap().clone();
    Json(json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e}]}))
}

async fn token(State(provider): State<Provider>, headers: HeaderMap, form: Bytes) -> Response {
    let asked: HashMap<String, String> = url::form_urlencoded::parse(&form).into_owned().collect();
    let grant = provider.inner.grants.lock().unwrap().remove(&asked["code"]);
    let basic =
        base64::engine::general_purpose::STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace(' ', "+")));
    let is_client =
        headers.get(header::AUTHORIZATION).is_some_and(|shown| *shown == format!("Basic {basic}"));
    let challenge = BASE64.encode(digest(&SHA256, asked["code_verifier"].as_bytes()));
    match grant {
        Some(grant)
            if is_client && grant.challenge == challenge && grant.redirect == asked["redirect_uri"] =>
        {
            let id_token = provider.sign(&grant.claims);
            let tokens = json!({"access_token": "x", "token_type": "Bearer", "id_token": id_token});
            Json(tokens).into_response()
        }
        _ => (StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))).into_response(),
    }
}
