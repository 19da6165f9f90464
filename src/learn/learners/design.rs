//! The design matrix of the linear learners: columns brought to a common scale, with an intercept as the last parameter.
//!
//! A column that is mostly zero (one-hot) is kept as its other entries, so that a pass costs what is in it; any other is
//! centred and scaled to deviation 1, which keeps the problem well conditioned far from zero. Penalties stay those of the
//! columns as given: see [`Design::penalty`]. Sums run in a fixed order, whatever the number of threads.

#![allow(
    clippy::indexing_slicing,
    reason = "row numbers and parameter numbers come from the design's own sizes"
)]

use rayon::prelude::*;

use crate::pipeline::FeatureMatrix;

/// Rows per task.
const BLOCK: usize = 8_192;
/// Fewer entries than this are summed on the calling thread: handing them out would take longer.
const WORTH_SHARING: usize = 500_000;
/// A column is kept sparse when at most one entry in so many is not zero.
const SPARSE: usize = 4;

/// Columns on a common scale.
pub(super) struct Design {
    rows: usize,
    columns: Vec<Column>,
    shared: bool,
}

struct Column {
    centre: f64,
    scale: f64,
    entries: Entries,
}

enum Entries {
    Dense(Vec<f64>),
    Sparse { rows: Vec<u32>, value: Vec<f64> },
}

impl Design {
    /// All values must be finite.
    pub fn new(features: &FeatureMatrix) -> Self {
        let columns: Vec<Column> =
            (0..features.columns()).into_par_iter().map(|at| Column::new(features.column(at))).collect();
        let shared = columns.iter().map(Column::entries).sum::<usize>() >= WORTH_SHARING;
        Self { rows: features.rows(), columns, shared }
    }

    /// Columns and the intercept.
    pub fn parameters(&self) -> usize {
        self.columns.len() + 1
    }

    /// By what `weight²` is multiplied in a penalty of 1 on the squared coefficients; 0 for the intercept.
    pub fn penalty(&self) -> Vec<f64> {
        let of_columns = self.columns.iter().map(|column| 1.0 / (column.scale * column.scale));
        of_columns.chain([0.0]).collect()
    }

    /// The linear sum of each row.
    pub fn times(&self, weights: &[f64]) -> Vec<f64> {
        let intercept = weights[self.columns.len()];
        let mut sums = vec![intercept; self.rows];
        let add_block = |(block, sums): (usize, &mut [f64])| {
            for (column, &weight) in self.columns.iter().zip(weights) {
                column.add_to(sums, block * BLOCK, weight);
            }
        };
        if self.shared {
            sums.par_chunks_mut(BLOCK).enumerate().for_each(add_block);
        } else {
            sums.chunks_mut(BLOCK).enumerate().for_each(add_block);
        }
        sums
    }

    /// For each parameter the sum over the rows of its entry times the row's value.
    pub fn transposed_times(&self, values: &[f64]) -> Vec<f64> {
        self.per_column(|column| column.dot(values), sum(values.len(), |row| values[row]))
    }

    /// For each parameter the sum over the rows of its squared entry times the row's weight.
    pub fn weighted_squares(&self, weights: &[f64]) -> Vec<f64> {
        self.per_column(|column| column.squares(weights), sum(weights.len(), |row| weights[row]))
    }

    fn per_column(&self, value: impl Fn(&Column) -> f64 + Send + Sync, of_intercept: f64) -> Vec<f64> {
        let mut values: Vec<f64> = if self.shared {
            self.columns.par_iter().map(value).collect()
        } else {
            self.columns.iter().map(value).collect()
        };
        values.push(of_intercept);
        values
    }

    /// Coefficients and intercept for the columns as they were given.
    pub fn original(&self, weights: &[f64]) -> (Vec<f64>, f64) {
        let coefficients: Vec<f64> =
            self.columns.iter().zip(weights).map(|(column, weight)| weight / column.scale).collect();
        let shift: f64 = self.columns.iter().zip(&coefficients).map(|(column, c)| column.centre * c).sum();
        (coefficients, weights[self.columns.len()] - shift)
    }
}

impl Column {
    fn new(values: &[f64]) -> Self {
        let filled = values.iter().filter(|value| **value != 0.0).count();
        let rows = values.len().max(1) as f64;
        if filled * SPARSE <= values.len() {
            let (places, entries): (Vec<u32>, Vec<f64>) =
                (0_u32..).zip(values).filter(|(_, value)| **value != 0.0).unzip();
            let size = (entries.iter().map(|value| value * value).sum::<f64>() / rows).sqrt();
            let scale = usable_scale(size);
            let value = entries.into_iter().map(|value| value / scale).collect();
            return Self { centre: 0.0, scale, entries: Entries::Sparse { rows: places, value } };
        }
        let centre = values.iter().map(|value| value / rows).sum::<f64>();
        let variance = values.iter().map(|value| (value - centre) * (value - centre)).sum::<f64>() / rows;
        let scale = usable_scale(variance.sqrt());
        let dense = values.iter().map(|value| (value - centre) / scale).collect();
        Self { centre, scale, entries: Entries::Dense(dense) }
    }

    fn entries(&self) -> usize {
        match &self.entries {
            Entries::Dense(values) => values.len(),
            Entries::Sparse { value, .. } => value.len(),
        }
    }

    fn add_to(&self, sums: &mut [f64], first: usize, weight: f64) {
        match &self.entries {
            Entries::Dense(values) => {
                for (sum, value) in sums.iter_mut().zip(&values[first..]) {
                    *sum += weight * value;
                }
            }
            Entries::Sparse { rows, value } => {
                let begin = rows.partition_point(|&row| (row as usize) < first);
                let end = rows.partition_point(|&row| (row as usize) < first + sums.len());
                for (row, value) in rows[begin..end].iter().zip(&value[begin..end]) {
                    sums[*row as usize - first] += weight * value;
                }
            }
        }
    }

    fn dot(&self, other: &[f64]) -> f64 {
        match &self.entries {
            Entries::Dense(values) => sum(values.len(), |at| values[at] * other[at]),
            Entries::Sparse { rows, value } => sum(value.len(), |at| value[at] * other[rows[at] as usize]),
        }
    }

    fn squares(&self, weights: &[f64]) -> f64 {
        match &self.entries {
            Entries::Dense(values) => sum(values.len(), |at| values[at] * values[at] * weights[at]),
            Entries::Sparse { rows, value } => {
                sum(value.len(), |at| value[at] * value[at] * weights[rows[at] as usize])
            }
        }
    }
}

/// Adds in lanes and blocks: rounding does not pile up as it does in one long sum, and the lanes go side by side.
fn sum(terms: usize, term: impl Fn(usize) -> f64) -> f64 {
    const LANES: usize = 8;
    const BLOCK: usize = 64 * LANES;
    let mut total = 0.0;
    for first in (0..terms).step_by(BLOCK) {
        let end = terms.min(first + BLOCK);
        let mut lanes = [0.0; LANES];
        let mut at = first;
        while at + LANES <= end {
            for (lane, sum) in lanes.iter_mut().enumerate() {
                *sum += term(at + lane);
            }
            at += LANES;
        }
        total += lanes.iter().sum::<f64>() + (at..end).map(&term).sum::<f64>();
    }
    total
}

/// A constant column has deviation 0: it is only centred, and the penalty takes its coefficient to 0.
fn usable_scale(deviation: f64) -> f64 {
    if deviation.is_normal() { deviation } else { 1.0 }
}
