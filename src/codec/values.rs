//! The values of one column while records are decoded: typed, compact, and without loss, so that the column can still
//! become any wider type.

use super::seen::Seen;

/// The largest magnitude up to which every integer is a float: 2⁵³.
const EXACT_IN_FLOAT: u64 = 1 << 53;

/// Text or bytes behind one another, with the end of each.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

/// A column being filled row by row. Rows that get no value are null; a second value for a row replaces the first.
#[derive(Clone, Debug, Default)]
pub struct Values {
    seen: Seen,
    store: Store,
    /// Which rows have a value; `None` while all have.
    present: Option<Vec<bool>>,
    len: usize,
    set: usize,
}

/// What holds the values. Rows without a value hold a filler.
#[derive(Clone, Debug, Default)]
pub enum Store {
    /// No value yet.
    #[default]
    Empty,
    #[allow(missing_docs)]
    Bool(Vec<bool>),
    #[allow(missing_docs)]
    Int(Vec<i64>),
    /// No negative value among them.
    UInt(Vec<u64>),
    /// Numbers of several sorts.
    Number(Vec<f64>, Vec<Exact>),
    /// Text, and arrays as JSON text.
    Text(Packed),
}

/// An integer of a [`Store::Number`] that its float does not hold exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact {
    row: usize,
    negative: bool,
    magnitude: u64,
}

impl Packed {
    /// Appends one value.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len());
    }

    /// The value of a row; empty when there is no such row.
    pub fn get(&self, row: usize) -> &[u8] {
        let start = row.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        self.ends.get(row).and_then(|end| self.bytes.get(start..*end)).unwrap_or_default()
    }

    /// The text of a row.
    pub fn text(&self, row: usize) -> &str {
        // Only whole strings are pushed to columns of text.
        std::str::from_utf8(self.get(row)).unwrap_or_default()
    }

    /// Bytes of memory, about.
    pub fn memory(&self) -> usize {
        self.bytes.len() + self.ends.len() * size_of::<usize>()
    }

    fn pop(&mut self) {
        self.ends.pop();
        self.bytes.truncate(self.ends.last().copied().unwrap_or(0));
    }

    fn fill(&mut self, rows: usize) {
        self.ends.resize(rows, self.bytes.len());
    }
}

impl Values {
    /// A column of a decoder that is given a schema: its type is at least that of `seen`.
    pub fn starting_with(seen: Seen) -> Self {
        Self { seen, ..Self::default() }
    }

    /// The sorts of values that were pushed.
    pub fn seen(&self) -> Seen {
        self.seen
    }

    /// Rows with a value.
    pub fn set(&self) -> usize {
        self.set
    }

    /// What holds the values.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Whether a row has a value.
    pub fn is_set(&self, row: usize) -> bool {
        row < self.len
            && self.present.as_ref().is_none_or(|present| present.get(row).copied().unwrap_or(false))
    }

    /// Bytes of memory, about.
    pub fn memory(&self) -> usize {
        let store = match &self.store {
            Store::Empty => 0,
            Store::Bool(values) => values.len(),
            Store::Int(values) => values.len() * 8,
            Store::UInt(values) => values.len() * 8,
            Store::Number(values, exact) => values.len() * 8 + exact.len() * size_of::<Exact>(),
            Store::Text(values) => values.memory(),
        };
        store + self.present.as_ref().map_or(0, Vec::len)
    }

    /// Sets `row` to true or false.
    pub fn push_bool(&mut self, row: usize, value: bool) {
        self.begin(row, Seen::BOOL);
        match &mut self.store {
            Store::Bool(values) => values.push(value),
            Store::Empty => self.store = Store::Bool(filled(false, row, value)),
            _ => self.as_text().push(if value { b"true" } else { b"false" }),
        }
    }

    /// Sets `row` to an integer.
    pub fn push_int(&mut self, row: usize, value: i64) {
        self.begin(row, if value < 0 { Seen::NEGATIVE } else { Seen::INT });
        match &mut self.store {
            Store::Int(values) => values.push(value),
            Store::Empty => self.store = Store::Int(filled(0, row, value)),
            Store::UInt(values) if value >= 0 => values.push(value as u64),
            Store::UInt(_) | Store::Number(..) => {
                self.push_number(row, value as f64, exact(row, value < 0, value.unsigned_abs()));
            }
            _ => self.as_text().push(value.to_string().as_bytes()),
        }
    }

    /// Sets `row` to an integer that may be beyond `i64`.
    pub fn push_uint(&mut self, row: usize, value: u64) {
        if let Ok(value) = i64::try_from(value) {
            return self.push_int(row, value);
        }
        self.begin(row, Seen::LARGE);
        match &mut self.store {
            Store::UInt(values) => values.push(value),
            Store::Empty => self.store = Store::UInt(filled(0, row, value)),
            Store::Int(values) if !self.seen.has(Seen::NEGATIVE) => {
                let mut values: Vec<u64> = values.iter().map(|value| value.unsigned_abs()).collect();
                values.push(value);
                self.store = Store::UInt(values);
            }
            Store::Int(_) | Store::Number(..) => {
                self.push_number(row, value as f64, exact(row, false, value))
            }
            _ => self.as_text().push(value.to_string().as_bytes()),
        }
    }

    /// Sets `row` to a number with a fraction.
    pub fn push_float(&mut self, row: usize, value: f64) {
        self.begin(row, Seen::FLOAT);
        match &mut self.store {
            Store::Number(values, _) => values.push(value),
            Store::Empty => self.store = Store::Number(filled(0.0, row, value), Vec::new()),
            Store::Int(_) | Store::UInt(_) => self.push_number(row, value, None),
            _ => {
                self.as_text().push(float_text(value).as_bytes());
            }
        }
    }

    /// Sets `row` to text.
    pub fn push_text(&mut self, row: usize, value: &str) {
        self.begin(row, Seen::TEXT);
        self.as_text().push(value.as_bytes());
    }

    /// Sets `row` to an array, given as JSON text.
    pub fn push_json(&mut self, row: usize, value: &str) {
        self.begin(row, Seen::JSON);
        self.as_text().push(value.as_bytes());
    }

    /// Sets `row` to null.
    pub fn push_null(&mut self, row: usize) {
        self.undo(row);
    }

    /// Takes back the value of the newest row, where it has one.
    pub fn undo(&mut self, row: usize) {
        if self.len <= row {
            return;
        }
        if self.is_set(row) {
            self.set -= 1;
        }
        self.len = row;
        match &mut self.store {
            Store::Empty => {}
            Store::Bool(values) => values.truncate(row),
            Store::Int(values) => values.truncate(row),
            Store::UInt(values) => values.truncate(row),
            Store::Number(values, exact) => {
                values.truncate(row);
                exact.pop_if(|last| last.row >= row);
            }
            Store::Text(values) => values.pop(),
        }
        if let Some(present) = &mut self.present {
            present.truncate(row);
        }
    }

    /// Makes the column `rows` long.
    pub fn pad(&mut self, rows: usize) {
        if self.len >= rows {
            return;
        }
        self.present.get_or_insert_with(|| vec![true; self.len]).resize(rows, false);
        self.len = rows;
        match &mut self.store {
            Store::Empty => {}
            Store::Bool(values) => values.resize(rows, false),
            Store::Int(values) => values.resize(rows, 0),
            Store::UInt(values) => values.resize(rows, 0),
            Store::Number(values, _) => values.resize(rows, 0.0),
            Store::Text(values) => values.fill(rows),
        }
    }

    /// Keeps the rows for which `keep` is true.
    pub fn retain(&mut self, keep: &[bool]) {
        self.pad(keep.len());
        self.store = match std::mem::take(&mut self.store) {
            Store::Empty => Store::Empty,
            Store::Bool(values) => Store::Bool(retained(values, keep)),
            Store::Int(values) => Store::Int(retained(values, keep)),
            Store::UInt(values) => Store::UInt(retained(values, keep)),
            Store::Number(values, exact) => Store::Number(retained(values, keep), renumbered(&exact, keep)),
            Store::Text(values) => Store::Text(values.retained(keep)),
        };
        self.present = self.present.take().map(|present| retained(present, keep));
        self.len = keep.iter().filter(|keep| **keep).count();
        self.set =
            self.present.as_ref().map_or(self.len, |present| present.iter().filter(|set| **set).count());
    }

    /// Writes the text of a row: what it would be in a column of text. Numbers have one text each, whether they came
    /// as `5` or `5.0`.
    pub fn write_text(&self, row: usize, out: &mut String) {
        use std::fmt::Write;
        let written = match &self.store {
            Store::Empty => Ok(()),
            Store::Bool(values) => write!(out, "{}", values.get(row).copied().unwrap_or_default()),
            Store::Int(values) => write!(out, "{}", values.get(row).copied().unwrap_or_default()),
            Store::UInt(values) => write!(out, "{}", values.get(row).copied().unwrap_or_default()),
            Store::Number(values, exact) => match exact.binary_search_by_key(&row, |exact| exact.row) {
                Ok(index) => exact.get(index).map_or(Ok(()), |exact| {
                    write!(out, "{}{}", if exact.negative { "-" } else { "" }, exact.magnitude)
                }),
                Err(_) => {
                    write_float(values.get(row).copied().unwrap_or_default(), out);
                    Ok(())
                }
            },
            Store::Text(values) => {
                out.push_str(values.text(row));
                Ok(())
            }
        };
        debug_assert!(written.is_ok(), "writing to a string cannot fail");
    }

    /// Makes room for `row`, which must be the newest, and notes what it gets.
    fn begin(&mut self, row: usize, seen: Seen) {
        if self.len > row {
            self.undo(row);
        }
        if self.len < row {
            self.pad(row);
        }
        self.seen.add(seen);
        self.len = row + 1;
        self.set += 1;
        if let Some(present) = &mut self.present {
            present.push(true);
        }
    }

    fn push_number(&mut self, row: usize, value: f64, exactly: Option<Exact>) {
        if !matches!(self.store, Store::Number(..)) {
            self.store = as_numbers(std::mem::take(&mut self.store));
        }
        if let Store::Number(values, exact) = &mut self.store {
            values.truncate(row);
            values.push(value);
            exact.extend(exactly);
        }
    }

    fn as_text(&mut self) -> &mut Packed {
        if !matches!(self.store, Store::Text(_)) {
            let mut texts = Packed::default();
            let mut text = String::new();
            // The newest row is the one that is about to be pushed.
            for row in 0..self.len.saturating_sub(1) {
                text.clear();
                if self.is_set(row) {
                    self.write_text(row, &mut text);
                }
                texts.push(text.as_bytes());
            }
            self.store = Store::Text(texts);
        }
        match &mut self.store {
            Store::Text(texts) => texts,
            _ => unreachable!("the store was just made text"),
        }
    }
}

impl Packed {
    /// The rows for which `keep` is true.
    pub fn retained(&self, keep: &[bool]) -> Self {
        let mut kept = Self::default();
        keep.iter().enumerate().filter(|(_, keep)| **keep).for_each(|(row, _)| kept.push(self.get(row)));
        kept
    }
}

/// The text of a float: digits alone where it is an integer below 2⁶⁴, else the shortest text that reads back to it.
pub fn float_text(value: f64) -> String {
    let mut text = String::new();
    write_float(value, &mut text);
    text
}

fn write_float(value: f64, out: &mut String) {
    use std::fmt::Write;
    let written = if value.fract() == 0.0 && value.abs() < 18_446_744_073_709_551_616.0 {
        write!(out, "{}", value as i128)
    } else {
        write!(out, "{value:?}")
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

fn filled<T: Clone>(filler: T, rows: usize, value: T) -> Vec<T> {
    let mut values = vec![filler; rows];
    values.push(value);
    values
}

fn exact(row: usize, negative: bool, magnitude: u64) -> Option<Exact> {
    let lost = magnitude > EXACT_IN_FLOAT && magnitude as f64 as u128 != u128::from(magnitude);
    lost.then_some(Exact { row, negative, magnitude })
}

fn as_numbers(store: Store) -> Store {
    let mut exactly = Vec::new();
    let values = match store {
        Store::Int(values) => {
            let rows = values.iter().enumerate();
            exactly.extend(rows.filter_map(|(row, value)| exact(row, *value < 0, value.unsigned_abs())));
            values.into_iter().map(|value| value as f64).collect()
        }
        Store::UInt(values) => {
            exactly.extend(values.iter().enumerate().filter_map(|(row, value)| exact(row, false, *value)));
            values.into_iter().map(|value| value as f64).collect()
        }
        Store::Number(values, already) => return Store::Number(values, already),
        _ => Vec::new(),
    };
    Store::Number(values, exactly)
}

fn retained<T>(values: Vec<T>, keep: &[bool]) -> Vec<T> {
    values.into_iter().zip(keep).filter_map(|(value, keep)| keep.then_some(value)).collect()
}

fn renumbered(exact: &[Exact], keep: &[bool]) -> Vec<Exact> {
    let mut exact = exact.iter().peekable();
    let mut kept = Vec::new();
    let mut new_row = 0;
    for (row, keep) in keep.iter().enumerate() {
        if let Some(found) = exact.next_if(|exact| exact.row == row)
            && *keep
        {
            kept.push(Exact { row: new_row, ..*found });
        }
        new_row += usize::from(*keep);
    }
    kept
}
