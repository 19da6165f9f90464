//! The records inside a batch, walked over without copying.

use bytes::BufMut;

/// One record, borrowed from the batch's decompressed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RawRecord<'a> {
    pub(super) timestamp_delta: i64,
    pub(super) offset_delta: i32,
    pub(super) key: Option<&'a [u8]>,
    pub(super) value: Option<&'a [u8]>,
    /// Attributes, one byte.
    attributes: u8,
    /// What follows the timestamp's delta, to the record's end.
    tail: &'a [u8],
    /// The record with its length.
    pub(super) whole: &'a [u8],
}

impl RawRecord<'_> {
    /// Writes the record with another delta of its timestamp; the rest stays as it came.
    pub(super) fn put_with_timestamp_delta(&self, delta: i64, out: &mut Vec<u8>) {
        let mut varint = Vec::with_capacity(10);
        put_varlong(delta, &mut varint);
        let length = 1 + varint.len() + self.tail.len();
        put_varlong(i64::try_from(length).unwrap_or(i64::MAX), out);
        out.put_u8(self.attributes);
        out.put_slice(&varint);
        out.put_slice(self.tail);
    }
}

/// Walks over the records in `rest`.
#[derive(Debug, Clone)]
pub(super) struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Records<'a> {
        Records { rest: bytes }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RawRecord<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let record = parse_record(self.rest);
        self.rest = match &record {
            Ok(record) => self.rest.get(record.whole.len()..).unwrap_or_default(),
            Err(_) => &[],
        };
        Some(record.map_err(str::to_owned))
    }
}

fn parse_record(bytes: &[u8]) -> Result<RawRecord<'_>, &'static str> {
    let mut cursor = bytes;
    let length = take_varint(&mut cursor).ok_or("a record's length is cut")?;
    let length = usize::try_from(length).map_err(|_| "a record has a negative length")?;
    let body = cursor.get(..length).ok_or("a record reaches beyond its batch")?;
    let whole =
        bytes.get(..bytes.len() - cursor.len() + length).ok_or("a record reaches beyond its batch")?;

    let (&attributes, mut rest) = body.split_first().ok_or("a record is empty")?;
    let timestamp_delta = take_varlong(&mut rest).ok_or("a record's timestamp is cut")?;
    let tail = rest;
    let offset_delta = take_varint(&mut rest).ok_or("a record's offset is cut")?;
    let key = take_nullable(&mut rest).ok_or("a record's key is cut")?;
    let value = take_nullable(&mut rest).ok_or("a record's value is cut")?;
    skip_headers(&mut rest).ok_or("a record's headers are cut")?;
    if !rest.is_empty() {
        return Err("a record is longer than its fields");
    }
    Ok(RawRecord { timestamp_delta, offset_delta, key, value, attributes, tail, whole })
}

fn skip_headers(rest: &mut &[u8]) -> Option<()> {
    let count = take_varint(rest)?;
    if count < 0 {
        return None;
    }
    for _ in 0..count {
        take_nullable(rest)??;
        take_nullable(rest)?;
    }
    Some(())
}

/// Bytes after their length, where -1 stands for none. The outer `None` is for bytes that are not all there.
fn take_nullable<'a>(rest: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let length = take_varint(rest)?;
    if length == -1 {
        return Some(None);
    }
    let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(Some(bytes))
}

fn take_varint(rest: &mut &[u8]) -> Option<i32> {
    let raw = take_unsigned(rest, 5)?;
    let raw = u32::try_from(raw).ok()?;
    Some(((raw >> 1) as i32) ^ -((raw & 1) as i32))
}

fn take_varlong(rest: &mut &[u8]) -> Option<i64> {
    let raw = take_unsigned(rest, 10)?;
    Some(((raw >> 1) as i64) ^ -((raw & 1) as i64))
}

fn take_unsigned(rest: &mut &[u8], most: usize) -> Option<u64> {
    // Nearly all numbers of a record take one byte.
    if let Some((&only, after)) = rest.split_first().filter(|(first, _)| **first < 0x80) {
        *rest = after;
        return Some(u64::from(only));
    }
    let mut value = 0u64;
    for (at, &byte) in rest.iter().take(most).enumerate() {
        value |= u64::from(byte & 0x7f).wrapping_shl(7 * at as u32);
        if byte & 0x80 == 0 {
            *rest = rest.get(at + 1..)?;
            return Some(value);
        }
    }
    None
}

/// Writes a number as zigzag varint.
pub(super) fn put_varlong(value: i64, out: &mut Vec<u8>) {
    let mut raw = ((value << 1) ^ (value >> 63)) as u64;
    while raw >= 0x80 {
        out.push((raw as u8) | 0x80);
        raw >>= 7;
    }
    out.push(raw as u8);
}

/// Writes a record without headers.
pub(super) fn put_record(
    timestamp_delta: i64,
    offset_delta: i32,
    key: Option<&[u8]>,
    value: Option<&[u8]>,
    out: &mut Vec<u8>,
) {
    let mut body = vec![0];
    put_varlong(timestamp_delta, &mut body);
    put_varlong(i64::from(offset_delta), &mut body);
    put_nullable(key, &mut body);
    put_nullable(value, &mut body);
    put_varlong(0, &mut body);
    put_varlong(i64::try_from(body.len()).unwrap_or(i64::MAX), out);
    out.extend_from_slice(&body);
}

fn put_nullable(bytes: Option<&[u8]>, out: &mut Vec<u8>) {
    match bytes {
        None => put_varlong(-1, out),
        Some(bytes) => {
            put_varlong(i64::try_from(bytes.len()).unwrap_or(i64::MAX), out);
            out.extend_from_slice(bytes);
        }
    }
}
