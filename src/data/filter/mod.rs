//! Row filters: `dep_delay > 15 and origin == "JFK"`.
//!
//! | part | forms |
//! | --- | --- |
//! | test | `NAME == VALUE` (also `!= < <= > >=`), `NAME is null`, `NAME is not null`, `NAME in (VALUE, …)`, `NAME not in (…)` |
//! | name | letters, digits, `_` and `.`; anything else in backquotes |
//! | value | a number, text in double quotes (`\"` and `\\` inside), `true`, `false` |
//! | together | `not`, `and`, `or` (binding in this order), parentheses |
//!
//! The value's type decides what is compared, row by row: a number is compared with numbers and with text that reads as
//! one, integers exactly; text with the text of any value; `true` and `false` by `==` and `!=` only. A time is compared
//! with ISO-8601 text, a key with text as its bytes. So a filter keeps the same rows whatever type other rows gave the
//! column. A comparison with null, or with a value that cannot be compared, is false, and `not` makes it true.

mod evaluate;
mod parse;

#[cfg(test)]
mod tests;

use polars::frame::DataFrame;
use polars::prelude::{BooleanChunked, NamedFrom};

use crate::codec::{Kind, Schema, meta};

/// A parsed filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    root: Expression,
}

#[derive(Clone, Debug, PartialEq)]
enum Expression {
    Compare { name: String, operator: Operator, value: Value },
    IsNull { name: String },
    In { name: String, values: Vec<Value> },
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
enum Value {
    Int(i128),
    Float(f64),
    Text(String),
    Bool(bool),
}

impl Filter {
    /// Parses; the error says at which column of the text (from 1) and what was expected.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::parse(text).map(|root| Self { root })
    }

    /// Names of the columns that it looks at, each once.
    pub fn columns(&self) -> Vec<&str> {
        let mut names = Vec::new();
        self.root.visit(&mut |name, _| {
            if !names.contains(&name) {
                names.push(name);
            }
        });
        names
    }

    /// Checks that the schema has its columns (meta columns are always there).
    pub fn check_names(&self, schema: &Schema) -> Result<(), String> {
        let known = |name: &str| meta::ALL.contains(&name) || schema.get(name).is_some();
        match self.columns().into_iter().find(|name| !known(name)) {
            None => Ok(()),
            Some(name) => Err(match closest(name, schema) {
                Some(other) => format!("there is no column {name}; did you mean {other}?"),
                None => format!("there is no column {name}"),
            }),
        }
    }

    /// Checks names and types against a schema: besides unknown names it refuses values that can hardly be meant.
    pub fn check(&self, schema: &Schema) -> Result<(), String> {
        self.check_names(schema)?;
        let mut problem = None;
        self.root.visit(&mut |name, value| {
            if let Some(value) = value {
                problem = problem.take().or_else(|| mismatch(name, kind_of(name, schema), value));
            }
        });
        problem.map_or(Ok(()), Err)
    }

    /// Which rows it keeps.
    pub fn mask(&self, data: &DataFrame) -> Result<BooleanChunked, String> {
        let keep = evaluate::evaluate(&self.root, data)?;
        Ok(BooleanChunked::new("keep".into(), keep))
    }

    /// The same as [`Self::mask`], as plain values.
    pub fn keep(&self, data: &DataFrame) -> Result<Vec<bool>, String> {
        evaluate::evaluate(&self.root, data)
    }
}

impl Expression {
    /// Calls `see` with every column name, and with the value that it is compared with, if there is one.
    fn visit<'a>(&'a self, see: &mut impl FnMut(&'a str, Option<&'a Value>)) {
        match self {
            Self::Compare { name, value, .. } => see(name, Some(value)),
            Self::IsNull { name } => see(name, None),
            Self::In { name, values } => values.iter().for_each(|value| see(name, Some(value))),
            Self::Not(inner) => inner.visit(see),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.visit(see)),
        }
    }
}

fn kind_of(name: &str, schema: &Schema) -> Kind {
    match name {
        meta::PARTITION | meta::OFFSET => Kind::Int,
        meta::TIMESTAMP => Kind::Time,
        meta::KEY | meta::TOPIC => Kind::Text,
        _ => schema.get(name).map_or(Kind::Null, |field| field.kind),
    }
}

fn mismatch(name: &str, kind: Kind, value: &Value) -> Option<String> {
    match (kind, value) {
        (Kind::Int | Kind::UInt | Kind::Float, Value::Text(_) | Value::Bool(_)) => {
            Some(format!("{name} is a number: compare it with a number, without quotes"))
        }
        (Kind::Text | Kind::Json, Value::Int(_) | Value::Float(_) | Value::Bool(_)) => {
            Some(format!("{name} is text: put the value in double quotes"))
        }
        (Kind::Bool, Value::Int(_) | Value::Float(_) | Value::Text(_)) => {
            Some(format!("{name} is true or false: compare it with true or false"))
        }
        (Kind::Time, Value::Text(text)) => evaluate::time(text).err(),
        (Kind::Time, _) => {
            Some(format!("{name} is a time: compare it with text such as \"2013-01-01T00:00:00Z\""))
        }
        _ => None,
    }
}

/// A column whose name differs in case, or in one place only.
fn closest<'s>(name: &str, schema: &'s Schema) -> Option<&'s str> {
    let names = || schema.fields.iter().map(|field| field.name.as_str());
    names()
        .find(|other| other.eq_ignore_ascii_case(name))
        .or_else(|| names().find(|other| sublime_fuzzy::best_match(name, other).is_some()))
}
