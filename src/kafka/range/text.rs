//! The text forms of a [`Bound`]: parsed, printed, and as serde sees them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Bound;
use crate::kafka::duration::{format_span, parse_span};
use crate::kafka::types::{EventTime, Offset, PartitionId};

const FORMS: &str = "a bound is `beginning`, `end`, a time (`2013-01-01T00:00:00Z`, `2013-01-01`, UTC where no zone is \
                     given), a duration before now (`-7d`; s, m, h, d, w), a number of last records (`-1000`), an offset \
                     (`1200`), or offsets by partition (`{ 0 = 1200, 1 = 1187 }`)";

impl FromStr for Bound {
    type Err = String;

    /// Reads the text form; the error says which forms there are.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let bound = match text {
            "beginning" => Some(Self::Beginning),
            "end" => Some(Self::End),
            _ if text.starts_with('{') => offsets(text),
            _ => match text.strip_prefix('-') {
                Some(back) => last(back),
                None => offset(text).map(Self::Offset).or_else(|| time(text).map(Self::Time)),
            },
        };
        bound.ok_or_else(|| format!("`{text}` is not a bound: {FORMS}"))
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Beginning => f.write_str("beginning"),
            Self::End => f.write_str("end"),
            Self::Offset(offset) => write!(f, "{offset}"),
            Self::Offsets(offsets) => write_offsets(f, offsets),
            Self::Time(EventTime(millis)) => match Timestamp::from_millisecond(*millis) {
                Ok(time) => write!(f, "{time}"),
                Err(_) => write!(f, "{millis} ms"),
            },
            Self::LastRecords(records) => write!(f, "-{records}"),
            Self::LastMillis(millis) => write!(f, "-{}", format_span(*millis)),
        }
    }
}

fn write_offsets(f: &mut fmt::Formatter<'_>, offsets: &BTreeMap<PartitionId, Offset>) -> fmt::Result {
    f.write_str("{")?;
    for (index, (partition, offset)) in offsets.iter().enumerate() {
        let comma = if index == 0 { "" } else { "," };
        write!(f, "{comma} {} = {offset}", partition.0)?;
    }
    f.write_str(" }")
}

fn offset(text: &str) -> Option<Offset> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok().map(Offset))?
}

/// What follows the minus: a number of records, or a number with a unit.
fn last(text: &str) -> Option<Bound> {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    match text.parse() {
        Ok(records) => Some(Bound::LastRecords(records)),
        Err(_) => parse_span(text).ok().map(Bound::LastMillis),
    }
}

/// A moment with zone, or a date with or without a time of day, in UTC.
fn time(text: &str) -> Option<EventTime> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(EventTime(moment.as_millisecond()));
    }
    if text.ends_with(['Z', 'z']) || text.contains('[') {
        return None;
    }
    let civil = match text.parse::<DateTime>() {
        Ok(civil) => civil,
        Err(_) => text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()),
    };
    let moment = TimeZone::UTC.to_timestamp(civil).ok()?;
    Some(EventTime(moment.as_millisecond()))
}

/// `{ 0 = 1200, 1 = 1187 }`, as in a run file.
fn offsets(text: &str) -> Option<Bound> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let mut offsets = BTreeMap::new();
    for entry in inner.split(',').filter(|entry| !entry.trim().is_empty()) {
        let (partition, at) = entry.split_once('=')?;
        let partition: u16 = partition.trim().trim_matches('"').parse().ok()?;
        offsets.insert(PartitionId(i32::from(partition)), offset(at.trim())?);
    }
    (!offsets.is_empty()).then_some(Bound::Offsets(offsets))
}

impl Serialize for Bound {
    /// As text; offsets by partition as a table.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Offsets(offsets) => {
                serializer.collect_map(offsets.iter().map(|(partition, at)| (partition.0.to_string(), at.0)))
            }
            bound => serializer.collect_str(bound),
        }
    }
}

impl<'de> Deserialize<'de> for Bound {
    /// From text, from a number (an offset, or when negative the last records), or from a table of offsets.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BoundVisitor)
    }
}

struct BoundVisitor;

impl<'de> Visitor<'de> for BoundVisitor {
    type Value = Bound;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FORMS)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Bound, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Bound, E> {
        if number < 0 {
            Ok(Bound::LastRecords(number.unsigned_abs()))
        } else {
            Ok(Bound::Offset(Offset(number)))
        }
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Bound, E> {
        i64::try_from(number)
            .map(|offset| Bound::Offset(Offset(offset)))
            .map_err(|_| E::custom(format!("offset {number} is larger than Kafka's")))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Bound, A::Error> {
        let mut offsets = BTreeMap::new();
        while let Some((partition, offset)) = map.next_entry::<String, i64>()? {
            let number = partition
                .parse::<i32>()
                .ok()
                .filter(|number| *number >= 0)
                .ok_or_else(|| A::Error::custom(format!("`{partition}` is not a partition: {FORMS}")))?;
            if offset < 0 {
                return Err(A::Error::custom(format!("offset {offset} of p{number} is below 0: {FORMS}")));
            }
            offsets.insert(PartitionId(number), Offset(offset));
        }
        if offsets.is_empty() {
            return Err(A::Error::custom(format!("no partition is named: {FORMS}")));
        }
        Ok(Bound::Offsets(offsets))
    }
}
