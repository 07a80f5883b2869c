//! The address guard: fetched text must not make headsup reach into the operator's own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Said when an address is refused; also how the refusal is recognised in an error chain.
pub const REFUSED: &str = "private address refused (allow_private = true allows it for a source)";

/// Most redirects that are followed.
pub const MAX_REDIRECTS: usize = 5;

/// Whether an address is reachable for everybody: not private, loopback, link-local (cloud metadata), shared,
/// multicast or reserved. Registries: <https://www.iana.org/assignments/iana-ipv4-special-registry>.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(v6) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

/// Whether a URL may be asked for as it stands: `http(s)`, and its host, if it is a literal address, is public.
/// (A resolver is not asked for literal addresses.)
pub fn allows(url: &Url) -> bool {
    let is_web = ["http", "https"].contains(&url.scheme());
    is_web
        && match url.host() {
            Some(Host::Ipv4(v4)) => is_public(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => is_public(IpAddr::V6(v6)),
            Some(Host::Domain(name)) => !name.is_empty(),
            None => false,
        }
}

/// Resolves names by the system, and hands on only public addresses: what was checked is what is connected to.
pub struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let all: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let public: Vec<SocketAddr> =
                all.iter().copied().filter(|address| is_public(address.ip())).collect();
            if public.is_empty() && !all.is_empty() {
                return Err(REFUSED.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether a name leads to public addresses only, as far as this machine knows. Only for what a proxy will resolve: a
/// name that is unknown here is the proxy's to judge.
pub async fn resolves_publicly(url: &Url) -> bool {
    let Some(Host::Domain(name)) = url.host() else { return true };
    match tokio::net::lookup_host((name, 0)).await {
        Ok(mut addresses) => addresses.all(|address| is_public(address.ip())),
        Err(_) => true,
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_broadcast()
        || v4.is_documentation();
    let shared = a == 100 && (64..128).contains(&b);
    let reserved =
        a == 0 || a >= 240 || (a == 192 && b == 0 && c == 0) || (a == 198 && (18..20).contains(&b));
    !(special || shared || reserved)
}

/// Only what is given out to everybody (2000::/3), less what is not: protocols such as Teredo (2001::/23),
/// documentation (2001:db8::/32, 3fff::/20). <https://www.iana.org/assignments/iana-ipv6-special-registry>.
fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [first, second, ..] = v6.segments();
    let is_given_out = first & 0xe000 == 0x2000;
    let is_protocol = first == 0x2001 && second < 0x200;
    let is_documentation = first == 0x2001 && second == 0xdb8 || first == 0x3fff && second < 0x1000;
    is_given_out && !is_protocol && !is_documentation
}

/// An IPv4 address inside an IPv6 one: mapped, NAT64, 6to4.
fn embedded_v4(v6: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = v6.segments();
    let from = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(from(high, low)),
        [0x2002, high, low, ..] => Some(from(high, low)),
        _ => {
            v6.to_ipv4_mapped().or_else(|| v6.to_ipv4().filter(|_| !v6.is_loopback() && !v6.is_unspecified()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_in_every_dress_are_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://10.1.2.3/",
            "http://192.168.0.1/",
            "http://172.16.0.1/",
            "http://169.254.169.254/latest",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
            "http://[::1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[64:ff9b:1::7f00:101]/",
            "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
            "http://[::ffff:0:127.0.0.1]/",
            "http://[100::1]/",
            "http://[3fff::1]/",
            "http://[5f00::1]/",
            "http://[ff02::1]/",
            "http://2130706433/",
            "http://0x7f.1/",
            "file:///etc/passwd",
            "ftp://example.org/",
        ] {
            assert!(!Url::parse(url).is_ok_and(|url| allows(&url)), "{url}");
        }
        for url in ["https://93.184.216.34/", "https://[2606:4700::1111]/", "https://example.org/"] {
            assert!(allows(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
