//! Aligned columns of text.

/// A table: text columns stand left, number columns right.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

struct Column {
    name: &'static str,
    right: bool,
}

impl Table {
    /// A table with these columns; a name that begins with `>` is a column of numbers.
    pub fn new(columns: &[&'static str]) -> Self {
        let column = |name: &&'static str| match name.strip_prefix('>') {
            Some(name) => Column { name, right: true },
            None => Column { name, right: false },
        };
        Self { columns: columns.iter().map(column).collect(), rows: Vec::new() }
    }

    /// Adds a row, a cell per column.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The text, a line per row after a line of names.
    pub fn text(&self) -> String {
        let widths: Vec<usize> = (0..self.columns.len()).map(|column| self.width(column)).collect();
        let names = self.columns.iter().map(|column| column.name);
        let mut text = self.line(names, &widths);
        for row in &self.rows {
            text.push_str(&self.line(row.iter().map(String::as_str), &widths));
        }
        text
    }

    fn width(&self, column: usize) -> usize {
        let name = self.columns.get(column).map_or("", |column| column.name);
        let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain([name.chars().count()]).max().unwrap_or_default()
    }

    fn line<'a>(&self, cells: impl Iterator<Item = &'a str>, widths: &[usize]) -> String {
        let padded =
            cells.zip(&self.columns).zip(widths).map(|((cell, column), &width)| match column.right {
                true => format!("{cell:>width$}"),
                false => format!("{cell:<width$}"),
            });
        let line = padded.collect::<Vec<_>>().join("  ");
        format!("{}\n", line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stands_left_and_numbers_right() {
        let mut table = Table::new(&["topic", ">records"]);
        table.row(["flights".into(), "336,776".into()]);
        table.row(["a".into(), "7".into()]);
        assert_eq!(table.text(), "topic    records\nflights  336,776\na              7\n");
    }
}
