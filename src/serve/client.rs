//! Who asks: the address of the socket, or what a configured proxy says in its place. Pure.

use std::net::{IpAddr, Ipv6Addr};

use axum::http::HeaderMap;

/// The client. Of `X-Forwarded-For` only what our own proxies wrote is believed: the last address that is none of them.
pub fn address(peer: IpAddr, headers: &HeaderMap, proxies: &str) -> IpAddr {
    let proxies: Vec<IpAddr> = proxies.split(',').filter_map(|word| word.trim().parse().ok()).collect();
    let is_ours = |address: &IpAddr| proxies.contains(&address.to_canonical());
    let mut client = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let said: Vec<&str> = lines.flat_map(|line| line.split(',')).collect();
    for word in said.iter().rev() {
        let Ok(before) = word.trim().parse::<IpAddr>() else { break };
        if !is_ours(&client) {
            break;
        }
        client = before.to_canonical();
    }
    client
}

/// What counts as one client: an IPv4 address, or the /64 that one household has.
pub fn bucket(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &'static str, proxies: &str) -> String {
        let mut headers = HeaderMap::new();
        if !forwarded.is_empty() {
            headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        }
        address(peer.parse().unwrap(), &headers, proxies).to_string()
    }

    #[test]
    fn a_stranger_cannot_say_who_asks() {
        assert_eq!(client("198.51.100.7", "203.0.113.9", ""), "198.51.100.7");
        assert_eq!(client("198.51.100.7", "203.0.113.9", "127.0.0.1"), "198.51.100.7");
    }

    #[test]
    fn our_proxies_say_who_asks_and_the_client_cannot_add_to_it() {
        let ours = "127.0.0.1, 10.0.0.2";
        assert_eq!(client("127.0.0.1", "203.0.113.9", ours), "203.0.113.9");
        assert_eq!(client("::ffff:127.0.0.1", "203.0.113.9", ours), "203.0.113.9");
        assert_eq!(client("127.0.0.1", "8.8.8.8, 203.0.113.9, 10.0.0.2", ours), "203.0.113.9");
        assert_eq!(client("127.0.0.1", "nonsense", ours), "127.0.0.1");
        assert_eq!(client("127.0.0.1", "", ours), "127.0.0.1");
    }

    #[test]
    fn a_household_is_one_client() {
        let of = |text: &str| bucket(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("203.0.113.9"), "203.0.113.9");
    }
}
