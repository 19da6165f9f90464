//! Label records: bytes in, keys and values out.

use std::sync::Arc;

use polars::prelude::*;

use super::meaning::LabelValue;
use crate::codec::{Codec, Decoder, Decoding, Schema, meta};
use crate::data::{JoinKeys, LabelBy, LabelSpec, Place};
use crate::kafka::RecordBatch;

/// Decodes the records of a label topic.
pub(super) struct LabelRecords {
    decoder: Box<dyn Decoder>,
    column: String,
    by: LabelBy,
}

/// A label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Label<'a> {
    pub(super) key: &'a [u8],
    pub(super) place: Place,
    pub(super) value: &'a LabelValue,
}

/// What became of the records of a batch that are no labels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NotLabels {
    pub(super) rejected: u64,
    pub(super) tombstones: u64,
    pub(super) without_key: u64,
}

impl LabelRecords {
    pub(super) fn new(spec: &LabelSpec, codec: &dyn Codec) -> Self {
        Self {
            decoder: codec.decoder(&Schema::default(), Decoding::Widen),
            column: spec.column.clone(),
            by: spec.by.clone(),
        }
    }

    /// Gives every label of a batch to `take`, in order.
    pub(super) fn read(
        &mut self,
        batch: &RecordBatch,
        mut take: impl FnMut(Label<'_>),
    ) -> PolarsResult<NotLabels> {
        self.decoder.decode(batch);
        let decoded = self.decoder.take();
        let frame = &decoded.frame;
        let mut others = NotLabels {
            rejected: decoded.rejected.len() as u64,
            tombstones: decoded.tombstones,
            without_key: 0,
        };
        if frame.height() == 0 {
            return Ok(others);
        }
        let times = frame.column(meta::TIMESTAMP)?.datetime()?.physical();
        let offsets = frame.column(meta::OFFSET)?.i64()?;
        let mut places = times.iter().zip(offsets.iter());
        let values = frame.column(&self.column).ok();
        let keys = match &self.by {
            LabelBy::Key => JoinKeys::by_key(frame),
            LabelBy::Fields { label, .. } => JoinKeys::by_fields(frame, label),
        };
        let Ok(mut keys) = keys else {
            // No record of the batch has these fields.
            others.without_key = frame.height() as u64;
            return Ok(others);
        };
        keys.each(|row, key| {
            let (Some(key), Some((Some(time), Some(offset)))) = (key, places.next()) else {
                others.without_key += 1;
                return;
            };
            let value = match values.map(|values| values.get(row)) {
                Some(Ok(found)) => value(&found),
                _ => LabelValue::Null,
            };
            take(Label { key, place: Place { time, partition: batch.partition().0, offset }, value: &value });
        })?;
        Ok(others)
    }
}

/// A cell as a label. Numbers are compared and predicted as floats, as in training.
pub(super) fn value(cell: &AnyValue<'_>) -> LabelValue {
    match cell {
        AnyValue::Null => LabelValue::Null,
        AnyValue::Boolean(value) => LabelValue::Text(Arc::from(if *value { "true" } else { "false" })),
        AnyValue::String(text) => LabelValue::Text((*text).into()),
        AnyValue::StringOwned(text) => LabelValue::Text(text.as_str().into()),
        other => match other.extract::<f64>() {
            Some(number) => LabelValue::Number(number),
            None => LabelValue::Text(other.to_string().into()),
        },
    }
}
