//! Departures, as the benchmarks write them.

use super::harness::TestRecord;

pub const PARTITIONS: i32 = 4;

/// Departure `n`: one every half minute, dealt to the partitions in turn.
pub fn record(n: u64) -> TestRecord {
    let at = 1_700_000_000_000 + 30_000 * n as i64;
    TestRecord::new(value(n)).key(n.to_string()).partition((n % PARTITIONS as u64) as i32).at(at)
}

/// Five numbers that the model uses, and what else stands in such records.
pub fn value(n: u64) -> String {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let (dep_delay, noise) = (mixed % 120, (mixed >> 13) % 60);
    format!(
        "{{\"flight\":{},\"carrier\":\"C{:02}\",\"dep_delay\":{dep_delay}.5,\"distance\":{},\"temp\":{}.25,\
         \"wind_speed\":{}.125,\"hour\":{},\"late\":{}}}",
        1_000_000 + n,
        mixed % 16,
        1_000 + mixed % 4_000,
        30 + mixed % 60,
        mixed % 40,
        mixed % 24,
        dep_delay + noise > 90,
    )
}
