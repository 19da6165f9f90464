//! Java's key stores and trust stores, as what librdkafka can read: PEM, and PKCS12 for keys.

use std::path::{Path, PathBuf};

use p12_keystore::{KeyStore, KeyStoreEntry, Pkcs12ImportPolicy};

use super::refuse;
use crate::kafka::error::{KafkaError, Result};

/// A store as the file names it.
pub(super) struct Store {
    pub location: Option<String>,
    pub password: Option<String>,
}

/// What a store becomes.
pub(super) struct Setting {
    pub values: Vec<(&'static str, String)>,
    pub note: String,
}

/// What a file is, by its first bytes; the type that a properties file names is often wrong.
#[derive(Debug, PartialEq)]
enum Kind {
    Pem,
    Pkcs12,
    Jks,
}

/// A trust store: who may have signed the brokers' certificates.
pub(super) fn trust(store: &Store, folder: &Path) -> Result<Option<Setting>> {
    let Some(location) = &store.location else { return Ok(None) };
    let path = folder.join(location);
    let bytes = read(&path)?;
    let setting = match kind(&bytes, &path)? {
        Kind::Pem => Setting {
            values: vec![("ssl.ca.location", path.display().to_string())],
            note: "ssl.truststore.location is taken over as ssl.ca.location".into(),
        },
        Kind::Pkcs12 => {
            let (pem, count) = certificates(&bytes, store, &path)?;
            let note =
                format!("ssl.truststore.location is taken over as ssl.ca.pem, certificates in it: {count}");
            Setting { values: vec![("ssl.ca.pem", pem)], note }
        }
        Kind::Jks => return Err(jks(&path)),
    };
    Ok(Some(setting))
}

/// A key store: who we are.
pub(super) fn key(store: &Store, folder: &Path) -> Result<Option<Setting>> {
    let Some(location) = &store.location else { return Ok(None) };
    let path = folder.join(location);
    let place = path.display().to_string();
    let setting = match kind(&read(&path)?, &path)? {
        Kind::Pem => Setting {
            values: vec![("ssl.certificate.location", place.clone()), ("ssl.key.location", place)],
            note: "ssl.keystore.location is taken over as ssl.certificate.location and ssl.key.location"
                .into(),
        },
        Kind::Pkcs12 => {
            let mut values = vec![("ssl.keystore.location", place)];
            values.extend(store.password.clone().map(|password| ("ssl.keystore.password", password)));
            Setting { values, note: "ssl.keystore.location is taken over as it is: PKCS12".into() }
        }
        Kind::Jks => return Err(jks(&path)),
    };
    Ok(Some(setting))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| {
        let why = format!("{} cannot be read: {error}", path.display());
        refuse(&why, "Put the store there, or correct its location.")
    })
}

fn kind(bytes: &[u8], path: &Path) -> Result<Kind> {
    match bytes {
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => Ok(Kind::Jks),
        // A DER sequence.
        [0x30, ..] => Ok(Kind::Pkcs12),
        _ if bytes.windows(10).any(|part| part == b"-----BEGIN") => Ok(Kind::Pem),
        _ => {
            let why = format!("{} is neither PEM nor PKCS12", path.display());
            Err(refuse(&why, "Give a PEM file or a PKCS12 store."))
        }
    }
}

fn jks(path: &Path) -> KafkaError {
    let new: PathBuf = path.with_extension("p12");
    let (old, new) = (path.display(), new.display());
    refuse(
        &format!("{old} is a JKS store, which only Java can read"),
        &format!(
            "Convert it with: keytool -importkeystore -srckeystore {old} -destkeystore {new} -deststoretype PKCS12"
        ),
    )
}

/// All certificates of a PKCS12 store as PEM, and how many they are.
fn certificates(bytes: &[u8], store: &Store, path: &Path) -> Result<(String, usize)> {
    let password = store.password.as_deref().unwrap_or_default();
    let keys = KeyStore::from_pkcs12(bytes, password, Pkcs12ImportPolicy::Raw).map_err(|error| {
        let why = format!("{} cannot be opened: {error}", path.display());
        refuse(&why, "Check ssl.truststore.password.")
    })?;
    let certificates: Vec<String> = keys
        .entries()
        .filter_map(|(_, entry)| match entry {
            KeyStoreEntry::Certificate(certificate) => Some(pem(certificate.as_der())),
            _ => None,
        })
        .collect();
    if certificates.is_empty() {
        let why = format!("{} holds no certificate", path.display());
        return Err(refuse(&why, "Give the store that holds the certificate authority."));
    }
    Ok((certificates.concat(), certificates.len()))
}

/// A certificate as PEM (RFC 7468): base 64 in lines of 64.
fn pem(der: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in der.chunks(48) {
        for group in line.chunks(3) {
            let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
            let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
            for at in 0..4 {
                let letter = LETTERS.get((bits >> (18 - 6 * at)) as usize & 63).copied().unwrap_or(b'=');
                text.push(if at > group.len() { '=' } else { char::from(letter) });
            }
        }
        text.push('\n');
    }
    text + "-----END CERTIFICATE-----\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_is_base_64_in_lines() {
        let body = |der: &[u8]| pem(der).lines().nth(1).unwrap().to_string();
        assert_eq!(body(b"M"), "TQ==");
        assert_eq!(body(b"Ma"), "TWE=");
        assert_eq!(body(b"Man"), "TWFu");
        assert_eq!(pem(&[0; 49]).lines().map(str::len).collect::<Vec<_>>(), [27, 64, 4, 25]);
    }

    #[test]
    fn a_store_is_what_its_bytes_say() {
        let path = Path::new("store");
        assert_eq!(kind(&[0xfe, 0xed, 0xfe, 0xed, 0], path), Ok(Kind::Jks));
        assert_eq!(kind(&[0x30, 0x82], path), Ok(Kind::Pkcs12));
        assert_eq!(kind(b"Bag\n-----BEGIN CERTIFICATE-----", path), Ok(Kind::Pem));
        assert!(kind(b"", path).is_err());
    }

    #[test]
    fn a_jks_store_is_refused_with_the_line_that_converts_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("trust.jks"), [0xfe, 0xed, 0xfe, 0xed, 0, 0]).unwrap();
        let store = Store { location: Some("trust.jks".into()), password: None };
        let Some(KafkaError::Profile { why, next, .. }) = trust(&store, folder.path()).err() else {
            panic!("not refused");
        };
        assert!(why.contains("trust.jks is a JKS store"), "{why}");
        let (old, new) = (folder.path().join("trust.jks"), folder.path().join("trust.p12"));
        let expected = format!("-srckeystore {} -destkeystore {}", old.display(), new.display());
        assert!(next.contains(&expected), "{next}");
    }
}
