//! Record batches, byte for byte: made by hand and taken apart again, with nothing of the broker under test.

use std::io::{Read, Write};

use bytes::Bytes;

/// Bytes before the records of a batch.
const HEADER: usize = 61;
/// Where the part begins that the checksum covers.
const CHECKED: usize = 21;

/// How the records of a batch are compressed; the number stands in its attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    None = 0,
    Gzip = 1,
    Snappy = 2,
    Lz4 = 3,
    Zstd = 4,
}

/// All of them.
pub const COMPRESSIONS: [Compression; 5] =
    [Compression::None, Compression::Gzip, Compression::Snappy, Compression::Lz4, Compression::Zstd];

/// Headers of a record: names, which may be equal, and values, which may be missing.
pub type Headers = Vec<(String, Option<Vec<u8>>)>;

/// One record of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub timestamp: i64,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Headers,
}

impl Record {
    /// A record with a key, a value and a time.
    pub fn new(key: &str, value: &str, timestamp: i64) -> Self {
        let (key, value) = (Some(key.into()), Some(value.into()));
        Self { timestamp, key, value, headers: Headers::new() }
    }

    /// Its value as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.value.as_deref().unwrap()).unwrap()
    }
}

/// A record batch of the second format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub base_offset: i64,
    pub leader_epoch: i32,
    pub compression: Compression,
    pub log_append_time: bool,
    pub transactional: bool,
    pub control: bool,
    pub max_timestamp: i64,
    pub producer_id: i64,
    pub producer_epoch: i16,
    pub base_sequence: i32,
    pub last_offset_delta: i32,
    /// With the offset of each.
    pub records: Vec<(i64, Record)>,
}

impl Batch {
    /// A batch of a producer that is not idempotent.
    pub fn of(records: Vec<Record>) -> Self {
        let max_timestamp = records.iter().map(|record| record.timestamp).max().unwrap_or(-1);
        Self {
            base_offset: 0,
            leader_epoch: -1,
            compression: Compression::None,
            log_append_time: false,
            transactional: false,
            control: false,
            max_timestamp,
            producer_id: -1,
            producer_epoch: -1,
            base_sequence: -1,
            last_offset_delta: records.len() as i32 - 1,
            records: (0..).zip(records).collect(),
        }
    }

    /// One record with this value, at time 1,000.
    pub fn value(value: &str) -> Self {
        Self::of(vec![Record::new("k", value, 1_000)])
    }

    /// Compressed.
    pub fn compressed(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Of an idempotent producer.
    pub fn sequence(mut self, producer: (i64, i16), base_sequence: i32) -> Self {
        (self.producer_id, self.producer_epoch) = producer;
        self.base_sequence = base_sequence;
        self
    }

    /// Part of a transaction.
    pub fn transactional(mut self) -> Self {
        self.transactional = true;
        self
    }

    /// As it goes over the wire.
    pub fn bytes(&self) -> Bytes {
        let base_timestamp = self.records.first().map_or(-1, |(_, record)| record.timestamp);
        let mut records = Vec::new();
        for (offset, record) in &self.records {
            put_record(&mut records, record, record.timestamp - base_timestamp, offset - self.base_offset);
        }
        let records = compress(self.compression, &records);
        let mut checked = Vec::new();
        checked.extend(self.attributes().to_be_bytes());
        checked.extend(self.last_offset_delta.to_be_bytes());
        checked.extend(base_timestamp.to_be_bytes());
        checked.extend(self.max_timestamp.to_be_bytes());
        checked.extend(self.producer_id.to_be_bytes());
        checked.extend(self.producer_epoch.to_be_bytes());
        checked.extend(self.base_sequence.to_be_bytes());
        checked.extend((self.records.len() as i32).to_be_bytes());
        checked.extend(records);
        let mut bytes = Vec::new();
        bytes.extend(self.base_offset.to_be_bytes());
        bytes.extend((checked.len() as i32 + 9).to_be_bytes());
        bytes.extend(self.leader_epoch.to_be_bytes());
        bytes.push(2);
        bytes.extend(crc32c::crc32c(&checked).to_be_bytes());
        bytes.extend(checked);
        bytes.into()
    }

    fn attributes(&self) -> i16 {
        let flags = [(self.log_append_time, 8), (self.transactional, 16), (self.control, 32)];
        flags.iter().filter(|(set, _)| *set).map(|(_, flag)| flag).sum::<i16>() + self.compression as i16
    }
}

/// What a test never looks at in a fetched batch, because the broker sets it: base offset and leader epoch.
pub fn without_the_brokers_part(batch: &[u8]) -> Vec<u8> {
    let mut bytes = batch.to_vec();
    bytes[..8].fill(0);
    bytes[12..16].fill(0);
    bytes
}

/// The batches of a fetch. A part of a batch at the end, which a broker may send, is left out.
pub fn batches(mut bytes: &[u8]) -> Vec<Batch> {
    let mut batches = Vec::new();
    while bytes.len() >= HEADER {
        let length = 12 + i32_at(bytes, 8) as usize;
        if bytes.len() < length {
            break;
        }
        batches.push(batch(&bytes[..length]));
        bytes = &bytes[length..];
    }
    batches
}

/// The data records of a fetch with their offsets, without control records.
pub fn data_records(bytes: &[u8]) -> Vec<(i64, Record)> {
    batches(bytes).into_iter().filter(|batch| !batch.control).flat_map(|batch| batch.records).collect()
}

fn batch(bytes: &[u8]) -> Batch {
    assert_eq!(bytes[16], 2, "the format of a batch");
    assert_eq!(crc32c::crc32c(&bytes[CHECKED..]), i32_at(bytes, 17) as u32, "the checksum of a batch");
    let attributes = i32::from(i16::from_be_bytes(bytes[21..23].try_into().unwrap()));
    let compression = COMPRESSIONS[(attributes & 7) as usize];
    let (base_offset, base_timestamp) = (i64_at(bytes, 0), i64_at(bytes, 27));
    let (max_timestamp, log_append_time) = (i64_at(bytes, 35), attributes & 8 != 0);
    let decompressed = decompress(compression, &bytes[HEADER..]);
    let mut rest = decompressed.as_slice();
    let mut records = Vec::new();
    for _ in 0..i32_at(bytes, 57) {
        let (timestamp, offset, mut record) = take_record(&mut rest);
        record.timestamp = if log_append_time { max_timestamp } else { base_timestamp + timestamp };
        records.push((base_offset + offset, record));
    }
    assert!(rest.is_empty(), "bytes after the last record");
    Batch {
        base_offset,
        leader_epoch: i32_at(bytes, 12),
        compression,
        log_append_time,
        transactional: attributes & 16 != 0,
        control: attributes & 32 != 0,
        max_timestamp,
        producer_id: i64_at(bytes, 43),
        producer_epoch: i16::from_be_bytes(bytes[51..53].try_into().unwrap()),
        base_sequence: i32_at(bytes, 53),
        last_offset_delta: i32_at(bytes, 23),
        records,
    }
}

fn i32_at(bytes: &[u8], at: usize) -> i32 {
    i32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn i64_at(bytes: &[u8], at: usize) -> i64 {
    i64::from_be_bytes(bytes[at..at + 8].try_into().unwrap())
}

fn put_record(out: &mut Vec<u8>, record: &Record, timestamp: i64, offset: i64) {
    let mut body = vec![0];
    put_number(&mut body, timestamp);
    put_number(&mut body, offset);
    put_bytes(&mut body, record.key.as_deref());
    put_bytes(&mut body, record.value.as_deref());
    put_number(&mut body, record.headers.len() as i64);
    for (name, value) in &record.headers {
        put_bytes(&mut body, Some(name.as_bytes()));
        put_bytes(&mut body, value.as_deref());
    }
    put_bytes(out, Some(&body));
}

fn put_bytes(out: &mut Vec<u8>, bytes: Option<&[u8]>) {
    put_number(out, bytes.map_or(-1, |bytes| bytes.len() as i64));
    out.extend(bytes.unwrap_or_default());
}

/// A zigzag number of variable length.
fn put_number(out: &mut Vec<u8>, number: i64) {
    let mut rest = ((number << 1) ^ (number >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn take_record(bytes: &mut &[u8]) -> (i64, i64, Record) {
    let mut body = take_bytes(bytes).unwrap();
    body = &body[1..];
    let (timestamp, offset) = (take_number(&mut body), take_number(&mut body));
    let (key, value) = (take_bytes(&mut body).map(<[u8]>::to_vec), take_bytes(&mut body).map(<[u8]>::to_vec));
    let mut headers = Headers::new();
    for _ in 0..take_number(&mut body) {
        let name = String::from_utf8(take_bytes(&mut body).unwrap().to_vec()).unwrap();
        headers.push((name, take_bytes(&mut body).map(<[u8]>::to_vec)));
    }
    assert!(body.is_empty(), "bytes after the last header");
    (timestamp, offset, Record { timestamp: 0, key, value, headers })
}

fn take_bytes<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(take_number(bytes)).ok()?;
    let (taken, rest) = bytes.split_at(length);
    *bytes = rest;
    Some(taken)
}

fn take_number(bytes: &mut &[u8]) -> i64 {
    let (mut number, mut shift) = (0_u64, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        number |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            return (number >> 1) as i64 ^ -((number & 1) as i64);
        }
    }
}

fn compress(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    match compression {
        Compression::None => bytes.to_vec(),
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Compression::Snappy => snap::raw::Encoder::new().compress_vec(bytes).unwrap(),
        Compression::Lz4 => {
            let mut encoder =
                lz4::EncoderBuilder::new().block_mode(lz4::BlockMode::Independent).build(Vec::new()).unwrap();
            encoder.write_all(bytes).unwrap();
            encoder.finish().0
        }
        Compression::Zstd => zstd::encode_all(bytes, 1).unwrap(),
    }
}

fn decompress(compression: Compression, bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    match compression {
        Compression::None => out.extend_from_slice(bytes),
        Compression::Gzip => drop(flate2::read::GzDecoder::new(bytes).read_to_end(&mut out).unwrap()),
        Compression::Snappy => out = decompress_snappy(bytes),
        Compression::Lz4 => drop(lz4::Decoder::new(bytes).unwrap().read_to_end(&mut out).unwrap()),
        Compression::Zstd => out = zstd::decode_all(bytes).unwrap(),
    }
    out
}

/// Snappy is plain, or in the chunks of Java's library: 16 bytes of head, then each with its length.
fn decompress_snappy(bytes: &[u8]) -> Vec<u8> {
    let Some(mut chunks) = bytes.strip_prefix(b"\x82SNAPPY\0".as_slice()).map(|rest| &rest[8..]) else {
        return snap::raw::Decoder::new().decompress_vec(bytes).unwrap();
    };
    let mut out = Vec::new();
    while !chunks.is_empty() {
        let length = i32_at(chunks, 0) as usize;
        out.extend(snap::raw::Decoder::new().decompress_vec(&chunks[4..4 + length]).unwrap());
        chunks = &chunks[4 + length..];
    }
    out
}
