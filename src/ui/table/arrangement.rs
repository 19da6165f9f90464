//! What the user changed of the columns of tables: their order, which are hidden, how wide they are.
//!
//! In: columns by their titles. Out: which column stands at which place. Kept from frame to frame for each table and what it
//! is of, and by the workspace beside the widths of panels. Columns that are fixed stay where they are.

use std::collections::BTreeMap;

use eframe::egui::{Context, Id};

use super::Column;
use crate::workspace::TableLayout;

/// Order, hidden columns and widths of one table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    layout: TableLayout,
}

/// Tables by their keys.
type Tables = BTreeMap<String, TableLayout>;

fn tables_id() -> Id {
    Id::unique("table arrangements")
}

/// What was changed of any table: the workspace keeps it.
pub fn arrangements(ctx: &Context) -> Tables {
    ctx.data(|data| data.get_temp(tables_id())).unwrap_or_default()
}

/// Puts the tables back to what the workspace kept.
pub fn set_arrangements(ctx: &Context, tables: Tables) {
    ctx.data_mut(|data| data.insert_temp(tables_id(), tables));
}

impl Arrangement {
    /// Of the table `name` of something: of a topic, of a run.
    pub fn of(ctx: &Context, name: &str, of: &str) -> Self {
        Self::load(ctx, &super::key(name, of))
    }

    /// Keeps it for that table.
    pub fn keep(self, ctx: &Context, name: &str, of: &str) {
        self.store(ctx, &super::key(name, of));
    }

    pub(super) fn load(ctx: &Context, table: &str) -> Self {
        let layout = ctx.data_mut(|data| {
            data.get_temp_mut_or_default::<Tables>(tables_id()).get(table).cloned().unwrap_or_default()
        });
        Self { layout }
    }

    pub(super) fn store(self, ctx: &Context, table: &str) {
        ctx.data_mut(|data| {
            let tables = data.get_temp_mut_or_default::<Tables>(tables_id());
            if self == Self::default() {
                tables.remove(table);
            } else {
                tables.insert(table.to_owned(), self.layout);
            }
        });
    }

    /// Whether a column is hidden.
    pub fn is_hidden(&self, title: &str) -> bool {
        self.layout.hidden.contains(title)
    }

    /// Hides a column, or shows it again.
    pub fn toggle(&mut self, title: &str) {
        if !self.layout.hidden.remove(title) {
            self.layout.hidden.insert(title.to_owned());
        }
    }

    /// Shows every column.
    pub fn show_all(&mut self) {
        self.layout.hidden.clear();
    }

    /// How many columns are hidden.
    pub fn hidden(&self) -> usize {
        self.layout.hidden.len()
    }

    /// The width to which a column was dragged.
    pub(super) fn width(&self, title: &str) -> Option<f32> {
        self.layout.widths.get(title).copied()
    }

    /// Gives a column another width; `None` is the one that it had at first.
    pub(super) fn set_width(&mut self, title: &str, width: Option<f32>) {
        match width {
            Some(width) => self.layout.widths.insert(title.to_owned(), width),
            None => self.layout.widths.remove(title),
        };
    }

    /// Columns from left to right, by their index; the first `fixed` always, where they are.
    pub(super) fn places(&self, columns: &[Column], fixed: usize) -> Vec<usize> {
        let fixed = fixed.min(columns.len());
        let shown = self.all(columns, fixed).into_iter();
        let hidden =
            |column: &usize| columns.get(*column).is_some_and(|column| self.is_hidden(&column.title));
        (0..fixed).chain(shown.filter(|column| !hidden(column))).collect()
    }

    /// Puts the column at place `from` before the one at place `to`; a place past the last is the end.
    pub(super) fn put(&mut self, columns: &[Column], fixed: usize, from: usize, to: usize) {
        let places = self.places(columns, fixed);
        // Before itself, and before the next one, is where it stands.
        if from < fixed || to < fixed || to == from || to == from + 1 {
            return;
        }
        let Some(moved) = places.get(from) else { return };
        let mut all = self.all(columns, fixed);
        all.retain(|column| column != moved);
        let next = places.get(to).and_then(|next| all.iter().position(|column| column == next));
        all.insert(next.unwrap_or(all.len()), *moved);
        let titles = all.iter().filter_map(|column| columns.get(*column)).map(|column| column.title.clone());
        self.layout.order = titles.collect();
    }

    /// Columns that are not fixed, also hidden ones, in their order.
    fn all(&self, columns: &[Column], fixed: usize) -> Vec<usize> {
        let rank = |column: &usize| {
            let title = columns.get(*column).map(|column| &column.title);
            let known = self.layout.order.iter().position(|known| Some(known) == title);
            known.unwrap_or(self.layout.order.len())
        };
        let mut all: Vec<usize> = (fixed..columns.len()).collect();
        if !self.layout.order.is_empty() {
            all.sort_by_key(rank);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<Column> {
        ["offset", "carrier", "origin", "dest"].map(|title| Column::text(title, 80.0)).into()
    }

    #[test]
    fn a_column_is_put_before_another_and_at_the_end() {
        let (columns, mut arrangement) = (columns(), Arrangement::default());
        arrangement.put(&columns, 1, 3, 1);
        assert_eq!(arrangement.places(&columns, 1), [0, 3, 1, 2]);
        arrangement.put(&columns, 1, 1, 4);
        assert_eq!(arrangement.places(&columns, 1), [0, 1, 2, 3]);
        arrangement.put(&columns, 1, 2, 2);
        assert_eq!(arrangement.places(&columns, 1), [0, 1, 2, 3], "before itself is where it stands");
    }

    #[test]
    fn a_hidden_column_comes_back_to_its_place() {
        let (columns, mut arrangement) = (columns(), Arrangement::default());
        arrangement.toggle("carrier");
        assert_eq!(arrangement.places(&columns, 1), [0, 2, 3]);
        arrangement.put(&columns, 1, 2, 1);
        assert_eq!(arrangement.places(&columns, 1), [0, 3, 2]);
        arrangement.show_all();
        assert_eq!(arrangement.places(&columns, 1), [0, 1, 3, 2]);
    }

    #[test]
    fn fixed_columns_stay_and_new_ones_come_last() {
        let (mut columns, mut arrangement) = (columns(), Arrangement::default());
        arrangement.toggle("offset");
        arrangement.put(&columns, 1, 0, 3);
        arrangement.put(&columns, 1, 2, 0);
        assert_eq!(arrangement.places(&columns, 1), [0, 1, 2, 3]);
        arrangement.put(&columns, 1, 3, 1);
        columns.push(Column::text("tailnum", 80.0));
        assert_eq!(arrangement.places(&columns, 1), [0, 3, 1, 2, 4]);
    }
}
