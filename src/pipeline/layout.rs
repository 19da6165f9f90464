//! Which columns there are between two steps: names and types, no values.

use super::error::{PipelineError, Result};
use crate::codec::{Field, Kind, Schema};

/// Columns in order, each with the input column that it comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    columns: Vec<LayoutColumn>,
}

#[derive(Clone, Debug)]
pub(super) struct LayoutColumn {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Index of the input column that it was made from; every step makes columns from one column each.
    pub(super) origin: usize,
    /// Stands for all columns `NAME=VALUE` of a one-hot step, whose values are not known before fitting.
    pub(super) many: bool,
}

impl Layout {
    /// Of the input.
    pub(super) fn of(input: &Schema) -> Self {
        let column = |(origin, field): (usize, &Field)| LayoutColumn {
            name: field.name.clone(),
            kind: field.kind,
            origin,
            many: false,
        };
        Self { columns: input.fields.iter().enumerate().map(column).collect() }
    }

    pub(super) fn columns(&self) -> &[LayoutColumn] {
        &self.columns
    }

    pub(super) fn get(&self, index: usize) -> Option<&LayoutColumn> {
        self.columns.get(index)
    }

    /// Where the column of that name is; before fitting, `carrier=UA` is found in the placeholder of a one-hot `carrier`.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|column| !column.many && column.name == name);
        exact.or_else(|| self.columns.iter().position(|column| column.may_be(name)))
    }

    /// Adds a column made from the one with that origin.
    pub(super) fn push(&mut self, name: String, kind: Kind, origin: usize) -> Result<()> {
        if self.columns.iter().any(|column| column.name == name) {
            return Err(PipelineError::MadeTwice(name));
        }
        self.columns.push(LayoutColumn { name, kind, origin, many: false });
        Ok(())
    }

    /// Adds the placeholder of a one-hot `column`.
    pub(super) fn push_many(&mut self, column: &str, origin: usize) {
        self.columns.push(LayoutColumn { name: format!("{column}=*"), kind: Kind::Int, origin, many: true });
    }

    /// Changes a column's type.
    pub(super) fn set_kind(&mut self, index: usize, kind: Kind) {
        if let Some(column) = self.columns.get_mut(index).filter(|column| !column.many) {
            column.kind = kind;
        }
    }

    /// Keeps these columns, in this order.
    pub(super) fn keep(&mut self, order: &[usize]) {
        self.columns = order.iter().filter_map(|&index| self.columns.get(index).cloned()).collect();
    }

    /// All columns but these.
    pub(super) fn without(&self, left_out: &[usize]) -> Vec<usize> {
        (0..self.columns.len()).filter(|index| !left_out.contains(index)).collect()
    }

    /// As a schema, for the window; a placeholder is the field `NAME=*`.
    pub(super) fn schema(&self, input: &Schema) -> Schema {
        let field = |column: &LayoutColumn| Field {
            name: column.name.clone(),
            kind: column.kind,
            nullable: input.fields.get(column.origin).is_none_or(|field| field.nullable),
        };
        Schema { fields: self.columns.iter().map(field).collect() }
    }
}

impl LayoutColumn {
    fn may_be(&self, name: &str) -> bool {
        self.many && self.name.strip_suffix('*').is_some_and(|stem| name.starts_with(stem))
    }

    /// Whether it can be a feature: numbers, and true and false as 1 and 0.
    pub(super) fn is_numeric(&self) -> bool {
        is_numeric(self.kind)
    }
}

/// Whether values of this type are numbers, or true and false as 1 and 0.
pub(super) fn is_numeric(kind: Kind) -> bool {
    matches!(kind, Kind::Bool | Kind::Int | Kind::UInt | Kind::Float)
}
