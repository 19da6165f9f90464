//! Join keys of a frame's rows: the record's key, or the text of fields.

use polars::prelude::*;

use crate::codec::{float_text, meta};

/// The keys of all rows of a frame.
pub(crate) struct JoinKeys {
    columns: Vec<Column>,
    buffer: Vec<u8>,
    by_key: bool,
}

impl JoinKeys {
    /// By record key.
    pub fn by_key(data: &DataFrame) -> PolarsResult<Self> {
        Ok(Self { columns: vec![data.column(meta::KEY)?.clone()], buffer: Vec::new(), by_key: true })
    }

    /// By the text of these columns.
    pub fn by_fields(data: &DataFrame, names: &[String]) -> PolarsResult<Self> {
        let columns: PolarsResult<_> = names.iter().map(|name| data.column(name).cloned()).collect();
        Ok(Self { columns: columns?, buffer: Vec::new(), by_key: false })
    }

    /// Calls `take` for every row in order, with its key; `None` where the key or one of the fields is null.
    pub fn each(&mut self, mut take: impl FnMut(usize, Option<&[u8]>)) -> PolarsResult<()> {
        if self.by_key {
            for column in &self.columns {
                let keys = column.as_materialized_series().binary()?;
                keys.iter().enumerate().for_each(|(row, key)| take(row, key));
            }
            return Ok(());
        }
        let rows = self.columns.first().map_or(0, Column::len);
        for row in 0..rows {
            self.buffer.clear();
            let mut whole = true;
            for column in &self.columns {
                whole &= push_field(&column.get(row)?, &mut self.buffer);
            }
            take(row, whole.then_some(&self.buffer));
        }
        Ok(())
    }
}

/// Adds a field's text with its length before it, so that `("a", "bc")` is not `("ab", "c")`; false for null.
fn push_field(value: &AnyValue<'_>, into: &mut Vec<u8>) -> bool {
    let text = match value {
        AnyValue::Null => return false,
        AnyValue::String(text) => return push_text(text, into),
        AnyValue::Float64(number) => float_text(*number),
        AnyValue::StringOwned(text) => text.to_string(),
        other => other.to_string(),
    };
    push_text(&text, into)
}

fn push_text(text: &str, into: &mut Vec<u8>) -> bool {
    into.extend((text.len() as u32).to_le_bytes());
    into.extend(text.as_bytes());
    true
}
