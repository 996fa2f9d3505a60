//! A real Chromium, driven through WebDriver by `chromedriver`. The programs are found on the path, or named by the
//! variables `CHROMIUM` and `CHROMEDRIVER`; `tests/run` installs them.

use std::env;
use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http::Call;
use crate::process::Process;
use crate::scratch;

/// How long the driver may take to come up, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long an element may take to appear; less than an answer of the driver may.
const SIGHT: Duration = Duration::from_secs(20);
/// The name under which WebDriver hands elements out.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// Without a screen, as root too, alone with the page.
const FLAGS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // The browser ends with the driver, whatever ends the driver.
    "--remote-debugging-pipe",
];

/// A window of a browser of its own.
pub struct Browser {
    address: SocketAddr,
    session: String,
    _driver: Process,
    _profile: TempDir,
}

impl Browser {
    /// Opens a window of that many pixels.
    ///
    /// # Panics
    ///
    /// If there is no Chromium or no chromedriver, or they do not come up.
    pub async fn open(width: u32, height: u32) -> Self {
        let program = env::var("CHROMEDRIVER").unwrap_or_else(|_| "chromedriver".to_owned());
        let driver = Process::start(&[], program, Signal::SIGKILL, |command| {
            command.arg("--port=0");
        });
        let port = driver.stdout.wait_for(|line| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        let port = tokio::time::timeout(PATIENCE, port).await.ok().flatten();
        let Some(port) = port else {
            panic!(
                "no chromedriver: install Debian's chromium and chromium-driver, or name them in CHROMIUM and \
                 CHROMEDRIVER; it said:\n{}",
                driver.stderr.text()
            );
        };
        let profile = scratch::folder("browser-");
        let mut flags: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        flags.push(format!("--window-size={width},{height}"));
        let mut options = json!({"args": flags});
        if let Ok(binary) = env::var("CHROMIUM") {
            options["binary"] = binary.into();
        }
        let capabilities = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"implicit": SIGHT.as_millis()},
        });
        let mut browser = Self {
            address: ([127, 0, 0, 1], port).into(),
            session: String::new(),
            _driver: driver,
            _profile: profile,
        };
        let request = json!({"capabilities": {"alwaysMatch": capabilities}});
        let opened = browser.ask("POST", "/session", Some(request)).await;
        let id = opened["sessionId"].as_str().expect("a session");
        browser.session = format!("/session/{id}");
        browser
    }

    /// Goes to an address and waits until the page is loaded.
    ///
    /// # Panics
    ///
    /// If the driver refuses.
    pub async fn go(&self, address: &str) {
        self.tell("/url", json!({"url": address})).await;
    }

    /// Clicks the first element that an XPath finds, once there is one.
    ///
    /// # Panics
    ///
    /// If there is none in time, or it cannot be clicked.
    pub async fn click(&self, xpath: &str) {
        let element = self.find(xpath).await;
        self.tell(&format!("{element}/click"), json!({})).await;
    }

    /// Types into the first element that an XPath finds, after what is in it.
    ///
    /// # Panics
    ///
    /// If there is none in time, or it takes no text.
    pub async fn type_into(&self, xpath: &str, text: &str) {
        let element = self.find(xpath).await;
        let text = json!({"text": text});
        self.tell(&format!("{element}/value"), text).await;
    }

    /// The text of the first element that an XPath finds, as it is shown.
    ///
    /// # Panics
    ///
    /// If there is none in time.
    pub async fn text(&self, xpath: &str) -> String {
        let element = self.find(xpath).await;
        let path = format!("{}{element}/text", self.session);
        let text = self.ask("GET", &path, None).await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// What a script in the page returns.
    ///
    /// # Panics
    ///
    /// If it throws.
    pub async fn run(&self, script: &str) -> Value {
        let script = json!({"script": script, "args": []});
        self.tell("/execute/sync", script).await
    }

    /// What the console has said since the last time: errors of scripts, of the network and of policies among it.
    ///
    /// # Panics
    ///
    /// If the driver refuses.
    pub async fn console(&self) -> Vec<String> {
        let said = self.tell("/se/log", json!({"type": "browser"})).await;
        let entries = said.as_array().into_iter().flatten();
        entries
            .map(|entry| format!("{}: {}", entry["level"], entry["message"]))
            .collect()
    }

    /// A picture of the window, as PNG.
    ///
    /// # Panics
    ///
    /// If the driver refuses.
    pub async fn picture(&self) -> Vec<u8> {
        let path = format!("{}/screenshot", self.session);
        let picture = self.ask("GET", &path, None).await;
        let bytes = STANDARD.decode(picture.as_str().unwrap_or_default());
        bytes.expect("a picture")
    }

    /// The path of the first element that an XPath finds, once there is one.
    async fn find(&self, xpath: &str) -> String {
        let sought = json!({"using": "xpath", "value": xpath});
        let found = self.tell("/element", sought).await;
        let id = found[ELEMENT].as_str().expect("an element");
        format!("/element/{id}")
    }

    async fn tell(&self, path: &str, body: Value) -> Value {
        let path = format!("{}{path}", self.session);
        self.ask("POST", &path, Some(body)).await
    }

    async fn ask(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let call = Call::new(self.address, method, path);
        let call = match body {
            Some(body) => call.json(body),
            None => call,
        };
        let call = call.bytes();
        let answer = tokio::time::timeout(PATIENCE, answer_to(self.address, &call));
        let (status, value) = answer.await.expect("an answer of the driver in time");
        assert_eq!(status, 200, "{path}: {value}");
        value["value"].clone()
    }
}

/// The code and the JSON that the driver answers. It leaves connections open that it says it closes, so an answer ends
/// where its length says.
async fn answer_to(address: SocketAddr, call: &[u8]) -> (u16, Value) {
    let mut socket = TcpStream::connect(address).await.expect("the driver");
    socket.write_all(call).await.expect("a call that goes out");
    let mut received = Vec::new();
    loop {
        if let Some(answer) = whole(&received) {
            return answer;
        }
        let count = socket.read_buf(&mut received).await.unwrap_or(0);
        assert!(count > 0, "{}", String::from_utf8_lossy(&received));
    }
}

/// An answer, once it is there as a whole.
fn whole(received: &[u8]) -> Option<(u16, Value)> {
    let end = received.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = (str::from_utf8(&received[..end]).ok()?, &received[end + 4..]);
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    let (_, length) = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    let complete = body.len() >= length.trim().parse().ok()?;
    complete.then(|| (status, serde_json::from_slice(body).expect("JSON")))
}
