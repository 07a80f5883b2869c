//! Asks one name server: enough to see what receivers see of our domain. A resolver of our own would be thirty crates.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use simple_dns::rdata::{OPT, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, RCODE, TYPE};
use tokio::net::UdpSocket;
use tokio::time::timeout;

/// How long an answer may take, and how often is asked.
const PATIENCE: Duration = Duration::from_secs(3);
const TRIES: usize = 2;

/// Largest answer; keys of DKIM are longer than the 512 bytes of old.
const MAX_ANSWER: u16 = 4096;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Txt,
    /// Hosts that take mail, by preference.
    Mx,
    /// Addresses of both kinds.
    Address,
    /// The name of an address.
    Ptr,
}

/// A name server.
#[derive(Clone, Copy, Debug)]
pub struct Resolver(SocketAddr);

impl Resolver {
    /// This one.
    pub fn at(address: SocketAddr) -> Self {
        Self(address)
    }

    /// The first of a file like `/etc/resolv.conf`; `None`: it names none.
    pub fn of_file(path: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(path).ok()?;
        let mut servers = text.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
        servers.find_map(|rest| rest.trim().parse::<IpAddr>().ok()).map(|ip| Self(SocketAddr::new(ip, 53)))
    }

    /// All records of a name, as text; none is an empty list.
    ///
    /// # Errors
    /// The server does not answer, or cannot say.
    pub async fn ask(&self, name: &str, kind: Kind) -> anyhow::Result<Vec<String>> {
        let types: &[TYPE] = match kind {
            Kind::Txt => &[TYPE::TXT],
            Kind::Mx => &[TYPE::MX],
            Kind::Address => &[TYPE::A, TYPE::AAAA],
            Kind::Ptr => &[TYPE::PTR],
        };
        let mut records = Vec::new();
        for one in types {
            records.extend(self.ask_type(name, *one).await?);
        }
        Ok(records)
    }

    async fn ask_type(&self, name: &str, kind: TYPE) -> anyhow::Result<Vec<String>> {
        let id = rand::random();
        let mut query = Packet::new_query(id);
        query.set_flags(PacketFlag::RECURSION_DESIRED);
        let qname = Name::new(name).context("this is no name")?;
        query.questions.push(Question::new(qname, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
        *query.opt_mut() = Some(OPT { udp_packet_size: MAX_ANSWER, version: 0, opt_codes: Vec::new() });
        let bytes = query.build_bytes_vec()?;
        let any: IpAddr =
            if self.0.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        for _ in 0..TRIES {
            let socket = UdpSocket::bind((any, 0)).await?;
            socket.connect(self.0).await?;
            socket.send(&bytes).await?;
            let mut buffer = vec![0; usize::from(MAX_ANSWER)];
            let Ok(received) = timeout(PATIENCE, socket.recv(&mut buffer)).await else { continue };
            buffer.truncate(received.with_context(|| format!("{} does not answer", self.0))?);
            let answer = Packet::parse(&buffer).context("the answer cannot be read")?;
            if answer.id() == id {
                return read(&answer);
            }
        }
        bail!("the name server {} does not answer", self.0)
    }
}

fn read(answer: &Packet<'_>) -> anyhow::Result<Vec<String>> {
    ensure!(!answer.has_flags(PacketFlag::TRUNCATION), "the answer was cut off");
    match answer.rcode() {
        RCODE::NoError | RCODE::NameError => {}
        other => bail!("the name server says {other:?}"),
    }
    let mut records = Vec::new();
    for record in &answer.answers {
        records.extend(match &record.rdata {
            RData::TXT(text) => String::try_from(text.clone()).ok(),
            RData::MX(mx) => Some(format!("{} {}", mx.preference, mx.exchange)),
            RData::A(a) => Some(Ipv4Addr::from(a.address).to_string()),
            RData::AAAA(a) => Some(Ipv6Addr::from(a.address).to_string()),
            RData::PTR(name) => Some(name.0.to_string()),
            _ => None,
        });
    }
    Ok(records)
}

/// The name under which the name of an address stands.
pub fn reverse(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(ip) => {
            let nibbles = ip.octets().into_iter().rev().flat_map(|byte| [byte & 15, byte >> 4]);
            let labels: Vec<String> = nibbles.map(|nibble| format!("{nibble:x}")).collect();
            format!("{}.ip6.arpa", labels.join("."))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_turned_round() {
        assert_eq!(reverse("192.0.2.1".parse().unwrap()), "1.2.0.192.in-addr.arpa");
        let six = reverse("2001:db8::1".parse().unwrap());
        assert!(six.starts_with("1.0.0.0.") && six.ends_with("8.b.d.0.1.0.0.2.ip6.arpa"), "{six}");
    }

    #[test]
    fn the_first_name_server_of_the_file_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("resolv.conf");
        std::fs::write(&path, "# c\nsearch example.org\nnameserver 192.0.2.53\nnameserver 192.0.2.54\n")
            .unwrap();
        assert_eq!(Resolver::of_file(&path).unwrap().0.to_string(), "192.0.2.53:53");
        assert!(Resolver::of_file(&folder.path().join("none")).is_none());
    }
}
