//! `doctor mail` against a name server on loopback.

use headsup::send::dns::{Kind, Resolver};
use simple_dns::rdata::{A, MX, RData, TXT};
use simple_dns::{CLASS, Name, Packet, RCODE, ResourceRecord};
use tokio::net::UdpSocket;

use crate::app::open_folder;

/// Answers every question about `mail.example.org` and its keys; whatever else is asked does not exist.
async fn name_server() -> std::net::SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let addr = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 4096];
        while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
            let answer = answer(&buffer[..n]);
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    addr
}

fn answer(query: &[u8]) -> Vec<u8> {
    let query = Packet::parse(query).unwrap();
    let question = query.questions[0].clone();
    let name = question.qname.to_string();
    let mut reply = Packet::new_reply(query.id());
    let kind = format!("{:?}", question.qtype);
    let mut add = |data: RData<'static>| {
        let name = Name::new_unchecked("mail.example.org").into_owned();
        reply.answers.push(ResourceRecord::new(name, CLASS::IN, 60, data));
    };
    match (name.as_str(), kind.as_str()) {
        ("mail.example.org", "TYPE(TXT)") => {
            add(RData::TXT(
                TXT::new().with_string("v=spf1 ip4:192.0.2.1 ").unwrap().with_string("-all").unwrap(),
            ));
        }
        ("_dmarc.example.org", "TYPE(TXT)") => {
            add(RData::TXT(TXT::new().with_string("v=DMARC1; p=none; rua=mailto:d@example.org").unwrap()));
        }
        ("mail.example.org", "TYPE(MX)") => {
            add(RData::MX(MX { preference: 10, exchange: Name::new_unchecked("mx.example.org") }));
        }
        ("mx.example.org", "TYPE(A)") => add(RData::A(A { address: 0xc000_0201 })),
        ("mx.example.org", _) => {}
        _ => *reply.rcode_mut() = RCODE::NameError,
    }
    reply.questions.push(question);
    reply.build_bytes_vec().unwrap()
}

#[tokio::test]
async fn records_are_read_and_what_does_not_exist_is_none() {
    let resolver = Resolver::at(name_server().await);
    assert_eq!(resolver.ask("mail.example.org", Kind::Txt).await.unwrap(), ["v=spf1 ip4:192.0.2.1 -all"]);
    assert_eq!(resolver.ask("mail.example.org", Kind::Mx).await.unwrap(), ["10 mx.example.org"]);
    assert_eq!(resolver.ask("mx.example.org", Kind::Address).await.unwrap(), ["192.0.2.1"]);
    assert!(resolver.ask("nobody.example.org", Kind::Txt).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_mail_says_what_is_missing_and_what_to_publish() {
    let (server, folder) = (name_server().await, open_folder());
    let headsup = |args: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_headsup"));
        command.args(args).current_dir(folder.path()).env("HEADSUP_HOME", folder.path());
        command.env("HEADSUP_MAIL_FROM", "headsup <news@mail.example.org>").env_remove("DATABASE_URL");
        command
    };
    let mut doctor = headsup(&["--json", "doctor", "mail", "--resolver", &server.to_string()]);
    let output = tokio::task::spawn_blocking(move || doctor.output().unwrap()).await.unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let ok: Vec<(&str, bool)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["what"].as_str().unwrap(), row["ok"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        ok,
        [
            ("SPF of mail.example.org", true),
            ("DKIM", false),
            ("DMARC of mail.example.org", true),
            ("MX of mail.example.org", true),
        ]
    );
    assert_eq!(output.status.code(), Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_secret_and_their_records_are_shown() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = open_folder();
    let headsup = |args: &'static [&'static str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_headsup"));
        command.args(args).current_dir(folder.path()).env("HEADSUP_HOME", folder.path());
        command.env("HEADSUP_MAIL_FROM", "headsup <news@mail.example.org>").env_remove("DATABASE_URL");
        command.output().unwrap()
    };
    if std::process::Command::new("openssl").arg("version").output().is_err() {
        return; // without it the command says what to install
    }
    let made = headsup(&["dkim", "new"]);
    let said = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    assert!(
        said.contains("headsup-rsa._domainkey.mail.example.org.  IN TXT  \"v=DKIM1; k=rsa; p="),
        "{said}"
    );
    assert!(said.contains("headsup-ed._domainkey") && !said.contains("PRIVATE"), "{said}");
    for name in ["headsup-rsa.pem", "headsup-ed.pem"] {
        let data = std::fs::metadata(folder.path().join("dkim").join(name)).unwrap();
        assert_eq!(data.permissions().mode() & 0o777, 0o600);
    }
    let again = headsup(&["dkim", "new"]);
    assert_eq!(again.status.code(), Some(2), "no key is overwritten");
    let settings: String = said
        .lines()
        .filter(|line| line.starts_with("[mail]") || line.contains("_file = "))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(folder.path().join("headsup.toml"), settings).unwrap();
    let records = headsup(&["dkim", "records"]);
    let records = String::from_utf8_lossy(&records.stdout).into_owned();
    assert!(!records.is_empty() && said.ends_with(&records), "{records}");
}
