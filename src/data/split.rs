//! Train, validation and test parts in time order.

use serde::{Deserialize, Serialize};

use super::frame::Frame;
use crate::codec::meta;
use crate::jobs::Problem;
use crate::kafka::parse_span;

/// How to split. `[split]` of a run file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SplitSpec {
    /// What the order is.
    pub by: SplitBy,
    /// Shares of the rows, which add up to 1.
    pub train: f64,
    #[allow(missing_docs)]
    pub valid: f64,
    #[allow(missing_docs)]
    pub test: f64,
    /// Rows within this span after a part's end are left out (`1h`, `0s`), so that nothing known late reaches across.
    pub gap: String,
}

/// The order of a split.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SplitBy {
    /// By record timestamp (ties by partition and offset).
    #[default]
    Time,
}

impl Default for SplitSpec {
    fn default() -> Self {
        Self { by: SplitBy::Time, train: 0.7, valid: 0.15, test: 0.15, gap: "0s".into() }
    }
}

/// Row numbers of a frame, each part in time order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// To fit on.
    pub train: Vec<u32>,
    /// To choose by.
    pub valid: Vec<u32>,
    /// Sealed until the end.
    pub test: Vec<u32>,
    /// Left out by the gaps.
    pub gaps: Vec<u32>,
    /// Timestamps (ms) at which train ends, validation begins, validation ends, test begins. A part without rows ends
    /// where it begins, at the end of the one before.
    pub borders: [i64; 4],
}

impl SplitSpec {
    /// Everything wrong with it, as (field, why).
    pub fn check(&self) -> Vec<(String, String)> {
        let shares = [("train", self.train), ("valid", self.valid), ("test", self.test)];
        let mut problems: Vec<(String, String)> = shares
            .iter()
            .filter(|(_, share)| !(0.0..=1.0).contains(share))
            .map(|(field, share)| ((*field).into(), format!("{share} is no share: expected 0 to 1")))
            .collect();
        if self.train == 0.0 {
            problems.push(("train".into(), "nothing to fit on: expected more than 0".into()));
        }
        let sum = self.train + self.valid + self.test;
        if problems.is_empty() && (sum - 1.0).abs() > 1e-6 {
            problems.push(("train".into(), format!("train, valid and test add up to {sum}: expected 1")));
        }
        if let Err(why) = parse_span(&self.gap) {
            problems.push(("gap".into(), why));
        }
        problems
    }

    /// Splits the rows listed in `rows` (all when `None`) of a frame. Never puts rows of one timestamp into two parts: a
    /// border goes to the nearest change of timestamp.
    pub fn split(&self, frame: &Frame, rows: Option<&[u32]>) -> Result<Split, Problem> {
        if let Some((field, why)) = self.check().into_iter().next() {
            return Err(problem(format!("{field}: {why}"), "Correct the split"));
        }
        let times = ordered(frame, rows)?;
        let gap = parse_span(&self.gap).map_err(|why| problem(why, "Correct the gap"))?;
        let count = times.len() as f64;
        let first = border(&times, (count * self.train).round() as usize);
        let second = border(&times, (count * (self.train + self.valid)).round() as usize).max(first);
        self.cut(&times, first, second, i64::try_from(gap).unwrap_or(i64::MAX))
    }

    fn cut(&self, times: &[Row], first: usize, second: usize, gap: i64) -> Result<Split, Problem> {
        let (before, test) = times.split_at_checked(second).unwrap_or((times, &[]));
        let (train, valid) = before.split_at_checked(first).unwrap_or((before, &[]));
        let (valid_gap, valid) = after_gap(valid, train, gap);
        let (test_gap, test) = after_gap(test, if valid.is_empty() { before } else { valid }, gap);
        for (part, share, rows) in
            [("train", self.train, train), ("validation", self.valid, valid), ("test", self.test, test)]
        {
            if share > 0.0 && rows.is_empty() {
                return Err(problem(
                    format!(
                        "no row is left for the {part} part, of {} rows with a gap of {}",
                        times.len(),
                        self.gap
                    ),
                    "Read a longer range, shorten the gap, or set this part's share to 0",
                ));
            }
        }
        let numbers = |rows: &[Row]| rows.iter().map(|(_, row)| *row).collect::<Vec<_>>();
        let train_end = train.last().map_or(0, |(time, _)| *time);
        let valid_begin = valid.first().map_or(train_end, |(time, _)| *time);
        let valid_end = valid.last().map_or(train_end, |(time, _)| *time);
        let test_begin = test.first().map_or(valid_end, |(time, _)| *time);
        Ok(Split {
            train: numbers(train),
            valid: numbers(valid),
            test: numbers(test),
            gaps: numbers(valid_gap).into_iter().chain(numbers(test_gap)).collect(),
            borders: [train_end, valid_begin, valid_end, test_begin],
        })
    }
}

/// A row's timestamp and number.
type Row = (i64, u32);

fn problem(why: String, next: &str) -> Problem {
    Problem::new("Splitting the rows", why, next)
}

/// Timestamps with their rows, in time order; a frame's row order breaks ties.
fn ordered(frame: &Frame, rows: Option<&[u32]>) -> Result<Vec<Row>, Problem> {
    let unreadable = |error: polars::error::PolarsError| problem(error.to_string(), "Read the slice again");
    let column = frame.data.column(meta::TIMESTAMP).map_err(unreadable)?;
    let times = column.datetime().map_err(unreadable)?.physical();
    let all: Vec<u32>;
    let rows = match rows {
        Some(rows) => rows,
        None => {
            all = (0..frame.rows() as u32).collect();
            &all
        }
    };
    let known: Vec<Row> =
        rows.iter().filter_map(|row| times.get(*row as usize).map(|time| (time, *row))).collect();
    if known.len() < rows.len() {
        let without = rows.len() - known.len();
        let why =
            format!("{without} of {} rows have no timestamp, so they have no place in time", rows.len());
        return Err(problem(why, "Choose a topic whose records have timestamps"));
    }
    let mut known = known;
    known.sort_unstable();
    Ok(known)
}

/// The change of timestamp nearest to `target`, as the number of rows before it.
fn border(times: &[Row], target: usize) -> usize {
    let Some((time, _)) = times.get(target) else { return times.len() };
    let begin = times.partition_point(|(other, _)| other < time);
    let end = times.partition_point(|(other, _)| other <= time);
    // The first group of all stays in train: an empty train part serves nobody.
    if begin > 0 && target - begin <= end - target { begin } else { end }
}

/// Parts `rows` into those within the gap after `before` and the rest.
fn after_gap<'r>(rows: &'r [Row], before: &[Row], gap: i64) -> (&'r [Row], &'r [Row]) {
    let Some((end, _)) = before.last() else { return (&[], rows) };
    let within = rows.partition_point(|(time, _)| *time < end.saturating_add(gap));
    rows.split_at_checked(within).unwrap_or((rows, &[]))
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;
    use proptest::prelude::*;

    use super::*;
    use crate::codec::Schema;
    use crate::kafka::Slice;

    fn frame(times: &[Option<i64>]) -> Frame {
        let time = Column::new(meta::TIMESTAMP.into(), times)
            .cast(&DataType::Datetime(TimeUnit::Milliseconds, None))
            .unwrap();
        let slice = Slice { cluster_id: String::new(), topics: Vec::new() };
        Frame::of(DataFrame::new(times.len(), vec![time]).unwrap(), Schema::default(), slice)
    }

    fn spec(train: f64, valid: f64, test: f64, gap: &str) -> SplitSpec {
        SplitSpec { train, valid, test, gap: gap.into(), ..SplitSpec::default() }
    }

    #[test]
    fn parts_follow_time_and_not_row_order() {
        let times: Vec<_> = (0..10).map(|n| Some((9 - n) * 1_000)).collect();
        let split = spec(0.6, 0.2, 0.2, "0s").split(&frame(&times), None).unwrap();
        assert_eq!(split.train, [9, 8, 7, 6, 5, 4]);
        assert_eq!((split.valid, split.test), (vec![3, 2], vec![1, 0]));
        assert_eq!(split.borders, [5_000, 6_000, 7_000, 8_000]);
    }

    #[test]
    fn rows_within_the_gap_are_in_no_part() {
        let times: Vec<_> = (0..10).map(|n| Some(n * 1_000)).collect();
        let split = spec(0.4, 0.3, 0.3, "2s").split(&frame(&times), None).unwrap();
        assert_eq!(split.train, [0, 1, 2, 3]);
        assert_eq!((split.valid, split.test), (vec![5, 6], vec![8, 9]));
        assert_eq!(split.gaps, [4, 7]);
    }

    #[test]
    fn only_the_rows_asked_for_are_split() {
        let times: Vec<_> = (0..10).map(|n| Some(n * 1_000)).collect();
        let split = spec(0.5, 0.0, 0.5, "0s").split(&frame(&times), Some(&[8, 2, 4, 6])).unwrap();
        assert_eq!((split.train, split.valid, split.test), (vec![2, 4], vec![], vec![6, 8]));
        assert_eq!(split.borders, [4_000, 4_000, 4_000, 6_000]);
    }

    #[test]
    fn what_cannot_be_split_is_a_problem_that_says_why() {
        let why = |spec: SplitSpec, times: &[Option<i64>]| spec.split(&frame(times), None).unwrap_err().why;
        assert!(why(SplitSpec::default(), &[Some(1), Some(2)]).contains("no row is left for the test part"));
        assert!(why(SplitSpec::default(), &[Some(1); 50]).contains("no row is left"));
        assert!(why(SplitSpec::default(), &[Some(1), None]).contains("1 of 2 rows have no timestamp"));
        assert!(why(spec(0.7, 0.2, 0.2, "0s"), &[]).contains("expected 1"));
        let problems = spec(0.0, f64::NAN, 1.5, "soon").check();
        let fields: Vec<_> = problems.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, ["valid", "test", "train", "gap"]);
    }

    proptest! {
        #[test]
        fn every_row_is_in_one_place_and_parts_never_share_a_timestamp(
            times in proptest::collection::vec(0..30_i64, 3..200),
            gap in 0..4_u32,
        ) {
            let times: Vec<_> = times.into_iter().map(Some).collect();
            let split = spec(0.5, 0.25, 0.25, &format!("{gap}ms")).split(&frame(&times), None);
            let Ok(split) = split else { return Ok(()) };
            let mut rows: Vec<u32> =
                [&split.train, &split.valid, &split.test, &split.gaps].into_iter().flatten().copied().collect();
            rows.sort_unstable();
            prop_assert_eq!(rows, (0..times.len() as u32).collect::<Vec<_>>());
            let time = |row: &u32| times[*row as usize].unwrap();
            let parts = [&split.train, &split.valid, &split.test];
            for pair in parts.windows(2) {
                let last = pair[0].iter().map(time).max().unwrap();
                let first = pair[1].iter().map(time).min().unwrap();
                prop_assert!(last < first && first >= last + i64::from(gap));
            }
        }
    }
}
