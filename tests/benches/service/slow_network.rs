//! A network that takes its time: a proxy in front of a database, half a millisecond each way.
//!
//! It runs on threads, since a timer of the async runtime counts in whole milliseconds.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// How long a byte is on its way, in each direction.
const ONE_WAY: Duration = Duration::from_micros(500);

/// Starts a proxy for the server in a URL, and answers the URL with the proxy in its place. It stays until the
/// process ends.
///
/// # Panics
///
/// If the URL names no server, or no port is free.
pub fn before(url: &str) -> String {
    let server = url
        .split_once('@')
        .and_then(|(_, rest)| Some(rest.split_once('/')?.0))
        .expect("a URL that names a server");
    let target: SocketAddr = server.parse().expect("an address");
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let address = listener.local_addr().expect("the address of a listener");
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            // A client that cannot be passed on is let go.
            connect(&client, target).ok();
        }
    });
    url.replacen(server, &address.to_string(), 1)
}

fn connect(client: &TcpStream, target: SocketAddr) -> io::Result<()> {
    let server = TcpStream::connect(target)?;
    for stream in [client, &server] {
        stream.set_nodelay(true)?;
    }
    carry(client.try_clone()?, server.try_clone()?);
    carry(server, client.try_clone()?);
    Ok(())
}

/// Carries bytes from one end to the other; what comes close together is on its way together.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    let (sender, under_way) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let due = Instant::now() + ONE_WAY;
            if sender.send((due, buffer[..count].to_vec())).is_err() {
                break;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in under_way {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                break;
            }
        }
        to.shutdown(Shutdown::Write).ok();
    });
}
