//! What a package's digest covers.
//!
//! The digest is SHA-256 over three runs of bytes, each preceded by its length as eight bytes, the highest first:
//!
//! 1. `manifest.json` up to the last `,"digest":"` in it: everything but digest, maker and moment, which stand last;
//! 2. `pipeline.json`, whole;
//! 3. `model.json`, whole.
//!
//! So it covers what determines predictions and lineage, and not the moment of training. It is a rule about bytes: another
//! program needs no canonical JSON to check it. docs/package.md says the same for readers outside.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::error::{RegistryError, Result};

/// The bytes before the members that are not covered.
const MARK: &[u8] = br#","digest":""#;

/// The members of `manifest.json` that the digest does not cover; no other may stand among them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NotCovered {
    #[allow(dead_code, reason = "only its presence and type are asked")]
    digest: String,
    #[allow(dead_code, reason = "only its presence and type are asked")]
    made_by: String,
    #[allow(dead_code, reason = "only its presence and type are asked")]
    made_at: i64,
}

/// The digest of these three entries, in hexadecimal.
pub(super) fn digest(manifest: &[u8], pipeline: &[u8], model: &[u8]) -> Result<String> {
    let mut hash = Sha256::new();
    for part in [covered(manifest)?, pipeline, model] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    Ok(hex::encode(hash.finalize()))
}

fn covered(manifest: &[u8]) -> Result<&[u8]> {
    let mark = manifest.windows(MARK.len()).rposition(|window| window == MARK);
    let Some((head, tail)) = mark.and_then(|at| manifest.split_at_checked(at)) else {
        return Err(RegistryError::refused("manifest.json has no digest"));
    };
    // The tail begins with the comma; what follows must be the rest of the one object.
    let rest = [b"{", tail.get(1..).unwrap_or_default()].concat();
    match serde_json::from_slice::<NotCovered>(&rest) {
        Ok(_) => Ok(head),
        Err(error) => Err(RegistryError::refused(format!("after the digest, manifest.json: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &[u8] = br#"{"format":1,"digest":"00","made_by":"Forebay","made_at":5}"#;

    #[test]
    fn the_digest_does_not_look_at_the_moment_and_looks_at_all_else() {
        let base = digest(MANIFEST, b"p", b"m").unwrap();
        let later = br#"{"format":1,"digest":"ff","made_by":"another","made_at":6}"#;
        assert_eq!(digest(later, b"p", b"m").unwrap(), base);
        let other = br#"{"format":2,"digest":"00","made_by":"Forebay","made_at":5}"#;
        assert_ne!(digest(other, b"p", b"m").unwrap(), base);
        assert_ne!(digest(MANIFEST, b"pm", b"").unwrap(), base, "the borders between parts count");
        assert_ne!(digest(MANIFEST, b"p", b"n").unwrap(), base);
    }

    #[test]
    fn the_rule_is_the_one_of_the_docs() {
        // docs/package.md works this example; sha256sum gives the same.
        let mut bytes = Vec::new();
        for part in [&br#"{"format":1"#[..], b"p", b"m"] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        assert_eq!(digest(MANIFEST, b"p", b"m").unwrap(), hex::encode(Sha256::digest(&bytes)));
    }

    #[test]
    fn nothing_may_hide_behind_the_digest() {
        let hidden = br#"{"format":1,"digest":"00","made_by":"x","made_at":5,"classes":["a"]}"#;
        assert!(digest(hidden, b"p", b"m").is_err());
        assert!(digest(br#"{"format":1}"#, b"p", b"m").is_err());
    }
}
