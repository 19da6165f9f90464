//! Times of a topic's first and newest record, found by look-ups alone.
//!
//! Kafka tells the offset at a time, not the time at an offset. So both are searched for: the latest time before which there
//! is nothing, and the earliest after which there is nothing. Several times are asked for at once, which makes the search
//! short where the network is slow.

use super::{PARALLEL, TopicLog, offset};
use crate::jobs::Cancel;
use crate::kafka::error::Result;
use crate::kafka::resolve::now;
use crate::kafka::types::{EventTime, Offset};

/// The last moment of the year 9999: later than any timestamp that means a time.
const LATEST: i64 = 253_402_300_799_999;
const DAY: i64 = 86_400_000;

/// Times of the first record and of the newest; `None` where there is no record with a timestamp.
pub(super) fn first_and_last(log: &TopicLog<'_>, cancel: &Cancel) -> Result<Option<(EventTime, EventTime)>> {
    let partitions = log.with_offsets();
    if partitions.is_empty() {
        return Ok(None);
    }
    let at = |times: &[i64]| {
        let asked: Vec<_> = times.iter().map(|time| (partitions.clone(), EventTime(*time))).collect();
        log.at_many(&asked, cancel)
    };
    let is_end = |found: &[Offset]| {
        partitions.iter().zip(found).all(|(index, found)| *found >= offset(&log.end, *index))
    };
    let is_low = |found: &[Offset]| {
        partitions.iter().zip(found).all(|(index, found)| *found <= offset(&log.low, *index))
    };
    // Nearly every topic ends before tomorrow: a smaller span to search.
    let tomorrow = now().0 + DAY;
    let latest = if at(&[tomorrow])?.first().is_some_and(|found| is_end(found)) { tomorrow } else { LATEST };
    let behind_last = search(0, latest, |times| Ok(at(times)?.iter().map(|found| is_end(found)).collect()))?;
    if behind_last == 0 {
        return Ok(None);
    }
    let behind_first =
        search(0, behind_last, |times| Ok(at(times)?.iter().map(|found| !is_low(found)).collect()))?;
    Ok(Some((EventTime((behind_first - 1).max(0)), EventTime(behind_last - 1))))
}

/// The smallest number in `low..=high` of which `holds` is true, where it is true of all larger ones, too; `high` is taken to
/// be one. `holds` is asked about several numbers at once, ascending.
fn search(mut low: i64, mut high: i64, mut holds: impl FnMut(&[i64]) -> Result<Vec<bool>>) -> Result<i64> {
    while low < high {
        let step = ((high - low) / (PARALLEL as i64 + 1)).max(1);
        let asked: Vec<i64> = (0..PARALLEL as i64)
            .map(|number| low + step * (number + 1) - 1)
            .filter(|number| *number < high)
            .collect();
        for (number, holds) in asked.iter().zip(holds(&asked)?) {
            if holds {
                high = *number;
                break;
            }
            low = number + 1;
        }
    }
    Ok(high)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_smallest_number_is_found_in_few_rounds(high in 0..LATEST, share in 0.0..=1.0_f64) {
            let wanted = (high as f64 * share) as i64;
            let mut rounds = 0;
            let found = search(0, high, |asked| {
                rounds += 1;
                assert!(!asked.is_empty() && asked.is_sorted());
                Ok(asked.iter().map(|number| *number >= wanted).collect())
            });
            prop_assert_eq!(found, Ok(wanted.min(high)));
            prop_assert!(rounds <= 20, "{rounds} rounds");
        }
    }
}
