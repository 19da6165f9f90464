//! Values of a frame in table cells, and as exact text.

use jiff::tz::TimeZone;
use polars::prelude::{AnyValue, Column, DataType, TimeUnit};

use super::format::{self, Precision};
use super::table::Cell;

/// Whether values of this type stand at the right of their column.
pub fn is_number(kind: &DataType) -> bool {
    kind.is_primitive_numeric()
}

/// A column's type, short: `i64`, `f64`, `str`, `bool`, `time`.
pub fn type_name(kind: &DataType) -> String {
    match kind {
        DataType::Datetime(..) => "time".into(),
        DataType::String => "str".into(),
        DataType::Boolean => "bool".into(),
        other => other.to_string(),
    }
}

/// Paints the value of one row: numbers in mono, `null` faint. Identifiers and clock codes have no separators, and a frame
/// does not tell which numbers are such; so none has them.
pub fn paint(cell: &mut Cell<'_>, column: &Column, row: usize, zone: &TimeZone) {
    match column.get(row) {
        Ok(AnyValue::Null) | Err(_) => cell.null(),
        Ok(value) => cell.number(&shown(&value, zone)),
    }
}

/// A width for a column: of its title, and of its first values where they are longer.
pub fn width(title: &str, column: Option<&Column>) -> f32 {
    /// Values that are looked at: enough for a guess, few enough for every frame.
    const SEEN: usize = 4;
    let seen = column
        .into_iter()
        .flat_map(|column| (0..SEEN.min(column.len())).filter_map(|row| column.get(row).ok()));
    let longest = seen.map(|value| shown(&value, &TimeZone::UTC).chars().count()).max().unwrap_or(0);
    // The first and the last column of a table are padded by 24, the others by 16.
    (title.chars().count().max(longest) as f32 * 7.3 + 26.0).clamp(64.0, 240.0)
}

/// A value as it is shown.
pub fn shown(value: &AnyValue<'_>, zone: &TimeZone) -> String {
    match value {
        AnyValue::Float64(number) => float(*number),
        AnyValue::Float32(number) => float(f64::from(*number)),
        AnyValue::Datetime(time, TimeUnit::Milliseconds, _) => format::time(*time, zone, Precision::Second),
        AnyValue::Binary(bytes) => bytes_as_text(bytes),
        AnyValue::BinaryOwned(bytes) => bytes_as_text(bytes),
        other if other.is_integer() => format::true_minus(&exact(other)),
        other => exact(other),
    }
}

/// At most four decimals, so that columns can be compared; what is copied is exact.
fn float(number: f64) -> String {
    let exact = format::float(number);
    let long = exact.len() > 9 && number.is_finite();
    if long && (1e-3..1e9).contains(&number.abs()) { format::decimal(number, 4) } else { exact }
}

/// A value as it is copied: exact, without separators.
pub fn exact(value: &AnyValue<'_>) -> String {
    match value {
        AnyValue::String(text) => (*text).to_owned(),
        AnyValue::StringOwned(text) => text.to_string(),
        AnyValue::Binary(bytes) => bytes_as_text(bytes),
        AnyValue::BinaryOwned(bytes) => bytes_as_text(bytes),
        AnyValue::Datetime(time, TimeUnit::Milliseconds, _) => format::utc(*time),
        other => other.to_string(),
    }
}

/// A key: text where it is UTF-8, else hexadecimal after `0x`.
pub fn bytes_as_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => format!("0x{}", hex::encode(bytes)),
    }
}
