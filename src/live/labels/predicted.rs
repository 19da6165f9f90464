//! Predictions on their way to their labels, in columns; and the keys by which labels find them.

use polars::frame::DataFrame;

use crate::codec::{Codec, Decoder, Decoding, Schema, meta};
use crate::data::{JoinKeys, LabelBy, Place};
use crate::kafka::{PartitionId, Record, RecordBatch};

/// Predictions of one version.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::live) struct Predicted {
    pub(super) version: u32,
    /// Values per prediction: one per class, or one number.
    pub(super) width: usize,
    keys: Keys,
    places: Vec<Place>,
    values: Vec<f64>,
    most_probable: Vec<u32>,
    /// Predictions that no label can find: their record has no key, or no timestamp.
    pub(super) without_key: u64,
}

/// A prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PredictedRow<'a> {
    pub(super) key: &'a [u8],
    pub(super) place: Place,
    pub(super) values: &'a [f64],
    pub(super) most_probable: u32,
}

impl Predicted {
    pub(in crate::live) fn new(version: u32, width: usize) -> Self {
        Self { version, width: width.max(1), ..Self::default() }
    }

    /// Adds a prediction of a record with that key, by which its label will find it.
    pub(in crate::live) fn push(
        &mut self,
        key: Option<&[u8]>,
        partition: PartitionId,
        record: &Record<'_>,
        values: &[f64],
        most_probable: u32,
    ) {
        let (Some(key), Some(time)) = (key, record.timestamp) else {
            self.without_key += 1;
            return;
        };
        let place = Place { time: time.0, partition: partition.0, offset: record.offset.0 };
        self.push_row(PredictedRow { key, place, values, most_probable });
    }

    pub(super) fn push_row(&mut self, row: PredictedRow<'_>) {
        self.keys.push(row.key);
        self.places.push(row.place);
        self.values.extend(row.values);
        self.most_probable.push(row.most_probable);
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = PredictedRow<'_>> {
        let places = self.places.iter().zip(&self.most_probable);
        let rows = self.keys.iter().zip(places).zip(self.values.chunks_exact(self.width.max(1)));
        rows.map(|((key, (place, class)), values)| PredictedRow {
            key,
            place: *place,
            values,
            most_probable: *class,
        })
    }

    /// Predictions, those without a key included.
    pub(super) fn count(&self) -> u64 {
        self.places.len() as u64 + self.without_key
    }

    /// Times of the records, their values and their most probable classes, for the statistics.
    pub(super) fn columns(&self) -> (Vec<i64>, &[f64], &[u32]) {
        (self.places.iter().map(|place| place.time).collect(), &self.values, &self.most_probable)
    }
}

/// Keys behind one another.
#[derive(Clone, Debug, Default, PartialEq)]
struct Keys {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Keys {
    fn push(&mut self, key: &[u8]) {
        self.bytes.extend(key);
        self.ends.push(self.bytes.len());
    }

    fn get(&self, at: usize) -> Option<&[u8]> {
        let start = match at.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        self.bytes.get(start..*self.ends.get(at)?)
    }

    fn iter(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| self.bytes.get(start..*end).unwrap_or_default())
    }
}

/// Finds the key by which the label of a record will find it.
pub(in crate::live) enum EventKeys {
    /// The record's own.
    OfRecord,
    /// The text of fields, which need not be among those that the model reads: they are decoded beside it.
    OfFields(Box<FieldKeys>),
}

/// Keys made of fields, for the records of a micro-batch in their order.
pub(in crate::live) struct FieldKeys {
    decoder: Box<dyn Decoder>,
    fields: Vec<String>,
    keys: Keys,
    /// Partition and offset of each key, in order.
    places: Vec<(i32, i64)>,
    next: usize,
}

impl EventKeys {
    pub(in crate::live) fn new(by: &LabelBy, codec: &dyn Codec) -> Self {
        match by {
            LabelBy::Key => Self::OfRecord,
            LabelBy::Fields { event, .. } => Self::OfFields(Box::new(FieldKeys {
                decoder: codec.decoder(&Schema::default(), Decoding::Widen),
                fields: event.clone(),
                keys: Keys::default(),
                places: Vec::new(),
                next: 0,
            })),
        }
    }

    /// Looks at a micro-batch; [`Self::of`] is then asked for its records in order, where it is asked at all.
    pub(in crate::live) fn look(&mut self, batches: &[RecordBatch]) {
        let Self::OfFields(keys) = self else { return };
        keys.look(batches);
    }

    pub(in crate::live) fn of<'a>(
        &'a mut self,
        partition: PartitionId,
        record: &Record<'a>,
    ) -> Option<&'a [u8]> {
        match self {
            Self::OfRecord => record.key,
            Self::OfFields(keys) => keys.of(partition.0, record.offset.0),
        }
    }
}

impl FieldKeys {
    fn look(&mut self, batches: &[RecordBatch]) {
        batches.iter().for_each(|batch| self.decoder.decode(batch));
        let frame = self.decoder.take().frame;
        self.next = 0;
        self.places.clear();
        self.keys = Keys::default();
        let places = places(&frame);
        let Ok(mut keys) = JoinKeys::by_fields(&frame, &self.fields) else { return };
        let taken = keys.each(|row, key| {
            if let (Some(key), Some(place)) = (key, places.get(row)) {
                self.keys.push(key);
                self.places.push(*place);
            }
        });
        if taken.is_err() {
            self.places.clear();
        }
    }

    fn of(&mut self, partition: i32, offset: i64) -> Option<&[u8]> {
        // Places are in order, as batches and their records are; those that are not asked for are passed.
        let wanted = (partition, offset);
        self.next += self.places.get(self.next..)?.iter().take_while(|place| **place < wanted).count();
        if *self.places.get(self.next)? != wanted {
            return None;
        }
        self.keys.get(self.next)
    }
}

fn places(frame: &DataFrame) -> Vec<(i32, i64)> {
    let partitions = frame.column(meta::PARTITION).and_then(|column| column.i32());
    let offsets = frame.column(meta::OFFSET).and_then(|column| column.i64());
    match (partitions, offsets) {
        (Ok(partitions), Ok(offsets)) => {
            let both = partitions.iter().zip(offsets.iter());
            both.map(|(partition, offset)| (partition.unwrap_or(-1), offset.unwrap_or(-1))).collect()
        }
        _ => Vec::new(),
    }
}
