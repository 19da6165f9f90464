//! Chunks to one frame: types are settled, columns are built one after the other and freed as they go, so that never
//! much more than the frame itself is in memory.

use std::sync::Arc;

use polars::prelude::*;
use rayon::prelude::*;

use super::Decoded;
use super::chunk::{Chunk, Origin};
use super::meta;
use super::schema::{Field, Kind, Schema};
use super::seen::Seen;
use super::values::{Packed, Store, Values};

/// A column of every chunk that has it, by chunk number, ascending.
struct Gathered {
    name: Arc<str>,
    seen: Seen,
    nullable: bool,
    /// Rows, of those decoded, in chunks that have the column.
    covered: usize,
    parts: Vec<(usize, Values)>,
}

/// One frame of all chunks, in their order. Columns stand in the order in which their fields were first seen; a column
/// of nulls alone is left out when it is only the empty form of an object (`a` beside `a.b`).
pub fn assemble(chunks: Vec<Chunk>, with_topic: bool) -> Decoded {
    build(chunks, with_topic, None)
}

/// One frame with exactly the columns of `schema`.
pub(super) fn assemble_exactly(chunk: Chunk, schema: &Schema) -> Decoded {
    build(vec![chunk], false, Some(schema))
}

/// Some columns of one chunk, by name, with the types that its own rows need; one that it does not have is text nulls.
pub fn chunk_columns(chunk: &Chunk, names: &[&str]) -> DataFrame {
    let part = chunk.with_columns(names);
    let fields = names.iter().filter(|name| !meta::ALL.contains(name)).map(|name| Field {
        name: (*name).to_owned(),
        kind: part
            .columns
            .iter()
            .find(|column| *column.name == **name)
            .map_or(Kind::Null, |column| column.values.seen().kind()),
        nullable: true,
    });
    let schema = Schema { fields: fields.collect() };
    build(vec![part], true, Some(&schema)).frame
}

fn build(mut chunks: Vec<Chunk>, with_topic: bool, exactly: Option<&Schema>) -> Decoded {
    chunks.iter_mut().for_each(Chunk::finish);
    let rejected = chunks.iter_mut().flat_map(Chunk::take_rejected).collect();
    let tombstones = chunks.iter().map(Chunk::tombstones).sum();
    let surplus = chunks.iter().find_map(|chunk| chunk.surplus().map(str::to_owned));
    let lengths: Vec<usize> = chunks.iter().map(Chunk::rows).collect();
    let rows = lengths.iter().sum();

    let gathered = gather(&mut chunks);
    let schema = exactly.cloned().unwrap_or_else(|| settle(&gathered, &chunks));
    let mut columns = meta_columns(chunks, rows, with_topic);
    let payload: Vec<Column> = schema
        .fields
        .iter()
        .map(|field| (field, gathered.iter().position(|column| *column.name == *field.name)))
        .collect::<Vec<_>>()
        .into_iter()
        .map({
            let mut gathered: Vec<_> = gathered.into_iter().map(Some).collect();
            move |(field, place)| {
                let column = place.and_then(|place| gathered.get_mut(place)).and_then(Option::take);
                (field, column.map(|column| column.parts).unwrap_or_default())
            }
        })
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(field, parts)| column(field, parts, &lengths, rows))
        .collect();
    columns.extend(payload);
    // Names are unique and lengths equal by construction.
    let frame = DataFrame::new(rows, columns).unwrap_or_default();
    Decoded { frame, schema, rejected, tombstones, surplus }
}

fn gather(chunks: &mut [Chunk]) -> Vec<Gathered> {
    let mut places: PlHashMap<Arc<str>, usize> = PlHashMap::default();
    let mut gathered: Vec<Gathered> = Vec::new();
    for (number, chunk) in chunks.iter_mut().enumerate() {
        let decoded = chunk.decoded();
        for column in std::mem::take(&mut chunk.columns) {
            let place = *places.entry(column.name.clone()).or_insert(gathered.len());
            if place == gathered.len() {
                gathered.push(Gathered {
                    name: column.name,
                    seen: Seen::default(),
                    nullable: false,
                    covered: 0,
                    parts: Vec::new(),
                });
            }
            if let Some(whole) = gathered.get_mut(place) {
                whole.seen.add(column.values.seen());
                whole.nullable |= column.nullable;
                whole.covered += decoded;
                whole.parts.push((number, column.values));
            }
        }
    }
    gathered
}

/// The schema that all records need together.
fn settle(gathered: &[Gathered], chunks: &[Chunk]) -> Schema {
    let decoded: usize = chunks.iter().map(Chunk::decoded).sum();
    let is_empty_object = |column: &Gathered| {
        column.seen.kind() == Kind::Null
            && gathered
                .iter()
                .any(|other| other.name.strip_prefix(&*column.name).is_some_and(|rest| rest.starts_with('.')))
    };
    let fields = gathered.iter().filter(|column| !is_empty_object(column)).map(|column| Field {
        name: column.name.to_string(),
        kind: column.seen.kind(),
        nullable: column.nullable || column.covered < decoded,
    });
    Schema { fields: fields.collect() }
}

fn meta_columns(chunks: Vec<Chunk>, rows: usize, with_topic: bool) -> Vec<Column> {
    let origins: Vec<Origin> = chunks.iter().flat_map(|chunk| chunk.origins.clone()).collect();
    let partitions: Vec<i32> =
        origins.iter().flat_map(|origin| std::iter::repeat_n(origin.partition.0, origin.rows)).collect();
    let mut offsets = Vec::with_capacity(rows);
    let mut timestamps = Vec::with_capacity(chunks.len());
    let mut keys = BinaryChunkedBuilder::new(meta::KEY.into(), rows);
    let lengths: Vec<usize> = chunks.iter().map(Chunk::rows).collect();
    for (number, chunk) in chunks.into_iter().enumerate() {
        push_keys(&mut keys, &chunk.keys, &chunk.null_keys, chunk.offsets.len());
        offsets.extend(chunk.offsets);
        timestamps.push((number, chunk.timestamps));
    }
    let time = Field { name: meta::TIMESTAMP.into(), kind: Kind::Time, nullable: true };
    let mut columns = vec![
        Column::new(meta::PARTITION.into(), partitions),
        Column::new(meta::OFFSET.into(), offsets),
        column(&time, timestamps, &lengths, rows),
        keys.finish().into_column(),
    ];
    if with_topic {
        let mut topics = StringChunkedBuilder::new(meta::TOPIC.into(), rows);
        for origin in &origins {
            (0..origin.rows).for_each(|_| topics.append_value(&*origin.topic));
        }
        columns.insert(0, topics.finish().into_column());
    }
    columns
}

fn push_keys(builder: &mut BinaryChunkedBuilder, keys: &Packed, nulls: &[usize], rows: usize) {
    let mut nulls = nulls.iter().copied().peekable();
    for row in 0..rows {
        match nulls.next_if_eq(&row) {
            Some(_) => builder.append_null(),
            None => builder.append_value(keys.get(row)),
        }
    }
}

/// A column of type `field.kind` from its parts; rows of chunks that do not have it are null.
fn column(field: &Field, parts: Vec<(usize, Values)>, lengths: &[usize], rows: usize) -> Column {
    let name = PlSmallStr::from_str(&field.name);
    match field.kind {
        Kind::Bool => {
            let mut builder = BooleanChunkedBuilder::new(name, rows);
            fill(parts, lengths, |part, row| builder.append_option(part.and_then(|part| as_bool(part, row))));
            builder.finish().into_column()
        }
        Kind::Int => numbers::<Int64Type>(name, parts, lengths, rows, as_int).into_column(),
        Kind::UInt => numbers::<UInt64Type>(name, parts, lengths, rows, as_uint).into_column(),
        Kind::Float => numbers::<Float64Type>(name, parts, lengths, rows, as_float).into_column(),
        Kind::Time => numbers::<Int64Type>(name, parts, lengths, rows, as_int)
            .into_datetime(TimeUnit::Milliseconds, None)
            .into_column(),
        Kind::Text | Kind::Json | Kind::Null => {
            let mut builder = StringChunkedBuilder::new(name, rows);
            let mut text = String::new();
            fill(parts, lengths, |part, row| match part {
                Some(part) if part.is_set(row) => match part.store() {
                    Store::Text(texts) => builder.append_value(texts.text(row)),
                    _ => {
                        text.clear();
                        part.write_text(row, &mut text);
                        builder.append_value(&text);
                    }
                },
                _ => builder.append_null(),
            });
            builder.finish().into_column()
        }
    }
}

/// Calls `push` for every row in order, with the part that the row belongs to and its number within it; a part is freed
/// when its last row was pushed.
fn fill(parts: Vec<(usize, Values)>, lengths: &[usize], mut push: impl FnMut(Option<&Values>, usize)) {
    let mut parts = parts.into_iter().peekable();
    for (number, length) in lengths.iter().enumerate() {
        let part = parts.next_if(|(of, _)| *of == number).map(|(_, values)| values);
        (0..*length).for_each(|row| push(part.as_ref(), row));
    }
}

fn numbers<T: PolarsNumericType>(
    name: PlSmallStr,
    parts: Vec<(usize, Values)>,
    lengths: &[usize],
    rows: usize,
    value: impl Fn(&Store, usize) -> Option<T::Native>,
) -> ChunkedArray<T> {
    let mut builder = PrimitiveChunkedBuilder::<T>::new(name, rows);
    fill(parts, lengths, |part, row| match part {
        Some(part) if part.is_set(row) => builder.append_option(value(part.store(), row)),
        _ => builder.append_null(),
    });
    builder.finish()
}

fn as_bool(part: &Values, row: usize) -> Option<bool> {
    match part.store() {
        Store::Bool(values) if part.is_set(row) => values.get(row).copied(),
        _ => None,
    }
}

fn as_int(store: &Store, row: usize) -> Option<i64> {
    match store {
        Store::Int(values) => values.get(row).copied(),
        _ => None,
    }
}

fn as_uint(store: &Store, row: usize) -> Option<u64> {
    match store {
        Store::UInt(values) => values.get(row).copied(),
        Store::Int(values) => values.get(row).and_then(|value| u64::try_from(*value).ok()),
        _ => None,
    }
}

fn as_float(store: &Store, row: usize) -> Option<f64> {
    match store {
        Store::Number(values, _) => values.get(row).copied(),
        Store::Int(values) => values.get(row).map(|value| *value as f64),
        Store::UInt(values) => values.get(row).map(|value| *value as f64),
        _ => None,
    }
}
