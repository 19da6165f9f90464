//! Bytes that are no batches: refused, without a panic and without memory that the bytes do not back.

use bytes::Bytes;
use proptest::prelude::*;

use super::support::*;
use crate::broker::log::batch::{BatchHeader, HEADER_BYTES};
use crate::broker::log::index::Index;
use crate::broker::log::snapshot::Snapshot;
use crate::broker::log::{
    Compression, LogConfig, Producer, compress, decompress, encode_batch, for_each_record,
};

fn any_compression() -> impl Strategy<Value = Compression> {
    (0..5usize).prop_map(|at| ALL[at])
}

proptest! {
    #[test]
    fn no_bytes_make_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = for_each_record(&bytes, 10_000, |_| ());
        let _ = in_memory(LogConfig::default()).append(Bytes::from(bytes.clone()), 0, NOW);
        let _ = Index::decode(&bytes);
        let _ = Snapshot::decode(&bytes);
        for compression in ALL {
            if let Ok(out) = decompress(compression, &bytes, 10_000) {
                prop_assert!(out.len() <= 10_000);
            }
        }
    }

    #[test]
    fn a_batch_with_a_flipped_bit_is_refused(
        compression in any_compression(),
        at in 0usize..1000,
        bit in 0u8..8,
    ) {
        let records = vec![record(NOW, "key", Some("a value")); 20];
        let batch = encode_batch(&records, Producer::NONE, compression).unwrap();
        let mut damaged = batch.to_vec();
        let at = at % damaged.len();
        damaged[at] ^= 1 << bit;
        let mut log = in_memory(LogConfig::default());
        let result = log.append(damaged.into(), 0, NOW);
        // The leader's epoch is the only field that a client's batch may have as it likes.
        prop_assert_eq!(result.is_ok(), (12..16).contains(&at));
    }

    /// Damage that the checksum does not show, because the producer computed it over the damage.
    #[test]
    fn records_damaged_under_a_sound_checksum_are_refused_or_can_be_read(
        compression in any_compression(),
        changes in prop::collection::vec((0usize..1000, any::<u8>()), 1..4),
    ) {
        let records: Vec<_> = (0..20).map(|at| record(NOW + at, "key", Some("a value"))).collect();
        let batch = encode_batch(&records, Producer::NONE, compression).unwrap();
        let header = BatchHeader::parse(&batch).unwrap();
        let mut body = batch[HEADER_BYTES..].to_vec();
        for (at, byte) in changes {
            let at = at % body.len();
            body[at] = byte;
        }
        let config = LogConfig { max_decompressed_bytes: 100_000, ..Default::default() };
        let mut log = in_memory(config);
        if log.append(header.with_records(&body).into(), 0, NOW).is_ok() {
            prop_assert_eq!(all(&mut log).len(), 20);
        }
    }

    #[test]
    fn what_is_compressed_here_is_decompressed_here(
        compression in any_compression(),
        data in prop::collection::vec(0u8..4, 0..100_000),
    ) {
        let packed = compress(compression, &data).unwrap();
        prop_assert_eq!(&*decompress(compression, &packed, data.len()).unwrap(), &data[..]);
        if data.len() > 1 {
            prop_assert!(compression == Compression::None
                || decompress(compression, &packed, data.len() - 1).is_err());
        }
    }
}

#[test]
fn a_bomb_is_refused() {
    let zeros = vec![0u8; 50 << 20];
    for compression in ALL.into_iter().filter(|kind| *kind != Compression::None) {
        let bomb = compress(compression, &zeros).unwrap();
        assert!(decompress(compression, &bomb, 1 << 20).is_err());
    }
}

#[test]
fn a_snappy_block_that_lies_about_its_length_is_refused() {
    // The varint says four gigabytes, and nothing follows.
    assert!(decompress(Compression::Snappy, &[0xff, 0xff, 0xff, 0xff, 0x0f], usize::MAX).is_err());
    assert!(decompress(Compression::Snappy, b"\x82SNAPPY\0", usize::MAX).is_err());
}
