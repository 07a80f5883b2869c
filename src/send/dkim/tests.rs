//! Signatures are verified here by the receiver's way, and forgeries are refused.

use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use super::*;

const RSA: &str = include_str!("../../../tests/fixtures/dkim/rsa.pem");
const RSA_PKCS1: &str = include_str!("../../../tests/fixtures/dkim/rsa-pkcs1.pem");
const RSA_PUBLIC: &str = include_str!("../../../tests/fixtures/dkim/rsa-public.pem");
const RSA_SHORT: &str = include_str!("../../../tests/fixtures/dkim/rsa-short.pem");
const ED25519_KEY: &str = include_str!("../../../tests/fixtures/dkim/ed25519.pem");

fn signer() -> Signer {
    let mail = MailSettings {
        dkim_rsa: Some(RSA.into()),
        dkim_ed25519: Some(ED25519_KEY.into()),
        ..MailSettings::default()
    };
    Signer::new(&mail, "news.example.org").unwrap()
}

fn message() -> Vec<u8> {
    "From: headsup <a@news.example.org>\r\nTo: b@example.com\r\nSubject: a long\r\n one\r\nDate: x\r\n\
     Message-ID: <1@news.example.org>\r\nList-Unsubscribe: <https://h.example.org/u/1>\r\n\
     List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n\
     Content-Type: text/plain; charset=utf-8\r\n\r\nHello \t you\r\n\r\n.dot\r\n\r\n"
        .into()
}

fn signed() -> Vec<u8> {
    signer().sign(message(), DateTime::from_timestamp(1_780_000_000, 0).unwrap()).unwrap()
}

/// Verifies each signature as a receiver does, who knows nothing but the message and the records.
fn verifies(message: &[u8]) -> Vec<bool> {
    let (head, text) = headers(message).unwrap();
    let signatures = head.iter().filter(|(name, _)| *name == "DKIM-Signature");
    signatures.map(|(_, value)| is_good(&head, text, value)).collect()
}

fn is_good(head: &[(&str, &str)], text: &[u8], value: &str) -> bool {
    let tag = |name: &str| {
        let mut tags = value.split(';').filter_map(|tag| tag.split_once('='));
        let found = tags.find(|(own, _)| own.trim() == name).unwrap();
        found.1.split_whitespace().collect::<String>()
    };
    if tag("bh") != STANDARD.encode(Sha256::digest(body(text))) {
        return false;
    }
    let mut left: Vec<_> = head.to_vec();
    let mut to_sign = String::new();
    for name in tag("h").split(':') {
        if let Some(at) = left.iter().rposition(|(own, _)| own.eq_ignore_ascii_case(name)) {
            let (own, value) = left.remove(at);
            to_sign.push_str(&header(own, value));
        }
    }
    let (before, _) = value.rsplit_once(" b=").unwrap();
    to_sign.push_str(header("DKIM-Signature", &format!("{before} b=")).trim_end());
    let record = signer().records().into_iter().find(|record| record.name.starts_with(&tag("s"))).unwrap();
    let public = STANDARD.decode(record.text.rsplit_once("p=").unwrap().1).unwrap();
    let signature = STANDARD.decode(tag("b")).unwrap();
    if tag("a") == "ed25519-sha256" {
        let hash = Sha256::digest(to_sign.as_bytes());
        return UnparsedPublicKey::new(&ED25519, public).verify(&hash, &signature).is_ok();
    }
    // Behind the algorithm, the bit string's head and its count of unused bits.
    let bare = &public[24..];
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, bare).verify(to_sign.as_bytes(), &signature).is_ok()
}

#[test]
fn both_signatures_verify() {
    assert_eq!(verifies(&signed()), [true, true]);
    assert!(signed().ends_with(&message()), "the message itself stays as it was");
}

#[test]
fn what_a_relay_may_do_on_the_way_breaks_nothing() {
    let text = String::from_utf8(signed()).unwrap();
    let refolded = text.replace("Subject: a long\r\n one", "subject:  a long one");
    assert_eq!(verifies(refolded.as_bytes()), [true, true]);
    assert_eq!(verifies(format!("Received: by x\r\n{text}\r\n\r\n").as_bytes()), [true, true]);
}

#[test]
fn forgeries_fail() {
    let text = String::from_utf8(signed()).unwrap();
    for (from, to) in [
        ("Subject: a long", "Subject: a short"),
        ("One-Click", "No-Click"),
        ("Hello", "Hallo"),
        ("https://h.example.org/u/1", "https://h.example.org/u/2"),
        ("From: headsup", "From: heads"),
    ] {
        assert_eq!(verifies(text.replace(from, to).as_bytes()), [false, false], "{to}");
    }
    for name in ["From", "Subject", "To", "Date", "Reply-To", "Cc", "List-Unsubscribe-Post", "Content-Type"] {
        assert_eq!(verifies(format!("{name}: more\r\n{text}").as_bytes()), [false, false], "a second {name}");
    }
}

#[test]
fn the_signatures_lines_are_short() {
    let text = String::from_utf8(signed()).unwrap();
    assert!(text.split("\r\n").all(|line| line.len() <= 78), "{text}");
}

#[test]
fn the_record_is_what_openssl_publishes() {
    let public: String = RSA_PUBLIC.lines().filter(|line| !line.starts_with("---")).collect();
    let record = signer().records().into_iter().find(|record| record.text.contains("k=rsa")).unwrap();
    assert_eq!(record.name, "headsup-rsa._domainkey.news.example.org");
    assert_eq!(record.text, format!("v=DKIM1; k=rsa; p={public}"));
}

#[test]
fn keys_are_read_or_refused_without_showing_them() {
    let old = Key::rsa(RSA_PKCS1).unwrap();
    assert_eq!(old.public(), Key::rsa(RSA).unwrap().public());
    assert_eq!(format!("{old:?}"), "Key(rsa)");
    assert!(Key::ed25519(&new_ed25519().unwrap()).is_ok());
    for (pem, why) in [
        (RSA_SHORT, "2048 bits or more"),
        (ED25519_KEY, "no RSA key"),
        (RSA_PUBLIC, "not an RSA key"),
        ("secret", "no PEM file"),
        ("-----BEGIN PRIVATE KEY-----\nsecret!\n-----END PRIVATE KEY-----", "not base64"),
    ] {
        let error = format!("{:#}", Key::rsa(pem).unwrap_err());
        assert!(error.contains(why) && !error.contains("secret"), "{error}");
    }
    assert!(Key::ed25519(RSA).is_err());
}

#[test]
fn without_keys_a_message_stays_as_it_is() {
    let signer = Signer::new(&MailSettings::default(), "example.org").unwrap();
    assert_eq!(signer.sign(message(), DateTime::UNIX_EPOCH).unwrap(), message());
}
