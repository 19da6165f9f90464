//! The last records of a topic, shared among its partitions.

use crate::kafka::types::Offset;

/// Where each partition begins so that `records` offsets lie between there and `to`, shared evenly; what a partition does
/// not have is shared among the others. Fewer where the partitions together have fewer.
pub(super) fn before(to: &[Offset], low: &[Offset], records: u64) -> Vec<Offset> {
    let mut from = to.to_vec();
    let mut order: Vec<(u64, usize)> = to
        .iter()
        .zip(low)
        .enumerate()
        .map(|(index, (to, low))| (to.0.saturating_sub(low.0).max(0) as u64, index))
        .collect();
    // The shortest first: what it leaves over goes to those that have more.
    order.sort();
    let mut left = records;
    for (rank, (has, index)) in order.iter().enumerate() {
        let share = left / (order.len() - rank) as u64;
        let takes = share.min(*has);
        left -= takes;
        if let Some(from) = from.get_mut(*index) {
            from.0 -= takes as i64;
        }
    }
    from
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn offsets(numbers: &[i64]) -> Vec<Offset> {
        numbers.iter().copied().map(Offset).collect()
    }

    #[test]
    fn records_are_shared_evenly() {
        assert_eq!(before(&offsets(&[100, 200]), &offsets(&[0, 0]), 20), offsets(&[90, 190]));
    }

    #[test]
    fn what_a_short_partition_does_not_have_comes_from_the_others() {
        assert_eq!(before(&offsets(&[2, 100, 100]), &offsets(&[0, 0, 0]), 30), offsets(&[0, 86, 86]));
        assert_eq!(before(&offsets(&[50, 10]), &offsets(&[48, 10]), 30), offsets(&[48, 10]));
    }

    proptest! {
        #[test]
        fn as_many_are_taken_as_there_are(
            partitions in prop::collection::vec((0..1_000_i64, 0..1_000_i64), 1..20),
            records in 0..10_000_u64,
        ) {
            let low: Vec<_> = partitions.iter().map(|(low, _)| Offset(*low)).collect();
            let to: Vec<_> = partitions.iter().map(|(low, has)| Offset(low + has)).collect();
            let from = before(&to, &low, records);
            let taken: i64 = to.iter().zip(&from).map(|(to, from)| to.0 - from.0).sum();
            let has: i64 = partitions.iter().map(|(_, has)| has).sum();
            prop_assert_eq!(taken as u64, records.min(has as u64));
            prop_assert!(from.iter().zip(&low).all(|(from, low)| from >= low));
        }
    }
}
