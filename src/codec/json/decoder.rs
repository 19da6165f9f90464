//! JSON records to columns.

use std::sync::Arc;

use polars::prelude::PlHashMap;
use simd_json::{Node, StaticNode};

use super::MAX_COLUMNS;
use super::fields::{Fields, NodeId, Place};
use super::parse::Parser;
use super::text::write_json;
use crate::codec::assemble::{assemble, assemble_exactly};
use crate::codec::chunk::{Chunk, ChunkColumn};
use crate::codec::schema::{Kind, Schema};
use crate::codec::values::Values;
use crate::codec::{Decoded, Decoder, Decoding};
use crate::kafka::RecordBatch;

/// Decodes JSON records; see the module for what is decided in odd cases.
pub struct JsonDecoder {
    parser: Parser,
    rows: Rows,
}

/// The columns, and the way to them.
struct Rows {
    mode: Decoding,
    schema: Schema,
    fields: Fields,
    by_name: PlHashMap<Arc<str>, usize>,
    chunk: Chunk,
    text: String,
}

impl JsonDecoder {
    /// A decoder that begins with `schema`.
    pub fn new(schema: &Schema, mode: Decoding) -> Self {
        Self { parser: Parser::default(), rows: Rows::new(schema.clone(), mode) }
    }
}

impl Decoder for JsonDecoder {
    fn decode(&mut self, batch: &RecordBatch) {
        for record in batch.iter() {
            let Some(value) = record.value else {
                self.rows.chunk.push_tombstone();
                continue;
            };
            match self.parser.parse(value, |nodes| self.rows.push(nodes)) {
                Ok(()) => self.rows.chunk.push_meta(batch, &record),
                Err(reason) => self.rows.chunk.push_rejection(batch, &record, reason),
            }
        }
    }

    fn rows(&self) -> usize {
        self.rows.chunk.rows()
    }

    fn bytes(&self) -> usize {
        self.rows.chunk.memory()
    }

    fn take_chunk(&mut self) -> Chunk {
        let anew = Rows::new(self.rows.schema.clone(), self.rows.mode);
        let mut chunk = std::mem::replace(&mut self.rows, anew).chunk;
        chunk.finish();
        chunk
    }

    fn take(&mut self) -> Decoded {
        let chunk = self.take_chunk();
        match self.rows.mode {
            Decoding::Widen => assemble(vec![chunk], false),
            Decoding::Exact => assemble_exactly(chunk, &self.rows.schema),
        }
    }
}

impl Rows {
    fn new(schema: Schema, mode: Decoding) -> Self {
        let chunk = Chunk::starting_with(&schema.fields);
        let by_name = chunk.names().cloned().enumerate().map(|(at, name)| (name, at)).collect();
        Self { mode, schema, fields: Fields::default(), by_name, chunk, text: String::new() }
    }

    /// Adds the row of one record, or nothing at all.
    fn push(&mut self, nodes: &[Node<'_>]) -> Result<(), String> {
        let row = self.chunk.rows();
        let pushed = self.object(NodeId::ROOT, nodes, row).and_then(|()| self.check_missing(row));
        if pushed.is_err() {
            self.chunk.columns.iter_mut().for_each(|column| column.values.undo(row));
        }
        pushed
    }

    /// Adds the fields of the object that begins at `nodes[0]`.
    fn object(&mut self, at: NodeId, nodes: &[Node<'_>], row: usize) -> Result<(), String> {
        let Some(Node::Object { len, .. }) = nodes.first() else { return Ok(()) };
        let mut rest = nodes.get(1..).unwrap_or_default();
        let mut hint = 0;
        for _ in 0..*len {
            let [Node::String(key), value, ..] = rest else { break };
            let values = rest.get(1..).unwrap_or_default();
            match self.fields.child(at, key, &mut hint) {
                Some(node) => match value {
                    Node::Object { .. } => self.object(node, values, row)?,
                    _ => self.field(node, values, row)?,
                },
                None => self.unplaced(&self.fields.path(at, key), values, row)?,
            }
            rest = values.get(length(value)..).unwrap_or_default();
        }
        Ok(())
    }

    fn field(&mut self, node: NodeId, value: &[Node<'_>], row: usize) -> Result<(), String> {
        let column = match self.fields.place(node) {
            Place::Column(column) => column,
            Place::Nothing => return Ok(()),
            Place::Unknown => {
                let path = self.fields.path_of(node);
                let column = self.column(&path);
                self.fields.settle(node, column.map_or(Place::Nothing, Place::Column));
                match column {
                    Some(column) => column,
                    None => return Ok(()),
                }
            }
        };
        self.value(column, value, row)
    }

    /// A path for which the tree has no room, and everything below it.
    fn unplaced(&mut self, path: &Arc<str>, value: &[Node<'_>], row: usize) -> Result<(), String> {
        let Some(Node::Object { len, .. }) = value.first() else {
            return self.column(path).map_or(Ok(()), |column| self.value(column, value, row));
        };
        let mut rest = value.get(1..).unwrap_or_default();
        for _ in 0..*len {
            let [Node::String(key), value, ..] = rest else { break };
            let values = rest.get(1..).unwrap_or_default();
            self.unplaced(&format!("{path}.{key}").into(), values, row)?;
            rest = values.get(length(value)..).unwrap_or_default();
        }
        Ok(())
    }

    /// The column of that name; made when the schema may grow.
    fn column(&mut self, name: &Arc<str>) -> Option<usize> {
        if let Some(column) = self.by_name.get(name) {
            return Some(*column);
        }
        if self.mode == Decoding::Exact {
            return None;
        }
        let column = self.chunk.columns.len();
        if column >= MAX_COLUMNS {
            self.chunk.note_surplus(name);
            return None;
        }
        self.by_name.insert(name.clone(), column);
        let values = Values::default();
        self.chunk.columns.push(ChunkColumn { name: name.clone(), values, nullable: false });
        Some(column)
    }

    fn value(&mut self, column: usize, nodes: &[Node<'_>], row: usize) -> Result<(), String> {
        if self.mode == Decoding::Exact {
            self.check_fits(column, nodes)?;
        }
        let Some(column) = self.chunk.columns.get_mut(column) else { return Ok(()) };
        let values = &mut column.values;
        match nodes.first() {
            Some(Node::String(text)) => values.push_text(row, text),
            Some(Node::Static(StaticNode::I64(value))) => values.push_int(row, *value),
            Some(Node::Static(StaticNode::U64(value))) => values.push_uint(row, *value),
            Some(Node::Static(StaticNode::F64(value))) => values.push_float(row, *value),
            Some(Node::Static(StaticNode::Bool(value))) => values.push_bool(row, *value),
            Some(Node::Static(StaticNode::Null)) => values.push_null(row),
            Some(Node::Array { .. }) => {
                self.text.clear();
                write_json(nodes, &mut self.text);
                values.push_json(row, &self.text);
            }
            Some(Node::Static(wider)) => values.push_text(row, &wider.to_string()),
            Some(Node::Object { .. }) | None => {}
        }
        Ok(())
    }

    /// Refuses a value that a fixed column cannot hold. Columns of text take everything, because in training they did.
    fn check_fits(&self, column: usize, nodes: &[Node<'_>]) -> Result<(), String> {
        let Some(field) = self.schema.fields.get(column) else { return Ok(()) };
        let (fits, what) = match nodes.first() {
            Some(Node::Static(StaticNode::Null)) | None => (true, "null"),
            Some(Node::String(_)) => (false, "text"),
            Some(Node::Static(StaticNode::Bool(_))) => (field.kind == Kind::Bool, "true or false"),
            Some(Node::Static(StaticNode::I64(value))) => (
                match field.kind {
                    Kind::Int | Kind::Time | Kind::Float => true,
                    Kind::UInt => *value >= 0,
                    _ => false,
                },
                "an integer",
            ),
            Some(Node::Static(StaticNode::U64(value))) => (
                match field.kind {
                    Kind::Int | Kind::Time => i64::try_from(*value).is_ok(),
                    Kind::UInt | Kind::Float => true,
                    _ => false,
                },
                "an integer",
            ),
            Some(Node::Static(StaticNode::F64(_))) => (field.kind == Kind::Float, "a number with a fraction"),
            Some(Node::Array { .. }) => (field.kind == Kind::Json, "an array"),
            Some(Node::Static(_)) => (false, "an integer beyond 64 bits"),
            Some(Node::Object { .. }) => (false, "an object"),
        };
        if fits || matches!(field.kind, Kind::Text | Kind::Null) {
            return Ok(());
        }
        Err(format!("field {} is {what}: expected {}", field.name, field.kind.words()))
    }

    fn check_missing(&self, row: usize) -> Result<(), String> {
        if self.mode == Decoding::Widen {
            return Ok(());
        }
        let mut fields = self.schema.fields.iter().zip(&self.chunk.columns);
        match fields
            .find(|(field, column)| !field.nullable && field.kind != Kind::Null && !column.values.is_set(row))
        {
            Some((field, _)) => {
                Err(format!("field {} is missing: expected {}", field.name, field.kind.words()))
            }
            None => Ok(()),
        }
    }
}

/// Nodes of a value, itself counted.
fn length(value: &Node<'_>) -> usize {
    match value {
        Node::Object { count, .. } | Node::Array { count, .. } => count + 1,
        _ => 1,
    }
}
