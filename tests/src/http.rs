//! A plain client of HTTP/1.1 that sends what it is told, byte by byte where a test wants that.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A call to an HTTP listener, on a connection of its own.
#[derive(Clone, Debug)]
pub struct Call {
    address: SocketAddr,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The code, such as 200.
    pub status: u16,
    /// The headers as they came, their names in small letters.
    pub headers: Vec<(String, String)>,
    /// The body, put together from its chunks.
    pub body: Vec<u8>,
}

impl Call {
    /// A call of that method to a path with its query, as they are to be sent.
    pub fn new(address: SocketAddr, method: &str, target: &str) -> Self {
        Self {
            address,
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a key of ours.
    #[must_use]
    pub fn key(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// With a body of JSON.
    #[must_use]
    pub fn json(self, body: impl ToString) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// With these bytes as its body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// The call as it goes over the wire.
    pub fn bytes(&self) -> Vec<u8> {
        let mut text = format!(
            "{} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            self.method, self.target, self.address
        );
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !self.body.is_empty() {
            text.push_str(&format!("content-length: {}\r\n", self.body.len()));
        }
        text.push_str("\r\n");
        [text.as_bytes(), &self.body].concat()
    }

    /// Sends it and answers what came until the connection was closed.
    ///
    /// # Panics
    ///
    /// If nobody listens, or what comes is no answer.
    pub async fn send(self) -> Answer {
        exchange(self.address, &self.bytes()).await
    }

    /// Sends it and answers the connection, on which its answer comes bit by bit.
    ///
    /// # Panics
    ///
    /// If nobody listens, or no answer begins.
    pub async fn open(self) -> Stream {
        let mut socket = TcpStream::connect(self.address)
            .await
            .expect("a connection");
        socket
            .write_all(&self.bytes())
            .await
            .expect("a call that goes out");
        let mut stream = Stream {
            socket,
            received: Vec::new(),
            head: None,
        };
        while stream.head.is_none() {
            assert!(stream.more().await, "the connection was closed");
        }
        stream
    }
}

/// Sends bytes as they are and answers what came until the connection was closed.
///
/// # Panics
///
/// If nobody listens, or what comes is no answer.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Answer {
    let received = tokio::time::timeout(PATIENCE, async {
        let socket = TcpStream::connect(address).await.expect("a connection");
        let (mut reader, mut writer) = socket.into_split();
        let sent = bytes.to_vec();
        // Whoever refuses a long call early closes before it is sent whole.
        let sending = tokio::spawn(async move {
            let _ = writer.write_all(&sent).await;
            writer
        });
        let mut received = Vec::new();
        let _ = reader.read_to_end(&mut received).await;
        drop(sending.await);
        received
    });
    Answer::read(&received.await.expect("an answer in time"))
}

impl Answer {
    /// Reads an answer that came whole.
    fn read(bytes: &[u8]) -> Self {
        let (mut answer, body) = head(bytes)
            .unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(bytes)));
        let chunked = answer.header("transfer-encoding") == Some("chunked");
        answer.body = if chunked {
            unchunked(body).0
        } else {
            body.to_vec()
        };
        answer
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(other, _)| other == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The body as text.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body in UTF-8")
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {:?}", self.status, self.text()))
    }
}

/// An answer that comes bit by bit.
pub struct Stream {
    socket: TcpStream,
    received: Vec<u8>,
    head: Option<Answer>,
}

impl Stream {
    /// The beginning of the answer, without a body.
    ///
    /// # Panics
    ///
    /// Never: a stream has begun.
    pub fn head(&self) -> &Answer {
        self.head.as_ref().expect("an answer that began")
    }

    /// The text until a mark, which goes with it; what came after the mark is kept for the next time. `None` where
    /// the answer ended before.
    ///
    /// # Panics
    ///
    /// If neither comes in time.
    pub async fn until(&mut self, mark: &str) -> Option<String> {
        loop {
            let (body, whole) = unchunked(&self.received);
            let text = String::from_utf8_lossy(&body).into_owned();
            if let Some(at) = text.find(mark) {
                let (found, rest) = text.split_at(at + mark.len());
                let rest = rest.to_owned();
                // What is kept is put back as one chunk.
                let mut kept = format!("{:x}\r\n{rest}\r\n", rest.len()).into_bytes();
                if rest.is_empty() {
                    kept.clear();
                }
                kept.extend_from_slice(whole);
                let found = found.to_owned();
                self.received = kept;
                return Some(found);
            }
            if !self.more().await {
                return None;
            }
        }
    }

    async fn more(&mut self) -> bool {
        let mut buffer = vec![0; 16 * 1024];
        let read = tokio::time::timeout(PATIENCE, self.socket.read(&mut buffer)).await;
        let count = read.expect("something in time").unwrap_or(0);
        self.received.extend_from_slice(&buffer[..count]);
        if self.head.is_none()
            && let Some((answer, rest)) = head(&self.received)
        {
            let rest = rest.to_vec();
            self.head = Some(answer);
            self.received = rest;
        }
        count > 0
    }
}

/// The code and the headers, and what follows them.
fn head(bytes: &[u8]) -> Option<(Answer, &[u8])> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (&bytes[..end], &bytes[end + 4..]);
    let mut lines = std::str::from_utf8(head).ok()?.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    let answer = Answer {
        status,
        headers: headers.collect(),
        body: Vec::new(),
    };
    Some((answer, body))
}

/// What whole chunks hold, and what follows them.
fn unchunked(mut bytes: &[u8]) -> (Vec<u8>, &[u8]) {
    let mut body = Vec::new();
    loop {
        let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") else {
            return (body, bytes);
        };
        let size = std::str::from_utf8(&bytes[..end]).ok();
        let size = size.and_then(|size| usize::from_str_radix(size, 16).ok());
        let Some(size) = size.filter(|size| bytes.len() >= end + 4 + size) else {
            return (body, bytes);
        };
        body.extend_from_slice(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
}
