//! The rows of a file as records of a topic: the twin of reading.
//!
//! In: a [`WriteRequest`]. Out: a JSON record per row, in the file's order within each partition, under the key and with
//! the timestamp that columns give. It is the one way by which data other than models and predictions reach a cluster, and
//! only ever by an explicit act.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use polars::prelude::*;
use serde::{Deserialize, Serialize};

use super::export::ExportFormat;
use super::import::import;
use super::plain::plain;
use crate::codec::meta;
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Cluster, EventTime, KafkaError, OutRecord, PartitionId, TopicWriter};

/// What to write where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WriteRequest {
    /// A file of one of the formats that a read writes. Its meta columns are not fields of the records.
    pub file: PathBuf,
    /// The topic. Made when it is not there, keeping every record (`retention.ms=-1`).
    pub topic: String,
    /// The column that gives the key; `None` is the file's `_key`, if it has one.
    pub key: Option<String>,
    /// The column that gives the timestamp: a time, ISO-8601 text or milliseconds. `None` is the file's `_timestamp`, if it
    /// has one, else now.
    pub time: Option<String>,
    /// Partitions of a topic that is made.
    pub partitions: i32,
    /// Columns left out of the records.
    pub drop: Vec<String>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Written {
    /// The topic.
    pub topic: String,
    /// Whether it was made for this.
    pub made: bool,
    /// Its partitions.
    pub partitions: usize,
    /// Records written, all acknowledged.
    pub records: u64,
}

/// Rows turned into text at a time.
const STEP: usize = 8_192;

/// How long the last acknowledgements may take.
const FLUSH: Duration = Duration::from_secs(60);

/// Writes the rows of a file. Rows without a key are dealt out to the partitions in turn, so that the same file gives the
/// same partitions.
pub fn write_file(
    cluster: &Cluster,
    request: &WriteRequest,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Written, Problem> {
    let what = format!("write to {}", request.topic);
    cluster.write_access(&what)?;
    ExportFormat::of(&request.file)?;
    progress.stage(format!("reading {}", request.file.display()), 0);
    let rows = Rows::new(import(&request.file)?, request)?;
    let made = make_topic(cluster, request)?;
    let partitions = cluster.topic(&request.topic)?.summary.partitions.len();
    let mut writer = TopicWriter::open(cluster.write_access(&what)?)?;
    progress.stage(format!("writing {}", request.topic), rows.count() as u64);
    for start in (0..rows.count()).step_by(STEP) {
        cancel.check().map_err(|_| stopped(request, start))?;
        rows.send(start, partitions, &request.topic, &mut writer)?;
        progress.set((start + STEP).min(rows.count()) as u64);
    }
    writer.flush(FLUSH)?;
    Ok(Written { topic: request.topic.clone(), made, partitions, records: rows.count() as u64 })
}

/// Columns of a file, told apart by what they become.
struct Rows {
    fields: DataFrame,
    keys: Option<BinaryChunked>,
    times: Option<Int64Chunked>,
}

impl Rows {
    fn new(data: DataFrame, request: &WriteRequest) -> Result<Self, Problem> {
        let keys = chosen(&data, request.key.as_deref(), meta::KEY)?.map(keys).transpose();
        let times = chosen(&data, request.time.as_deref(), meta::TIMESTAMP)?.map(times).transpose()?;
        for column in &request.drop {
            chosen(&data, Some(column), "")?;
        }
        let is_field =
            |name: &str| !meta::ALL.contains(&name) && !request.drop.iter().any(|drop| drop == name);
        let names: Vec<_> = data.get_column_names_owned().into_iter().filter(|name| is_field(name)).collect();
        let fields = data.select(names).map_err(|error| not_rows(&error))?;
        Ok(Self { fields, keys: keys.map_err(|error| not_rows(&error))?, times })
    }

    fn count(&self) -> usize {
        self.fields.height()
    }

    fn send(
        &self,
        start: usize,
        partitions: usize,
        topic: &str,
        writer: &mut TopicWriter,
    ) -> Result<(), Problem> {
        let mut rows = plain(&self.fields.slice(start as i64, STEP)).map_err(|error| not_rows(&error))?;
        let mut lines = Vec::new();
        JsonWriter::new(&mut lines)
            .with_json_format(JsonFormat::JsonLines)
            .finish(&mut rows)
            .map_err(|error| not_rows(&error))?;
        let values = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        for (row, value) in (start..).zip(values) {
            let key = self.keys.as_ref().and_then(|keys| keys.get(row));
            let in_turn = PartitionId((row % partitions.max(1)) as i32);
            writer.send(OutRecord {
                topic,
                partition: key.is_none().then_some(in_turn),
                key,
                value: Some(value),
                timestamp: self.times.as_ref().and_then(|times| times.get(row)).map(EventTime),
                headers: &[],
            })?;
        }
        Ok(())
    }
}

/// The column asked for, which must be there, or the one that reading leaves, if it is.
fn chosen<'a>(data: &'a DataFrame, name: Option<&str>, left: &str) -> Result<Option<&'a Column>, Problem> {
    match name {
        None => Ok(data.column(left).ok()),
        Some(name) => data.column(name).map(Some).map_err(|_| {
            let names: Vec<_> = data.get_column_names().iter().map(|name| name.as_str()).collect();
            let next = format!("The file has: {}", names.join(", "));
            Problem::new(format!("Column {name}"), "is not in the file", next)
        }),
    }
}

fn keys(column: &Column) -> PolarsResult<BinaryChunked> {
    let bytes = match column.dtype() {
        DataType::Binary => column.clone(),
        _ => column.cast(&DataType::String)?.cast(&DataType::Binary)?,
    };
    Ok(bytes.as_materialized_series().binary()?.clone())
}

fn times(column: &Column) -> Result<Int64Chunked, Problem> {
    let times = millis(column).map_err(|error| not_rows(&error))?;
    let missing = times.null_count();
    if missing > 0 {
        let why = format!("{missing} rows have no time that can be read in column {}", column.name());
        return Err(Problem::new("Taking timestamps", why, "Choose a column that every row has"));
    }
    Ok(times)
}

fn millis(column: &Column) -> PolarsResult<Int64Chunked> {
    match column.dtype() {
        DataType::String => {
            let texts = column.as_materialized_series().str()?;
            Ok(texts.iter().map(|text| text.and_then(instant)).collect())
        }
        DataType::Date | DataType::Datetime(..) => {
            let times = column.cast(&DataType::Datetime(TimeUnit::Milliseconds, None))?;
            Ok(times.as_materialized_series().datetime()?.physical().clone())
        }
        _ => Ok(column.cast(&DataType::Int64)?.as_materialized_series().i64()?.clone()),
    }
}

/// ISO-8601 text as milliseconds; UTC where it names no zone.
fn instant(text: &str) -> Option<i64> {
    let zoned = text.parse::<Timestamp>().ok();
    let plain = || TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
    zoned.or_else(plain).map(Timestamp::as_millisecond)
}

/// Says whether the topic had to be made.
fn make_topic(cluster: &Cluster, request: &WriteRequest) -> Result<bool, Problem> {
    let access = cluster.write_access(&format!("make topic {}", request.topic))?;
    match access.create_topic(&request.topic, request.partitions, &[("retention.ms", "-1")]) {
        Ok(()) => Ok(true),
        Err(KafkaError::TopicExists { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn stopped(request: &WriteRequest, records: usize) -> Problem {
    let mut problem = Problem::cancelled(format!("Writing {}", request.topic));
    problem.next = format!("About {records} records were written; delete the topic before writing it again");
    problem
}

fn not_rows(error: &PolarsError) -> Problem {
    Problem::new("Turning rows into records", error.to_string(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(key: Option<&str>, time: Option<&str>) -> WriteRequest {
        WriteRequest {
            file: "flights.csv".into(),
            topic: "flights".into(),
            key: key.map(str::to_owned),
            time: time.map(str::to_owned),
            partitions: 1,
            drop: vec!["tail".into()],
        }
    }

    fn file() -> DataFrame {
        df!(
            "_offset" => [7_i64, 8],
            "_key" => ["a", "b"],
            "origin" => ["JFK", "EWR"],
            "at" => ["2013-01-01T05:15:00Z", "2013-01-01 06:00"],
            "tail" => [1_i64, 2],
        )
        .unwrap()
    }

    #[test]
    fn meta_columns_and_dropped_ones_are_no_fields() {
        let rows = Rows::new(file(), &request(None, Some("at"))).unwrap();
        let names: Vec<_> = rows.fields.get_column_names().iter().map(|name| name.to_string()).collect();
        assert_eq!(names, ["origin", "at"]);
        assert_eq!(rows.keys.unwrap().get(1), Some(b"b".as_slice()));
        let times: Vec<_> = rows.times.unwrap().iter().flatten().collect();
        assert_eq!(times, [1_357_017_300_000, 1_357_020_000_000]);
    }

    #[test]
    fn a_column_that_is_not_there_and_a_time_that_is_none_are_problems() {
        let problem = Rows::new(file(), &request(Some("flight"), None)).err().unwrap();
        assert_eq!(
            problem.to_string().lines().next().unwrap().split(". ").next().unwrap(),
            "Column flight: is not in the file"
        );
        let problem = Rows::new(file(), &request(None, Some("origin"))).err().unwrap();
        assert_eq!(problem.why, "2 rows have no time that can be read in column origin");
    }
}
