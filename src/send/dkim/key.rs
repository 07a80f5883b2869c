//! A signing key, from a PEM file. Its private half is never shown.

use std::fmt;

use anyhow::{Context as _, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::rsa;
use ring::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};

/// `SEQUENCE { OID rsaEncryption, NULL }`.
const RSA_ALGORITHM: [u8; 15] =
    [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

/// Characters of a line of PEM.
const PEM_WIDTH: usize = 64;

/// A key of one of the two kinds that DKIM knows.
pub enum Key {
    /// What every receiver reads.
    Rsa(Box<rsa::KeyPair>),
    /// Short and fast, read by some.
    Ed25519(Box<Ed25519KeyPair>),
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.kind())
    }
}

/// A fresh Ed25519 key as PEM.
///
/// # Errors
/// The machine has no randomness.
pub fn new_ed25519() -> anyhow::Result<String> {
    let der = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).ok().context("no randomness")?;
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> =
        text.as_bytes().chunks(PEM_WIDTH).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n")))
}

impl Key {
    /// An RSA key, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// It is none, or shorter than 2048 bits.
    pub fn rsa(pem: &str) -> anyhow::Result<Self> {
        let (label, der) = read_pem(pem)?;
        let pair = match label.as_str() {
            "PRIVATE KEY" => rsa::KeyPair::from_pkcs8(&der),
            "RSA PRIVATE KEY" => rsa::KeyPair::from_der(&der),
            other => bail!("holds {other:?}, not an RSA key"),
        };
        // ring takes none shorter than 2048 bits, and receivers count such a signature as none.
        let pair = pair.map_err(|why| anyhow::anyhow!("is no RSA key of 2048 bits or more: {why}"))?;
        Ok(Self::Rsa(Box::new(pair)))
    }

    /// An Ed25519 key, PKCS#8.
    ///
    /// # Errors
    /// It is none.
    pub fn ed25519(pem: &str) -> anyhow::Result<Self> {
        let (_, der) = read_pem(pem)?;
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der);
        let pair = pair.map_err(|why| anyhow::anyhow!("is no Ed25519 key that can be used: {why}"))?;
        Ok(Self::Ed25519(Box::new(pair)))
    }

    /// As `a=` names it.
    pub fn algorithm(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa-sha256",
            Self::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// As `k=` names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Rsa(_) => "rsa",
            Self::Ed25519(_) => "ed25519",
        }
    }

    /// The public half as `p=` has it.
    pub fn public(&self) -> Vec<u8> {
        match self {
            Self::Rsa(pair) => subject_public_key_info(pair.public_key().as_ref()),
            Self::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// Signs the hash of `text`: both algorithms of DKIM begin with SHA-256.
    ///
    /// # Errors
    /// The machine has no randomness.
    pub fn sign(&self, text: &[u8]) -> anyhow::Result<Vec<u8>> {
        match self {
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature);
                signed.ok().context("cannot sign")?;
                Ok(signature)
            }
            // RFC 8463: what is signed is the hash itself.
            Self::Ed25519(pair) => {
                let hash = ring::digest::digest(&ring::digest::SHA256, text);
                Ok(pair.sign(hash.as_ref()).as_ref().to_vec())
            }
        }
    }
}

/// The label and the bytes of a PEM file.
fn read_pem(pem: &str) -> anyhow::Result<(String, Vec<u8>)> {
    let (_, rest) = pem.split_once("-----BEGIN ").context("is no PEM file")?;
    let (label, rest) = rest.split_once("-----").context("is no PEM file")?;
    let (text, _) = rest.split_once("-----END ").context("is a PEM file without an end")?;
    let text: String = text.split_whitespace().collect();
    // Not the decoder's words: they quote what is in the file.
    let der = STANDARD.decode(text).ok().context("is no PEM file: what it holds is not base64")?;
    Ok((label.to_owned(), der))
}

/// An RSA public key as everybody but ring writes it: `SEQUENCE { algorithm, BIT STRING { key } }`.
fn subject_public_key_info(key: &[u8]) -> Vec<u8> {
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    let mut inner = RSA_ALGORITHM.to_vec();
    inner.extend(tagged(0x03, &bits));
    tagged(0x30, &inner)
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut all = vec![tag];
    if content.len() >= 128 {
        all.push(0x80 | length.len() as u8);
    }
    all.extend(length);
    all.extend_from_slice(content);
    all
}
