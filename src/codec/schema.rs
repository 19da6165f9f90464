//! The types of a payload's fields.

use serde::{Deserialize, Serialize};

/// Fields in the order in which they were first seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schema {
    /// The fields.
    pub fields: Vec<Field>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The column's name; fields of nested objects have dots.
    pub name: String,
    /// Its type.
    pub kind: Kind,
    /// Whether a record without it, or with null, was seen. A model refuses a live record that lacks a field which in
    /// training was never missing.
    pub nullable: bool,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Only nulls seen; a column of `str` nulls.
    Null,
    /// True and false.
    Bool,
    /// `i64`, exact.
    Int,
    /// `u64`, for integers above the range of `i64`; exact.
    UInt,
    /// `f64`.
    Float,
    /// UTF-8 text.
    Text,
    /// `datetime[ms]` UTC; made by a cast step or a codec that has such a type, never guessed from text.
    Time,
    /// Arrays, as JSON text.
    Json,
}

impl Schema {
    /// The field of that name.
    pub fn get(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Kind {
    /// Short, as tables show it: `i64`, `str`.
    pub fn short(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "bool",
            Self::Int => "i64",
            Self::UInt => "u64",
            Self::Float => "f64",
            Self::Text => "str",
            Self::Time => "time",
            Self::Json => "json",
        }
    }

    /// In words, as refusals say what they expected.
    pub fn words(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool => "true or false",
            Self::Int => "an integer",
            Self::UInt => "an integer of 0 or more",
            Self::Float => "a number",
            Self::Text => "text",
            Self::Time => "a time",
            Self::Json => "an array",
        }
    }

    /// The type of a frame's column; `None` for one that no codec makes.
    pub fn of(dtype: &polars::prelude::DataType) -> Option<Self> {
        use polars::prelude::DataType;
        match dtype {
            DataType::Null => Some(Self::Null),
            DataType::Boolean => Some(Self::Bool),
            DataType::Int64 | DataType::Int32 | DataType::Int16 | DataType::Int8 => Some(Self::Int),
            DataType::UInt64 | DataType::UInt32 | DataType::UInt16 | DataType::UInt8 => Some(Self::UInt),
            DataType::Float64 | DataType::Float32 => Some(Self::Float),
            DataType::String => Some(Self::Text),
            DataType::Datetime(..) | DataType::Date => Some(Self::Time),
            _ => None,
        }
    }
}
