//! Columns as text files can hold them: keys and other bytes as text, times as ISO-8601.

use std::fmt::Write;

use jiff::Timestamp;
use polars::prelude::*;

/// The same rows with bytes and times as text.
pub fn plain(data: &DataFrame) -> PolarsResult<DataFrame> {
    let columns = data.columns().iter().map(|column| match column.dtype() {
        DataType::Binary => {
            let texts = column.as_materialized_series().binary()?.iter().map(|bytes| bytes.map(key_text));
            Ok(StringChunked::from_iter_options(column.name().clone(), texts).into_column())
        }
        DataType::Datetime(..) => {
            let millis = column.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?;
            let times = millis.as_materialized_series().datetime()?.physical().iter();
            let texts = times.map(|time| time.and_then(time_text));
            Ok(StringChunked::from_iter_options(column.name().clone(), texts).into_column())
        }
        _ => Ok(column.clone()),
    });
    let columns: PolarsResult<Vec<Column>> = columns.collect();
    DataFrame::new(data.height(), columns?)
}

/// Bytes as text where they are UTF-8, else `0x` and hexadecimal digits.
pub fn key_text(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| format!("0x{}", hex::encode(bytes)), str::to_owned)
}

/// Milliseconds since 1970 as `2013-01-01T05:15:00Z`; `None` beyond the years that ISO-8601 has.
pub fn time_text(millis: i64) -> Option<String> {
    let mut text = String::with_capacity(24);
    write!(text, "{}", Timestamp::from_millisecond(millis).ok()?).ok()?;
    Some(text)
}
