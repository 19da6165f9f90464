//! Packages that are not what they say: refused before anything of them is used, and nothing is published.

use std::io::{Cursor, Read, Write};

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::page;
use crate::binary::Forebay;
use crate::harness::{Kafka, unique};
use crate::small;

/// Trains a package in `good.zip`.
fn trained(kafka: &Kafka) -> Forebay {
    let forebay = Forebay::on(kafka);
    forebay.write("run.toml", &small::run_file(&small::topic(kafka, 400)));
    forebay.text(&["train", "run.toml", "-o", "good.zip"]);
    forebay
}

/// `good.zip` with one entry rewritten.
fn forged(forebay: &Forebay, entry: &str, rewrite: impl Fn(&str) -> String) -> Vec<u8> {
    let good = std::fs::read(forebay.folder().join("good.zip")).unwrap();
    let mut old = ZipArchive::new(Cursor::new(good)).unwrap();
    let mut new = ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut file = old.by_index(at).unwrap();
        let (name, mut content) = (file.name().to_owned(), String::new());
        file.read_to_string(&mut content).unwrap();
        if name == entry {
            let changed = rewrite(&content);
            assert_ne!(changed, content, "{name} was to be changed");
            content = changed;
        }
        new.start_file(name, SimpleFileOptions::default()).unwrap();
        new.write_all(content.as_bytes()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

/// What `forebay publish` says of these bytes; no version is there afterwards.
fn refusal(forebay: &Forebay, bytes: &[u8]) -> String {
    std::fs::write(forebay.folder().join("bad.zip"), bytes).unwrap();
    let models = unique("models");
    let told = forebay.failure(&["publish", "bad.zip", "--name", "late", "--models", &models]);
    assert_eq!(forebay.json(&["models", "--models", &models]), serde_json::json!([]));
    told
}

#[test]
fn a_package_whose_digest_is_wrong_is_refused() {
    let forebay = trained(Kafka::shared());
    let bytes =
        forged(&forebay, "model.json", |model| model.replacen("\"intercepts\":[", "\"intercepts\":[1", 1));
    page::says("a package whose digest is wrong", &[], &refusal(&forebay, &bytes));
}

#[test]
fn a_package_of_10_gb_by_its_header_is_refused_before_it_is_unpacked() {
    let forebay = trained(Kafka::shared());
    let good = std::fs::read(forebay.folder().join("good.zip")).unwrap();
    page::says("a package that is 10 GB by its header", &[], &refusal(&forebay, &ten_gigabytes(&good)));
}

#[test]
fn a_package_of_another_format_version_is_refused() {
    let forebay = trained(Kafka::shared());
    let bytes =
        forged(&forebay, "manifest.json", |manifest| manifest.replacen("\"format\":2", "\"format\":4", 1));
    page::says("a package that has another format version", &[], &refusal(&forebay, &bytes));
}

/// The same zip, whose first entry says in the 64-bit form that it unpacks to 10 GB.
fn ten_gigabytes(zip: &[u8]) -> Vec<u8> {
    let number = |at: usize| u16::from_le_bytes([zip[at], zip[at + 1]]);
    let (name, extra) = (usize::from(number(26)), usize::from(number(28)));
    let packed = u32::from_le_bytes(zip[18..22].try_into().unwrap());
    let mut forged = zip[..18].to_vec();
    // Both sizes stand in the extra field.
    forged.extend([0xff; 8]);
    forged.extend(number(26).to_le_bytes());
    forged.extend(20_u16.to_le_bytes());
    forged.extend(&zip[30..30 + name]);
    forged.extend([0x01, 0x00, 0x10, 0x00]);
    forged.extend(10_000_000_000_u64.to_le_bytes());
    forged.extend(u64::from(packed).to_le_bytes());
    forged.extend(&zip[30 + name + extra..]);
    forged
}
