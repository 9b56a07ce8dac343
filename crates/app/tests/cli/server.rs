//! A web server on loopback that says what a test tells it to.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// What a server does with a request.
pub enum Answer {
    /// These bytes, head and all, then the end.
    Bytes(Vec<u8>),
    /// A good head, then the same line for as long as anyone reads.
    Flood,
    /// Nothing at all, with the connection kept open.
    Silence,
}

/// Runs until the test's process ends.
pub struct Server {
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// `answer` is given each request's path.
    pub fn start(answer: impl Fn(&str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let (counted, answer) = (Arc::clone(&requests), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counted.fetch_add(1, Ordering::SeqCst);
                let answer = Arc::clone(&answer);
                // A client that hangs up early is what some tests are about.
                thread::spawn(move || serve(stream, &*answer));
            }
        });
        Self { address, requests }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, answer: &dyn Fn(&str) -> Answer) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut line = String::new();
    while reader.read_line(&mut line).ok()? > 2 {
        line.clear();
    }
    match answer(first.split(' ').nth(1)?) {
        Answer::Bytes(bytes) => stream.write_all(&bytes).ok(),
        Answer::Flood => {
            stream.write_all(&head(200, "content-type: text/xml\r\n")).ok()?;
            let lines = "<!-- and so on -->\n".repeat(1_000);
            loop {
                stream.write_all(lines.as_bytes()).ok()?;
            }
        }
        // The client closes when it has had enough.
        Answer::Silence => reader.read_line(&mut line).ok().map(|_| ()),
    }
}

fn head(status: u16, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Said\r\nconnection: close\r\n{headers}\r\n").into_bytes()
}

/// A whole answer; `headers` are lines that end in CR LF.
pub fn reply(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Answer {
    let mut bytes = head(status, headers);
    bytes.extend_from_slice(body.as_ref());
    Answer::Bytes(bytes)
}
