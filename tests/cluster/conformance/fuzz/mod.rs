//! The fuzz targets of the embedded broker without a fuzzer: a bounded number of inputs, made of the seeds in
//! `tests/fuzz/seeds` by mutations from a fixed seed, so that each build looks for what a fuzzer would find at once.
//! CONTRIBUTING.md says how to run the targets themselves.

mod growth;
mod mutations;

use forebay::broker;

#[path = "../../../fuzz/bodies/batches.rs"]
mod batches;
#[path = "../../../fuzz/bodies/frames.rs"]
mod frames;

use self::mutations::Mutations;

const BATCHES: usize = 20_000;

#[test]
fn whatever_a_log_takes_it_reads_and_compacts() {
    let mut inputs = Mutations::of_seeds("batches", 1);
    for seed in inputs.seeds().to_vec() {
        batches::run(&seed);
    }
    for n in 0..BATCHES {
        let input = inputs.next();
        std::panic::catch_unwind(|| batches::run(&input))
            .unwrap_or_else(|_| panic!("input {n}: {}", hex::encode(&input)));
    }
}
