//! A partition's log from outside: what is appended comes back, whatever happens in between.

mod batches;
mod compaction;
mod damage;
mod exchange;
mod idempotence;
mod places;
#[cfg(unix)]
mod power;
mod recovery;
mod retention;
mod starts;
mod support;
mod times;
mod transactions;
