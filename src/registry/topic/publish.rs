//! Writing to a model topic: one transaction per change, fenced per model name.

use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use super::TopicRegistry;
use super::index::Index;
use super::protocol::{AliasRecord, CounterRecord, FORMAT, Key, VersionRecord};
use super::setup::Room;
use crate::jobs::Cancel;
use crate::kafka::{KafkaError, OutRecord, PartitionId, TransactionalWriter};
use crate::registry::error::{RegistryError, Result};
use crate::registry::package::Package;

/// How often a change that was fenced by another publisher is tried again.
const ATTEMPTS: u32 = 6;
/// How long to wait for the transactions of others on the same topic: longer than any that is not stuck.
const OTHERS: Duration = Duration::from_secs(90);

/// The records of one transaction, in order.
#[derive(Debug, Default)]
pub(super) struct Change<'a> {
    records: Vec<(String, Option<Bytes<'a>>)>,
}

#[derive(Debug)]
enum Bytes<'a> {
    Borrowed(&'a [u8]),
    Owned(Vec<u8>),
}

impl<'a> Change<'a> {
    /// A new version: chunks first, so that whoever sees the manifest has seen them; then manifest and counter.
    pub(super) fn publish(
        name: &str,
        version: u32,
        package: &Package,
        payload: &'a [u8],
        room: Room,
    ) -> Result<Self> {
        let mut change = Self::default();
        let chunks = payload.chunks(room.chunk);
        let record = VersionRecord {
            format: FORMAT,
            chunks: chunks.len() as u32,
            bytes: payload.len() as u64,
            sha256: hex::encode(Sha256::digest(payload)),
            manifest: package.manifest.clone(),
        };
        for (number, chunk) in (0..).zip(chunks) {
            let key = Key::Chunk { name, version, chunk: number };
            change.records.push((key.to_string(), Some(Bytes::Borrowed(chunk))));
        }
        let manifest = json(&record)?;
        if manifest.len() > room.chunk {
            return Err(RegistryError::refused(format!(
                "its manifest has {} bytes, and a record of the topic takes {}",
                manifest.len(),
                room.chunk
            )));
        }
        change.put(Key::Version { name, version }, manifest);
        change.put(Key::Counter { name }, json(&CounterRecord { last_version: version })?);
        Ok(change)
    }

    /// An alias moved, or removed.
    pub(super) fn alias(name: &str, alias: &str, version: Option<u32>) -> Result<Self> {
        let mut change = Self::default();
        let key = Key::Alias { name, alias };
        match version {
            Some(version) => change.put(key, json(&AliasRecord { version })?),
            None => change.records.push((key.to_string(), None)),
        }
        Ok(change)
    }

    /// Tombstones for a version: the manifest first, so that nobody sees it with chunks missing.
    pub(super) fn delete_version(&mut self, name: &str, version: u32, chunks: u32) {
        self.records.push((Key::Version { name, version }.to_string(), None));
        for chunk in 0..chunks {
            self.records.push((Key::Chunk { name, version, chunk }.to_string(), None));
        }
    }

    fn put(&mut self, key: Key<'_>, value: Vec<u8>) {
        self.records.push((key.to_string(), Some(Bytes::Owned(value))));
    }
}

impl Bytes<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Owned(bytes) => bytes,
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|error| RegistryError::refused(format!("writing JSON: {error}")))
}

impl TopicRegistry {
    /// Makes one change of the model `name`. `plan` sees the topic as it is when nobody else can change this model: opening
    /// the writer fenced whoever was at it, and has waited until their transaction was ended. Who is fenced here tries
    /// again, later each time.
    pub(super) fn transact<'a, T>(
        &self,
        name: &str,
        cancel: &Cancel,
        plan: impl Fn(&Index) -> Result<(Change<'a>, T)>,
    ) -> Result<T> {
        for attempt in 0..ATTEMPTS {
            match self.attempt(name, cancel, &plan) {
                Err(RegistryError::Kafka(KafkaError::Fenced { .. })) => {
                    step_aside(attempt, cancel)?;
                }
                done => return done,
            }
        }
        Err(RegistryError::Fenced { name: name.into() })
    }

    fn attempt<'a, T>(
        &self,
        name: &str,
        cancel: &Cancel,
        plan: impl Fn(&Index) -> Result<(Change<'a>, T)>,
    ) -> Result<T> {
        let access = self.cluster.write_access(&format!("write to {}", self.topic))?;
        let mut writer = TransactionalWriter::open(access, &transactional_id(&self.topic, name))?;
        self.wait_until_decided(cancel)?;
        let (change, outcome) = plan(&*self.refreshed(cancel)?)?;
        writer.begin()?;
        match self.send(&mut writer, &change, cancel).and_then(|()| Ok(writer.commit()?)) {
            Ok(()) => {
                // The broker still writes its markers: whoever asks next should see what was done. It is done in any case.
                let _ = self.wait_until_decided(&Cancel::new());
                Ok(outcome)
            }
            Err(error) => {
                // Whether or not it is still ours to abort, the error at hand is the one to tell.
                let _ = writer.abort();
                Err(error)
            }
        }
    }

    fn send(&self, writer: &mut TransactionalWriter, change: &Change<'_>, cancel: &Cancel) -> Result<()> {
        for (key, value) in &change.records {
            cancel.check()?;
            writer.send(OutRecord {
                topic: &self.topic,
                partition: Some(PartitionId(0)),
                key: Some(key.as_bytes()),
                value: value.as_ref().map(Bytes::as_slice),
                ..OutRecord::default()
            })?;
            // Records that wait are sent as one batch, and a topic's limit is one on batches.
            if value.is_some() {
                writer.flush()?;
            }
        }
        Ok(())
    }

    /// Readers of committed records see nothing behind an open transaction, not even a version of this model that was
    /// committed meanwhile. So before counting versions, wait until what is there now is decided.
    fn wait_until_decided(&self, cancel: &Cancel) -> Result<()> {
        let end = self.cluster.high_watermark(&self.topic, PartitionId(0))?;
        let begun = Instant::now();
        while self.refreshed(cancel)?.next < end {
            cancel.check()?;
            if begun.elapsed() > OTHERS {
                return Err(RegistryError::Topic {
                    topic: self.topic.clone(),
                    why: format!(
                        "another program has kept a transaction on it open for {} s",
                        OTHERS.as_secs()
                    ),
                    next: "End that program, or try again when its transaction has timed out.".into(),
                });
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

/// The transactional id under which the model `name` of `topic` is changed.
fn transactional_id(topic: &str, name: &str) -> String {
    format!("forebay-model/{topic}/{name}")
}

/// Waits longer at each attempt, and not as long as others do: two that fence each other in step would never end.
fn step_aside(attempt: u32, cancel: &Cancel) -> Result<()> {
    let nanos = jiff::Timestamp::now().subsec_nanosecond().unsigned_abs();
    let spread = u64::from(nanos ^ std::process::id()) % 100;
    let wait = Duration::from_millis((100 << attempt) * (50 + spread) / 100);
    let begun = Instant::now();
    while begun.elapsed() < wait {
        cancel.check()?;
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
