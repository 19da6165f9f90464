//! Producers with ids: what they repeat is answered as the first time, what is missing is seen.

use super::support::*;
use crate::broker::log::{AppendError, Marker, PartitionLog};

fn send(log: &mut PartitionLog, epoch: i16, sequence: i32, count: usize) -> Result<(i64, bool), AppendError> {
    log.append(of_producer(7, epoch, sequence, count, false), 0, NOW)
        .map(|appended| (appended.base_offset, appended.duplicate))
}

#[test]
fn the_last_five_batches_are_answered_as_before() {
    let mut log = in_memory(small());
    for at in 0..8 {
        assert_eq!(send(&mut log, 0, at * 3, 3).unwrap(), (i64::from(at) * 3, false));
    }
    for at in 3..8 {
        assert_eq!(send(&mut log, 0, at * 3, 3).unwrap(), (i64::from(at) * 3, true));
    }
    assert!(matches!(send(&mut log, 0, 6, 3), Err(AppendError::OutOfOrderSequence { .. })));
    assert_eq!(log.high_watermark(), 24);
}

#[test]
fn a_gap_is_out_of_order() {
    let mut log = in_memory(small());
    send(&mut log, 0, 0, 2).unwrap();
    let error = send(&mut log, 0, 3, 1).unwrap_err();
    assert!(matches!(error, AppendError::OutOfOrderSequence { expected: 2, got: 3, .. }));
    assert!(matches!(send(&mut log, 0, 0, 1), Err(AppendError::OutOfOrderSequence { .. })));
    assert_eq!(send(&mut log, 0, 2, 1).unwrap(), (2, false));
}

#[test]
fn a_new_epoch_begins_with_zero_and_ends_the_old_one() {
    let mut log = in_memory(small());
    send(&mut log, 3, 0, 5).unwrap();
    assert!(matches!(send(&mut log, 4, 5, 1), Err(AppendError::OutOfOrderSequence { .. })));
    send(&mut log, 4, 0, 1).unwrap();
    let error = send(&mut log, 3, 5, 1).unwrap_err();
    assert!(matches!(error, AppendError::InvalidProducerEpoch { got: 3, current: 4, .. }));
}

#[test]
fn a_producer_that_is_not_known_may_begin_anywhere() {
    let mut log = in_memory(small());
    assert_eq!(send(&mut log, 0, 17, 1).unwrap(), (0, false));
    assert_eq!(send(&mut log, 0, 18, 1).unwrap(), (1, false));
}

#[test]
fn sequences_wrap_to_zero_after_the_largest() {
    let mut log = in_memory(small());
    send(&mut log, 0, i32::MAX - 4, 3).unwrap();
    // Four records over the edge: the last two are 0 and 1.
    send(&mut log, 0, i32::MAX - 1, 4).unwrap();
    assert_eq!(log.producers()[0].last_sequence, 1);
    assert_eq!(send(&mut log, 0, i32::MAX - 1, 4).unwrap(), (3, true));
    assert_eq!(send(&mut log, 0, 2, 1).unwrap(), (7, false));

    let mut log = in_memory(small());
    send(&mut log, 0, i32::MAX, 1).unwrap();
    assert_eq!(send(&mut log, 0, 0, 1).unwrap(), (1, false));
}

#[test]
fn what_a_producer_wrote_is_known_after_a_crash_and_after_closing() {
    for closes in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let mut log = in_folder(folder.path(), small());
        for at in 0..40 {
            send(&mut log, 0, at * 2, 2).unwrap();
        }
        match closes {
            true => log.close().unwrap(),
            false => drop(log),
        }
        let mut log = in_folder(folder.path(), small());
        for at in 35..40 {
            assert_eq!(send(&mut log, 0, at * 2, 2).unwrap(), (i64::from(at) * 2, true));
        }
        assert_eq!(send(&mut log, 0, 80, 2).unwrap(), (80, false));
    }
}

#[test]
fn a_silent_producer_is_forgotten_but_not_in_its_transaction() {
    let mut log = in_memory(small());
    log.append(of_producer(1, 0, 0, 1, false), 0, NOW).unwrap();
    log.append(of_producer(2, 0, 0, 1, true), 0, NOW).unwrap();
    log.apply_retention(NOW + log.config().producer_expiration_ms).unwrap();
    let known: Vec<_> = log.producers().iter().map(|producer| producer.producer_id).collect();
    assert_eq!(known, [2]);
}

#[test]
fn a_plain_batch_in_an_open_transaction_is_refused() {
    let mut log = in_memory(small());
    append(&mut log, of_producer(7, 0, 0, 1, true));
    assert!(matches!(send(&mut log, 0, 1, 1), Err(AppendError::InvalidTransactionState { .. })));
}

#[test]
fn markers_of_old_producers_and_old_coordinators_are_refused() {
    let mut log = in_memory(small());
    append(&mut log, of_producer(7, 2, 0, 1, true));
    let error = log.append_marker(7, 1, Marker::Commit, 5, 0, NOW).unwrap_err();
    assert!(matches!(error, AppendError::InvalidProducerEpoch { .. }));
    log.append_marker(7, 3, Marker::Abort, 5, 0, NOW).unwrap();
    let error = log.append_marker(7, 3, Marker::Abort, 4, 0, NOW).unwrap_err();
    assert!(matches!(error, AppendError::CoordinatorFenced { got: 4, current: 5 }));
    assert!(matches!(send(&mut log, 2, 1, 1), Err(AppendError::InvalidProducerEpoch { .. })));
    assert!(!send(&mut log, 3, 0, 1).unwrap().1);
}
