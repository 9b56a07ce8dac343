//! A throw-away S3 server on loopback with one bucket: it checks signatures and keeps objects in a folder.

use axum::{Router, body::Body, http::StatusCode, response::IntoResponse};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use std::net::SocketAddr;
use tempfile::TempDir;
use tower::{ServiceExt, service_fn};

#[derive(Debug)]
pub struct S3 {
    folder: TempDir,
    address: SocketAddr,
}

impl S3 {
    pub const BUCKET: &str = "sounds";
    pub const ACCESS_KEY: &str = "ACCESSKEYOFTESTS";
    pub const SECRET_KEY: &str = "secret-key-of-tests";

    /// Serves until the runtime ends.
    pub async fn start() -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::create_dir(folder.path().join(Self::BUCKET))?;
        let files = s3s_fs::FileSystem::new(folder.path())
            .map_err(|error| std::io::Error::other(format!("{error:?}")))?;
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(Self::ACCESS_KEY, Self::SECRET_KEY));
        let s3 = builder.build();
        let answer = service_fn(move |request: axum::extract::Request| {
            let s3 = s3.clone();
            async move {
                let answer = s3.oneshot(request).await;
                Ok::<_, std::convert::Infallible>(match answer {
                    Ok(response) => response.map(Body::new),
                    Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:?}")).into_response(),
                })
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback_service(answer)).await });
        Ok(Self { folder, address })
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The bucket's folder, to look into and to take away.
    pub fn folder(&self) -> std::path::PathBuf {
        self.folder.path().join(Self::BUCKET)
    }
}
