//! A frame cut into train, validation and test rows.

use polars::prelude::{DataFrame, DataType, IdxCa, NamedFrom};

use super::evaluation::{Evaluation, resamples};
use super::labels::Labelled;
use super::model::Prediction;
use super::run_file::RunFile;
use super::task::Labels;
use crate::codec::meta;
use crate::data::Frame;
use crate::jobs::{Cancel, Problem};

/// The rows of one part, in time order.
pub(super) struct PartRows {
    /// The payload's columns.
    pub data: DataFrame,
    pub labels: Labels,
    /// Record times, ms.
    times: Vec<Option<i64>>,
}

/// All parts.
pub(super) struct Parts {
    pub train: PartRows,
    pub valid: PartRows,
    pub test: PartRows,
    gaps: u64,
    /// See [`super::Run::borders`].
    pub borders: [i64; 4],
}

impl Parts {
    /// Splits the rows that have a target.
    pub fn of(frame: &Frame, file: &RunFile, labelled: &Labelled) -> Result<Self, Problem> {
        let split = file.split.split(frame, Some(&labelled.rows))?;
        Ok(Self {
            train: PartRows::of(frame, labelled, &split.train)?,
            valid: PartRows::of(frame, labelled, &split.valid)?,
            test: PartRows::of(frame, labelled, &split.test)?,
            gaps: split.gaps.len() as u64,
            borders: split.borders,
        })
    }

    /// Train, validation, test, gaps, and the rows without a target.
    pub fn rows(&self, missing: u64) -> [u64; 5] {
        let count = |part: &PartRows| part.data.height() as u64;
        [count(&self.train), count(&self.valid), count(&self.test), self.gaps, missing]
    }
}

impl PartRows {
    fn of(frame: &Frame, labelled: &Labelled, rows: &[u32]) -> Result<Self, Problem> {
        let failed =
            |error: polars::error::PolarsError| Problem::new("Splitting the frame", error.to_string(), "");
        let index = IdxCa::new("row".into(), rows);
        let data = frame.data.take(&index).map_err(failed)?;
        let times = match data.column(meta::TIMESTAMP) {
            Ok(column) => {
                let times = column.cast(&DataType::Int64).map_err(failed)?;
                times.i64().map_err(failed)?.iter().collect()
            }
            Err(_) => vec![None; rows.len()],
        };
        // Row numbers of the frame to places among the rows that have a target, which ascend.
        let places: Vec<u32> = rows
            .iter()
            .filter_map(|row| labelled.rows.binary_search(row).ok())
            .map(|place| place as u32)
            .collect();
        Ok(Self { data, labels: labelled.labels.select(&places), times })
    }

    /// A prediction of these rows held against their truth.
    pub fn evaluate(&self, prediction: &Prediction) -> Evaluation {
        Evaluation::of(prediction, &self.labels, &self.times)
    }

    /// The same with an interval for each metric.
    pub fn judge(&self, prediction: &Prediction, cancel: &Cancel) -> Result<Evaluation, Problem> {
        let resamples = resamples(prediction, &self.labels, cancel)?;
        Ok(Evaluation { resamples, ..self.evaluate(prediction) })
    }
}
