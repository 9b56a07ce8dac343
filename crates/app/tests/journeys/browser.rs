//! A real browser: Debian's Chromium, driven through its chromedriver. Its session is always ended, whether a test ends
//! well or panics, for a Chromium whose driver is gone would stay for ever.

use base64::{Engine, engine::general_purpose::STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    elements::Element,
    error::CmdError,
    key::Key,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use futures::FutureExt;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    panic::{AssertUnwindSafe, resume_unwind},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// For what a page is to show.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    Light,
    Dark,
}

/// What a window is like.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub width: u32,
    pub height: u32,
    pub look: Look,
}

pub const DESK: Window = Window { width: 1280, height: 860, look: Look::Light };
pub const PHONE: Window = Window { width: 360, height: 740, look: Look::Light };

pub struct Browser {
    client: Client,
    driver: Driver,
    pub base: String,
}

/// The driver's process, and the session to end with it.
struct Driver {
    process: Child,
    port: u16,
    session: Option<String>,
}

impl Driver {
    fn start() -> Self {
        let mut process = Command::new("chromedriver")
            .args(["--port=0", "--log-level=SEVERE"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .stdin(Stdio::null())
            .spawn()
            .expect("chromedriver is missing; cargo xtask test --install installs it");
        let said = BufReader::new(process.stdout.take().unwrap());
        let port = said.lines().map_while(Result::ok).find_map(|line| {
            let port = line.split("started successfully on port ").nth(1)?;
            port.trim_end_matches('.').parse().ok()
        });
        Self { process, port: port.expect("chromedriver says where it listens"), session: None }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(session) = &self.session {
            let end = || -> std::io::Result<()> {
                let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
                stream.set_read_timeout(Some(Duration::from_secs(10)))?;
                write!(
                    stream,
                    "DELETE /session/{session} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
                )?;
                // The connection stays open: the first piece says that it is done.
                stream.read(&mut [0; 512]).map(drop)
            };
            let _ = end();
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One command of the DevTools protocol.
#[derive(Debug)]
struct DevTools(Value);

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(self.0.to_string()))
    }
}

/// What the browser wrote into its console.
#[derive(Debug)]
struct Log;

impl WebDriverCompatibleCommand for Log {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/se/log", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (axum::http::Method, Option<String>) {
        (axum::http::Method::POST, Some(json!({ "type": "browser" }).to_string()))
    }
}

impl Browser {
    /// Runs a journey in a browser of its own.
    pub async fn run<F: AsyncFnOnce(&Self)>(base: &str, window: Window, journey: F) {
        let browser = Self::open(base, window).await;
        let ended = AssertUnwindSafe(journey(&browser)).catch_unwind().await;
        let complaints = browser.complaints().await;
        if ended.is_err() {
            eprintln!("at {:?}: {}", browser.client.current_url().await, browser.shown().await);
        }
        drop(browser.driver);
        if let Err(panic) = ended {
            eprintln!("the browser said: {complaints:#?}");
            resume_unwind(panic);
        }
        assert!(complaints.is_empty(), "{complaints:#?}");
    }

    /// What the browser found wrong: scripts that broke off, what the policy refused. That an answer was no 2xx is a
    /// journey's own business.
    async fn complaints(&self) -> Vec<String> {
        let log = self.client.issue_cmd(Log).await.unwrap_or_default();
        let entries = log.as_array().cloned().unwrap_or_default();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        let said = severe.filter_map(|entry| entry["message"].as_str());
        said.filter(|text| !text.contains("Failed to load resource")).map(ToOwned::to_owned).collect()
    }

    async fn open(base: &str, window: Window) -> Self {
        let mut driver = Driver::start();
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-extensions",
            "--disable-background-networking",
            "--disable-component-update",
            "--mute-audio",
            "--autoplay-policy=no-user-gesture-required",
            "--hide-scrollbars",
            "--lang=en-US",
        ];
        let options = json!({ "args": arguments, "prefs": { "intl.accept_languages": "en-US,en" } });
        let mut capabilities = Capabilities::new();
        capabilities.insert("goog:chromeOptions".into(), options);
        capabilities.insert("goog:loggingPrefs".into(), json!({ "browser": "ALL" }));
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", driver.port))
            .await
            .expect("a browser starts");
        driver.session = client.session_id().await.unwrap();
        let browser = Self { client, driver, base: base.trim_end_matches('/').to_owned() };
        browser.resize(window).await;
        browser
    }

    pub async fn tools(&self, command: &str, parameters: Value) -> Value {
        let sent = DevTools(json!({ "cmd": command, "params": parameters }));
        self.client.issue_cmd(sent).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    pub async fn resize(&self, window: Window) {
        let Window { width, height, look } = window;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = if look == Look::Dark { "dark" } else { "light" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.tools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// The element, as soon as it is there.
    pub async fn find(&self, css: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{css}: {error}"),
        }
    }

    pub async fn click(&self, css: &str) {
        self.find(css).await;
        // What a list that renews itself took away meanwhile is there again.
        self.until(&format!("a click on {css}"), async || {
            let element = self.client.find(Locator::Css(css)).await?;
            let script = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})";
            self.client.execute(script, vec![serde_json::to_value(&element)?]).await?;
            element.click().await?;
            Ok(true)
        })
        .await;
    }

    /// Types into a field in place of what is there.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub async fn press(&self, key: Key) {
        let active = self.client.active_element().await.unwrap();
        active.send_keys(&String::from(char::from(key))).await.unwrap();
    }

    /// What the page says, as it is shown.
    pub async fn shown(&self) -> String {
        let text = self.eval("return document.body.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Types where nothing is focused but a part of the page.
    pub async fn type_into(&self, css: &str, text: &str) {
        let focus = format!("document.querySelector({css:?}).focus()");
        self.eval(&focus).await;
        self.client.active_element().await.unwrap().send_keys(text).await.unwrap();
    }

    /// Chooses an option of a list, by the list's name and the option's value.
    pub async fn choose(&self, name: &str, value: &str) {
        let option = format!("select[name='{name}'] option[value='{value}']");
        self.find(&option).await.click().await.unwrap();
    }

    /// Waits until the page says something.
    pub async fn sees(&self, text: &str) {
        self.sees_within(text, PATIENCE).await;
    }

    pub async fn sees_within(&self, text: &str, patience: Duration) {
        let what = format!("the words {text:?}");
        self.until_within(patience, &what, async || {
            let shown = self.client.execute("return document.body.innerText", Vec::new()).await?;
            Ok(shown.as_str().unwrap_or_default().contains(text))
        })
        .await;
    }

    /// Waits until a script's expression holds.
    pub async fn holds(&self, expression: &str) {
        self.until(expression, async || {
            let held = self.client.execute(&format!("return Boolean({expression})"), Vec::new()).await?;
            Ok(held == json!(true))
        })
        .await;
    }

    async fn until(&self, what: &str, look: impl AsyncFn() -> Result<bool, CmdError>) {
        self.until_within(PATIENCE, what, look).await;
    }

    async fn until_within(
        &self,
        patience: Duration,
        what: &str,
        look: impl AsyncFn() -> Result<bool, CmdError>,
    ) {
        let began = tokio::time::Instant::now();
        loop {
            let last = look().await;
            if matches!(last, Ok(true)) {
                return;
            }
            if began.elapsed() > patience {
                panic!("{what} did not come: {last:?}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn eval(&self, script: &str) -> Value {
        self.client.execute(script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// A script that calls its last argument with its result.
    pub async fn wait_for(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// The whole page as PNG.
    pub async fn picture(&self) -> Vec<u8> {
        let wish = json!({ "format": "png", "captureBeyondViewport": true, "optimizeForSpeed": false });
        let shot = self.tools("Page.captureScreenshot", wish).await;
        STANDARD.decode(shot["data"].as_str().unwrap()).unwrap()
    }
}
