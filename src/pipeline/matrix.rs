//! Features as numbers.

use std::sync::Arc;

/// Features by column: what learners fit on and predict from. NaN is a missing value.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureMatrix {
    names: Arc<[String]>,
    rows: usize,
    values: Vec<f64>,
}

impl FeatureMatrix {
    /// From columns one after the other; `values.len()` must be `names.len() * rows` (else `None`).
    pub fn new(names: Arc<[String]>, rows: usize, values: Vec<f64>) -> Option<Self> {
        (values.len() == names.len() * rows).then_some(Self { names, rows, values })
    }

    /// Names of the columns.
    pub fn names(&self) -> &Arc<[String]> {
        &self.names
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.names.len()
    }

    /// All values, column after column.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// One column; empty when there is none of that number.
    pub fn column(&self, index: usize) -> &[f64] {
        self.values.get(index * self.rows..(index + 1) * self.rows).unwrap_or_default()
    }

    /// One column, to be changed (permutation importance).
    pub fn column_mut(&mut self, index: usize) -> &mut [f64] {
        self.values.get_mut(index * self.rows..(index + 1) * self.rows).unwrap_or_default()
    }
}
