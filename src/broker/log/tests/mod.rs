//! A partition's log from outside: what is appended comes back, whatever happens in between.

mod batches;
mod compaction;
mod damage;
mod exchange;
mod idempotence;
#[cfg(target_os = "linux")]
mod many;
mod places;
#[cfg(unix)]
mod power;
mod recovery;
mod retention;
mod starts;
mod support;
mod times;
mod transactions;
