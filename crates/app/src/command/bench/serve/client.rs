//! An HTTP client that costs next to nothing beside what it measures: kept connections, a request as bytes, answers
//! that are counted and not kept.

use std::{
    io::{Error, ErrorKind, Read, Result, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// How early a client wakes up for what it is to send: sleep may last this much longer than asked for.
const EARLY: Duration = Duration::from_millis(2);
/// Connections at the same time.
const CONNECTIONS: u32 = 4;
const BUFFER_BYTES: usize = 256 * 1_024;

/// What is asked for, again and again.
#[derive(Clone, Debug)]
pub struct Ask {
    path: String,
    /// Header lines of each turn, one after another.
    turns: Vec<String>,
    status: u16,
}

#[derive(Clone, Debug)]
pub struct Answer {
    pub etag: String,
    pub bytes: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct Rate {
    pub per_s: f64,
    pub bytes_per_s: f64,
}

#[derive(Clone, Copy, Debug)]
pub struct Paced {
    pub p50: Duration,
    pub p99: Duration,
}

#[derive(Clone, Debug)]
pub struct Client {
    address: String,
}

impl Ask {
    pub fn whole(path: &str) -> Self {
        Self { path: path.to_owned(), turns: vec![String::new()], status: 200 }
    }

    /// What whoever asks has already.
    pub fn known(path: &str, etag: &str) -> Self {
        Self { path: path.to_owned(), turns: vec![format!("if-none-match: {etag}\r\n")], status: 304 }
    }

    /// Ranges of the same path, spread over all of its bytes.
    pub fn ranges(&self, range_bytes: u64, bytes: u64) -> Self {
        let starts = (0..bytes.saturating_sub(range_bytes)).step_by(range_bytes as usize + 12_345);
        let turn = |start: u64| format!("range: bytes={start}-{}\r\n", start + range_bytes - 1);
        Self { path: self.path.clone(), turns: starts.map(turn).collect(), status: 206 }
    }

    fn request(&self, turn: usize) -> String {
        let headers = &self.turns[turn % self.turns.len()];
        format!("GET {} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n", self.path)
    }
}

impl Client {
    pub fn of(address: &str) -> Self {
        Self { address: address.to_owned() }
    }

    pub fn once(&self, ask: &Ask) -> Result<Answer> {
        Connection::open(&self.address)?.ask(ask, 0)
    }

    /// Each connection asks again as soon as it has its answer.
    pub fn as_fast_as_it_goes(&self, ask: &Ask, time: Duration) -> Result<Rate> {
        self.once(ask)?;
        let began = Instant::now();
        let counts = self.side_by_side(|connection, index| {
            let (mut answers, mut bytes) = (0_u64, 0_u64);
            while began.elapsed() < time {
                bytes += connection.ask(ask, index as usize * 7 + answers as usize)?.bytes;
                answers += 1;
            }
            Ok((answers, bytes))
        })?;
        let seconds = began.elapsed().as_secs_f64();
        let answers: u64 = counts.iter().map(|(answers, _)| answers).sum();
        let bytes: u64 = counts.iter().map(|(_, bytes)| bytes).sum();
        Ok(Rate { per_s: answers as f64 / seconds, bytes_per_s: bytes as f64 / seconds })
    }

    /// So many requests a second, whether or not those before are answered: how long half of them take, and all but
    /// one in a hundred, from when each was to be sent.
    pub fn paced(&self, ask: &Ask, per_s: u32, time: Duration) -> Result<Paced> {
        self.once(ask)?;
        let step = Duration::from_secs(1) / per_s;
        let requests = (time.as_secs_f64() * f64::from(per_s)) as u32 / CONNECTIONS;
        let began = Instant::now() + Duration::from_millis(20);
        let took = self.side_by_side(|connection, index| {
            let mut took = Vec::with_capacity(requests as usize);
            for n in 0..requests {
                let due = began + step * (n * CONNECTIONS + index);
                thread::sleep(due.saturating_duration_since(Instant::now() + EARLY));
                while Instant::now() < due {
                    std::hint::spin_loop();
                }
                connection.ask(ask, n as usize)?;
                took.push(due.elapsed());
            }
            Ok(took)
        })?;
        let mut took: Vec<Duration> = took.into_iter().flatten().collect();
        took.sort_unstable();
        let place = |percent: usize| took.get(took.len().saturating_sub(1) * percent / 100).copied();
        let paced = place(50).zip(place(99)).map(|(p50, p99)| Paced { p50, p99 });
        paced.ok_or_else(|| Error::other("nothing was asked"))
    }

    /// How long each of so many requests takes, one after the other.
    pub fn one_by_one(&self, ask: &Ask, requests: u32) -> Result<Vec<Duration>> {
        let mut connection = Connection::open(&self.address)?;
        let timed = |n| {
            let began = Instant::now();
            connection.ask(ask, n as usize).map(|_| began.elapsed())
        };
        (0..requests).map(timed).collect()
    }

    fn side_by_side<T: Send>(
        &self,
        work: impl Fn(&mut Connection, u32) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let connections: Vec<Connection> =
            (0..CONNECTIONS).map(|_| Connection::open(&self.address)).collect::<Result<_>>()?;
        thread::scope(|scope| {
            let work = &work;
            let threads: Vec<_> = (0..CONNECTIONS)
                .zip(connections)
                .map(|(index, mut connection)| scope.spawn(move || work(&mut connection, index)))
                .collect();
            let ended = |thread: thread::ScopedJoinHandle<'_, Result<T>>| {
                thread.join().unwrap_or_else(|_| Err(Error::other("a thread ended early")))
            };
            threads.into_iter().map(ended).collect()
        })
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        Ok(Self { stream, buffer: vec![0; BUFFER_BYTES] })
    }

    fn ask(&mut self, ask: &Ask, turn: usize) -> Result<Answer> {
        self.stream.write_all(ask.request(turn).as_bytes())?;
        let mut filled = 0;
        let end = loop {
            let read = self.stream.read(&mut self.buffer[filled..])?;
            if read == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            filled += read;
            if let Some(end) = self.buffer[..filled].windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0_u16);
        if status != ask.status {
            return Err(Error::other(format!("status {status} instead of {}", ask.status)));
        }
        let header = |name: &str| {
            let mut lines = head.lines().filter_map(|line| line.split_once(": "));
            lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        let length = header("content-length").and_then(|length| length.parse().ok());
        // An answer that says nothing new has no body, whatever length it names (RFC 9112 §6.3).
        let bytes: u64 = if status == 304 { 0 } else { length.unwrap_or(0) };
        let mut left = bytes.saturating_sub((filled - end) as u64);
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(BUFFER_BYTES).min(BUFFER_BYTES);
            match self.stream.read(&mut self.buffer[..most])? {
                0 => return Err(ErrorKind::UnexpectedEof.into()),
                read => left -= read as u64,
            }
        }
        Ok(Answer { etag: header("etag").unwrap_or_default(), bytes })
    }
}
