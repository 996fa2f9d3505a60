//! Who really calls, and whether over HTTPS: what the socket says, and what a trusted proxy says in its place.

use std::net::{IpAddr, SocketAddr};

use http::request::Parts;
use http::{HeaderMap, Request};

use crate::auth::Peer;

/// Whether a call came over HTTPS, in the extensions of its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Secure(pub bool);

impl Secure {
    /// Whether that request came over HTTPS, as far as it was found out.
    pub fn of(parts: &Parts) -> bool {
        parts.extensions.get().is_some_and(|Secure(secure)| *secure)
    }
}

/// A network of proxies, by an address in it and the length of its prefix in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// An address in it.
    pub address: IpAddr,
    /// How many leading bits its addresses share.
    pub bits: u8,
}

impl Network {
    fn holds(&self, address: IpAddr) -> bool {
        let shared = |ours: u128, theirs: u128, width: u32| {
            let loose = width.saturating_sub(u32::from(self.bits));
            ours.checked_shr(loose).unwrap_or(0) == theirs.checked_shr(loose).unwrap_or(0)
        };
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                shared(u128::from(ours.to_bits()), u128::from(theirs.to_bits()), 32)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => shared(ours.to_bits(), theirs.to_bits(), 128),
            _ => false,
        }
    }
}

/// Puts into a request who really calls and whether over HTTPS. `tls` is whether the listener speaks it.
pub(super) fn note<B>(request: &mut Request<B>, tls: bool, proxies: &[Network]) -> Secure {
    let trusted = |address: IpAddr| proxies.iter().any(|network| network.holds(address));
    let peer: Option<Peer> = request.extensions().get().copied();
    let mut secure = tls;
    if let Some(Peer(socket)) = peer.filter(|Peer(socket)| trusted(socket.ip())) {
        secure |= last(request.headers(), "x-forwarded-proto")
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"));
        if let Some(client) = client(request.headers(), trusted) {
            request
                .extensions_mut()
                .insert(Peer(SocketAddr::new(client, socket.port())));
        }
    }
    request.extensions_mut().insert(Secure(secure));
    Secure(secure)
}

/// The address nearest to us that is no proxy of ours: what stands before it, anybody may have written.
fn client(headers: &HeaderMap, trusted: impl Fn(IpAddr) -> bool) -> Option<IpAddr> {
    let lists = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|list| list.to_str().ok());
    let all: Vec<&str> = lists
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .collect();
    let addresses = all.iter().rev().map_while(|text| text.parse().ok());
    let mut farthest = None;
    for address in addresses {
        farthest = Some(address);
        if !trusted(address) {
            break;
        }
    }
    farthest
}

/// The last of the values that came in a list: the nearest proxy wrote it.
fn last<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let list = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    list.rsplit(',').next().map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(socket: &str, headers: &[(&'static str, &'static str)]) -> (bool, String) {
        let proxies = [
            Network {
                address: [10, 0, 0, 0].into(),
                bits: 8,
            },
            Network {
                address: IpAddr::V6(std::net::Ipv6Addr::LOCALHOST),
                bits: 128,
            },
        ];
        let mut request = Request::new(());
        request
            .extensions_mut()
            .insert(Peer(socket.parse().unwrap()));
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let Secure(secure) = note(&mut request, false, &proxies);
        let Peer(peer) = *request.extensions().get().unwrap();
        (secure, peer.to_string())
    }

    #[test]
    fn a_trusted_proxy_is_believed_and_nobody_else() {
        let headers = [
            ("x-forwarded-proto", "https"),
            ("x-forwarded-for", "1.2.3.4, 198.51.100.7"),
        ];
        assert_eq!(
            noted("10.1.2.3:44", &headers),
            (true, "198.51.100.7:44".to_owned())
        );
        assert_eq!(
            noted("[::1]:44", &headers),
            (true, "198.51.100.7:44".to_owned())
        );
        assert!(noted("[::ffff:10.1.2.3]:44", &headers).0);
        assert_eq!(
            noted("11.1.2.3:44", &headers),
            (false, "11.1.2.3:44".to_owned())
        );
        assert_eq!(noted("10.1.2.3:44", &[]), (false, "10.1.2.3:44".to_owned()));
    }

    #[test]
    fn what_a_caller_wrote_before_the_proxies_is_not_believed() {
        let headers = [
            ("x-forwarded-proto", "https, http"),
            ("x-forwarded-for", "1.1.1.1, 2.2.2.2"),
            ("x-forwarded-for", "10.0.0.9"),
        ];
        assert_eq!(
            noted("10.1.2.3:44", &headers),
            (false, "2.2.2.2:44".to_owned())
        );
        assert_eq!(
            noted("10.1.2.3:44", &[("x-forwarded-for", "nonsense, 10.0.0.9")]).1,
            "10.0.0.9:44"
        );
    }
}
