//! One version of a model, ready to score micro-batches: decode → prepare → predict.
//!
//! In: a package, then raw batches. Out: for every record, in order, a prediction or a rejection with its step and reason.
//! It knows nothing of how records are read or written.

use std::collections::BTreeMap;

use polars::frame::DataFrame;

use super::labels::EventKeys;
use super::refuse::{Refused, missing_feature};
use crate::codec::{self, Decoder, Decoding, Rejection, meta};
use crate::data::LabelBy;
use crate::jobs::Problem;
use crate::kafka::{Offset, PartitionId, Record, RecordBatch};
use crate::learn::{Model, Prediction};
use crate::pipeline::Applier;
use crate::registry::{Manifest, Package};

/// A version, ready.
pub(super) struct Scorer {
    /// Its number.
    pub(super) version: u32,
    /// What it says of itself.
    pub(super) manifest: Manifest,
    decoder: Box<dyn Decoder>,
    applier: Applier,
    model: Model,
}

/// What one micro-batch gave.
pub(super) struct Scored {
    /// The decoded rows, for the fields of the newest.
    pub(super) frame: DataFrame,
    /// Probabilities per class, or one number, row after row.
    pub(super) values: Vec<f64>,
    /// Values per row.
    pub(super) width: usize,
    /// Values that the preparation had not seen or could not cast.
    pub(super) unseen: u64,
    partitions: Vec<i32>,
    offsets: Vec<i64>,
    refused: BTreeMap<usize, Refused>,
    rejected: BTreeMap<(PartitionId, Offset), Rejection>,
    next_row: usize,
}

/// What became of a record.
pub(super) enum Fate<'a> {
    /// Scored: its row, and its probabilities or its number.
    Row(usize, &'a [f64]),
    /// Rejected.
    Rejected(Rejection),
}

impl Scorer {
    /// Makes a package ready. Fails where its parts do not fit together.
    pub(super) fn new(package: Package, version: u32) -> Result<Self, Problem> {
        let unknown =
            |why| Problem::new(format!("Version {version} cannot score"), why, "Use another version.");
        let codec = codec::by_name(&package.manifest.codec).map_err(unknown)?;
        let decoder = codec.decoder(&package.manifest.input, Decoding::Exact);
        let applier = package.pipeline.applier()?;
        Ok(Self { version, manifest: package.manifest, decoder, applier, model: package.model })
    }

    /// Finds the keys by which labels find the records that it scores.
    pub(super) fn event_keys(&self, by: &LabelBy) -> Result<EventKeys, Problem> {
        let unknown =
            |why| Problem::new(format!("Version {} cannot score", self.version), why, "Use another version.");
        Ok(EventKeys::new(by, codec::by_name(&self.manifest.codec).map_err(unknown)?))
    }

    /// Scores the records of `batches`; [`Scored::fate`] then tells of each, asked in the same order.
    pub(super) fn score(&mut self, batches: &[RecordBatch]) -> Scored {
        for batch in batches {
            self.decoder.decode(batch);
        }
        let decoded = self.decoder.take();
        let width = self.manifest.classes.len().max(1);
        let mut scored = Scored {
            values: Vec::with_capacity(decoded.frame.height() * width),
            width,
            unseen: 0,
            partitions: integers(&decoded.frame, meta::PARTITION, |column| {
                Ok(column.i32()?.iter().collect())
            }),
            offsets: integers(&decoded.frame, meta::OFFSET, |column| Ok(column.i64()?.iter().collect())),
            refused: BTreeMap::new(),
            rejected: decoded.rejected.into_iter().map(|one| ((one.partition, one.offset), one)).collect(),
            next_row: 0,
            frame: decoded.frame,
        };
        let frame = scored.frame.clone();
        self.predict(&frame, 0, &mut scored);
        scored
    }

    /// Predicts the rows of `frame`, which begins at row `first` of the batch. Where preparation or model refuse the whole,
    /// halves are tried, so that one bad row costs only itself.
    fn predict(&self, frame: &DataFrame, first: usize, scored: &mut Scored) {
        let rows = frame.height();
        if rows == 0 {
            return;
        }
        match self.predict_at_once(frame, first, scored) {
            Ok(()) => {}
            Err(refused) if rows == 1 => {
                scored.refused.insert(first, refused);
                scored.values.extend(std::iter::repeat_n(f64::NAN, scored.width));
            }
            Err(_) => {
                let half = rows / 2;
                self.predict(&frame.slice(0, half), first, scored);
                self.predict(&frame.slice(half as i64, rows - half), first + half, scored);
            }
        }
    }

    fn predict_at_once(&self, frame: &DataFrame, first: usize, scored: &mut Scored) -> Result<(), Refused> {
        let applied = self.applier.apply(frame).map_err(|problem| Refused::new("prepare", &problem))?;
        let predicted =
            self.model.predict(&applied.features).map_err(|problem| Refused::new("predict", &problem))?;
        let values = match predicted {
            Prediction::Classes { probabilities, .. } => probabilities,
            Prediction::Values(values) => values,
        };
        if values.len() != frame.height() * scored.width {
            return Err(Refused {
                step: "predict",
                reason: "the model gave another number of predictions".into(),
            });
        }
        for (row, values) in values.chunks_exact(scored.width).enumerate() {
            if values.iter().any(|value| !value.is_finite()) {
                scored.refused.insert(first + row, missing_feature(&applied.features, row));
            }
        }
        scored.unseen += applied.unmatched.iter().map(|unmatched| unmatched.values).sum::<u64>();
        scored.values.extend(values);
        Ok(())
    }
}

impl Scored {
    /// What became of the next record.
    pub(super) fn fate(&mut self, batch: &RecordBatch, record: &Record<'_>) -> Fate<'_> {
        let row = self.next_row;
        let place = (batch.partition(), record.offset);
        let is_row =
            self.offsets.get(row) == Some(&place.1.0) && self.partitions.get(row) == Some(&place.0.0);
        if !is_row {
            let decoding = || Refused { step: "decode", reason: "the record has no value".into() };
            let known = self.rejected.remove(&place);
            return Fate::Rejected(known.unwrap_or_else(|| decoding().at(batch, record.offset)));
        }
        self.next_row += 1;
        if let Some(refused) = self.refused.remove(&row) {
            return Fate::Rejected(refused.at(batch, record.offset));
        }
        let values = self.values.get(row * self.width..(row + 1) * self.width).unwrap_or_default();
        Fate::Row(row, values)
    }
}

type Column = polars::prelude::Column;

/// A meta column without nulls; empty where the frame has none, which no codec gives.
fn integers<T>(
    frame: &DataFrame,
    name: &str,
    read: impl Fn(&Column) -> polars::prelude::PolarsResult<Vec<Option<T>>>,
) -> Vec<T> {
    let values = frame.column(name).and_then(read).unwrap_or_default();
    values.into_iter().flatten().collect()
}
