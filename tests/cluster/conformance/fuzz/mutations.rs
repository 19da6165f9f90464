//! Inputs made of seeds by mutations; the same in every run.

use std::path::Path;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

/// Numbers at which lengths and counts go wrong.
const NUMBERS: [i32; 10] = [-1, 0, 1, 2, 127, 128, 255, 65_536, i32::MAX, i32::MIN];
const LONGEST: usize = 4_096;

/// An endless row of inputs.
pub struct Mutations {
    seeds: Vec<Vec<u8>>,
    random: StdRng,
}

impl Mutations {
    /// Inputs made of the seeds of a target.
    pub fn of_seeds(target: &str, seed: u64) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/seeds").join(target);
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let seeds: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
        assert!(seeds.len() > 5, "{} seeds of {target}", seeds.len());
        Self { seeds, random: StdRng::seed_from_u64(seed) }
    }

    /// The seeds themselves.
    pub fn seeds(&self) -> &[Vec<u8>] {
        &self.seeds
    }

    /// The next input.
    pub fn next(&mut self) -> Vec<u8> {
        let mut input = self.seeds.choose(&mut self.random).unwrap().clone();
        for _ in 0..self.random.random_range(1..6) {
            self.mutate(&mut input);
        }
        input.truncate(LONGEST);
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        let random = &mut self.random;
        if input.is_empty() {
            input.push(random.random());
        }
        let at = random.random_range(0..input.len());
        match random.random_range(0..8) {
            0 => input[at] ^= 1 << random.random_range(0..8),
            1 => input[at] = random.random(),
            2 => input.insert(at, random.random()),
            3 => drop(input.remove(at)),
            4 => input.truncate(at),
            5 => {
                let number = NUMBERS.choose(random).unwrap().to_be_bytes();
                let bytes = input[at..].iter_mut().zip(number);
                bytes.for_each(|(byte, new)| *byte = new);
            }
            6 => {
                let end = random.random_range(at..input.len());
                let piece = input[at..end].to_vec();
                input.splice(at..at, piece);
            }
            // The beginning of this and the end of another.
            _ => {
                let other = self.seeds.choose(random).unwrap();
                let from = random.random_range(0..=other.len());
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
        }
    }
}
