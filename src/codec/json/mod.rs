//! JSON objects as rows.
//!
//! A record is one object. Objects within it become columns with dots (`weather.temp`), arrays become JSON text. What is
//! not plain:
//!
//! | case | decided |
//! | --- | --- |
//! | two values at one path, by a repeated key or by `{"a.b": 1, "a": {"b": 2}}` | the last one counts |
//! | a field named like a meta column (`_offset`) | its column is `value._offset` |
//! | a field that is an object here and a value there | columns `a` and `a.b`, each null where the other is |
//! | a field that is null here and an object there | columns of the object only |
//! | an empty object | no column |
//! | an integer beyond 64 bits | text, every digit kept |
//! | integers beside fractions | floats; beside text or true and false: text |
//! | more than [`MAX_DEPTH`] levels | the record is rejected |
//! | more than [`MAX_COLUMNS`] columns | further fields are left out, and [`Decoded::surplus`] names the first |

mod decoder;
mod fields;
mod parse;
mod text;

#[cfg(test)]
mod tests;

use super::schema::Schema;
use super::{Codec, Decoded, Decoder, Decoding};
use crate::kafka::RecordBatch;

/// Objects and arrays within one another, at most; the record itself is the first.
pub const MAX_DEPTH: usize = 32;

/// Columns of a frame, at most. A topic with more has values for keys.
pub const MAX_COLUMNS: usize = 1_000;

/// The codec `json`.
pub struct Json;

impl Codec for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn infer(&self, sample: &[RecordBatch]) -> Schema {
        let mut decoder = self.decoder(&Schema::default(), Decoding::Widen);
        sample.iter().for_each(|batch| decoder.decode(batch));
        let Decoded { schema, .. } = decoder.take();
        schema
    }

    fn decoder(&self, schema: &Schema, mode: Decoding) -> Box<dyn Decoder> {
        Box::new(decoder::JsonDecoder::new(schema, mode))
    }
}
