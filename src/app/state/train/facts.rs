//! What is known of the slice before anything is trained: rows over time, and rows per part.

use crate::codec::meta;
use crate::data::{Frame, SplitSpec};
use crate::jobs::{Cancel, Problem};
use crate::learn::{Labels, TaskSpec};

/// Rows of a slice over time.
#[derive(Clone, Debug, PartialEq)]
pub struct SliceFacts {
    /// Time of the first row, ms since 1970.
    pub first: i64,
    /// Where the last bucket ends.
    pub end: i64,
    /// Length of a bucket, in ms.
    pub bucket_ms: i64,
    /// Rows per bucket.
    pub counts: Vec<u64>,
    /// Times at equal shares of the rows, from the first to the last.
    quantiles: Vec<i64>,
}

impl SliceFacts {
    /// Buckets at most: one per 2 points of the plot as drawn.
    const BUCKETS: i64 = 400;
    /// Shares at which times are kept, so that a border can be dragged without looking at rows.
    const SHARES: usize = 1_000;

    /// Looks at every row's timestamp.
    pub fn of(frame: &Frame, cancel: &Cancel) -> Result<Self, Problem> {
        let mut times = times(frame)?;
        times.sort_unstable();
        if cancel.is_cancelled() {
            return Err(Problem::cancelled("Looking at the slice"));
        }
        let (Some(first), Some(last)) = (times.first().copied(), times.last().copied()) else {
            let next = "Choose a topic whose records have timestamps";
            return Err(Problem::new("Looking at the slice", "no row has a timestamp", next));
        };
        let bucket_ms = bucket_ms(last - first);
        let mut counts = vec![0; ((last - first) / bucket_ms + 1) as usize];
        for time in &times {
            if let Some(count) = counts.get_mut(((time - first) / bucket_ms) as usize) {
                *count += 1;
            }
        }
        let at = |share: usize| times.get((times.len() - 1) * share / Self::SHARES).copied().unwrap_or(last);
        let quantiles = (0..=Self::SHARES).map(at).collect();
        let end = first + bucket_ms * counts.len() as i64;
        Ok(Self { first, end, bucket_ms, counts, quantiles })
    }

    /// The share of rows before a time, to a thousandth.
    pub fn share_before(&self, time: i64) -> f64 {
        self.quantiles.partition_point(|other| *other < time).min(Self::SHARES) as f64 / Self::SHARES as f64
    }

    /// The time before which lies that share of the rows.
    pub fn time_at(&self, share: f64) -> i64 {
        let index = (share.clamp(0.0, 1.0) * Self::SHARES as f64).round() as usize;
        self.quantiles.get(index).copied().unwrap_or(self.end)
    }
}

fn times(frame: &Frame) -> Result<Vec<i64>, Problem> {
    let unreadable = |error: polars::error::PolarsError| {
        Problem::new("Looking at the slice", error.to_string(), "Read the slice again")
    };
    let column = frame.data.column(meta::TIMESTAMP).map_err(unreadable)?;
    let times = column.datetime().map_err(unreadable)?.physical();
    Ok(times.iter().flatten().collect())
}

/// A round length that cuts a span into as many buckets as there may be.
fn bucket_ms(span: i64) -> i64 {
    const LENGTHS: [i64; 16] = [
        1,
        10,
        100,
        1_000,
        5_000,
        15_000,
        60_000,
        300_000,
        900_000,
        3_600_000,
        10_800_000,
        21_600_000,
        43_200_000,
        86_400_000,
        604_800_000,
        2_592_000_000,
    ];
    let least = span / SliceFacts::BUCKETS + 1;
    LENGTHS.into_iter().find(|length| *length >= least).unwrap_or(least)
}

/// Rows of each part as the set-up splits them.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitRows {
    /// Train, validation, test, gaps, and rows without a target.
    pub rows: [u64; 5],
    /// Times (ms) at which train ends, validation begins, validation ends, test begins.
    pub borders: [i64; 4],
    /// What the target is in the train and the validation part; none while there is no target.
    pub truth: Option<Truth>,
}

/// What the target is on average.
#[derive(Clone, Debug, PartialEq)]
pub enum Truth {
    /// The share of a class of two, by its name.
    Share(String, [f64; 2]),
    /// The number of classes that occur.
    Classes([usize; 2]),
    /// The mean of a number.
    Mean([f64; 2]),
}

impl SplitRows {
    /// Splits the rows that have a target.
    pub fn of(frame: &Frame, task: Option<&TaskSpec>, split: &SplitSpec) -> Result<Self, Problem> {
        let labelled = task.map(|task| task.labels(&frame.data)).transpose()?;
        let parts = split.split(frame, labelled.as_ref().map(|labelled| labelled.rows.as_slice()))?;
        let truth = labelled.as_ref().map(|labelled| {
            let of = |part: &[u32]| {
                let place = |row: &u32| labelled.rows.binary_search(row).ok().map(|place| place as u32);
                labelled.labels.select(&part.iter().filter_map(place).collect::<Vec<_>>())
            };
            Truth::of([of(&parts.train), of(&parts.valid)])
        });
        let count = |part: &[u32]| part.len() as u64;
        let missing = labelled.map_or(0, |labelled| labelled.missing);
        let rows = [&parts.train, &parts.valid, &parts.test, &parts.gaps].map(|part| count(part));
        let [train, valid, test, gaps] = rows;
        Ok(Self { rows: [train, valid, test, gaps, missing], borders: parts.borders, truth })
    }
}

impl Truth {
    fn of(parts: [Labels; 2]) -> Self {
        let share = |labels: &Labels, class: usize| {
            labels.counts().get(class).copied().unwrap_or_default() as f64 / labels.rows().max(1) as f64
        };
        match &parts {
            [Labels::Classes { names, .. }, _] => match names.as_slice() {
                [_, positive] => {
                    Self::Share(positive.clone(), parts.each_ref().map(|labels| share(labels, 1)))
                }
                _ => Self::Classes(
                    parts.each_ref().map(|labels| labels.counts().iter().filter(|count| **count > 0).count()),
                ),
            },
            _ => Self::Mean(parts.each_ref().map(|labels| {
                labels.values().unwrap_or_default().iter().sum::<f64>() / labels.rows().max(1) as f64
            })),
        }
    }

    /// The head of its column.
    pub fn name(&self) -> &str {
        match self {
            Self::Share(name, _) => name,
            Self::Classes(_) => "classes",
            Self::Mean(_) => "mean",
        }
    }
}
