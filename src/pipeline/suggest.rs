//! Steps to begin with, from what the columns hold.

use super::spec::{CastTo, DatePart, ImputeWith, PipelineSpec, StepSpec};
use crate::data::{ColumnProfile, Warning};

/// One-hot text with at most this many values as it is; of more only the most frequent.
const FEW_VALUES: u64 = 50;
/// Text with more values than this is left out.
const MANY_VALUES: u64 = 1_000;
/// A whole number of at least this is milliseconds since 1970, not seconds: as seconds it would be past the year 5000.
const MILLISECONDS_FROM: f64 = 1e11;

impl PipelineSpec {
    /// Sensible steps for these columns, those of `exclude` not looked at: leave out what is constant or id-like, read times
    /// and numbers from text, fill gaps, one-hot text of few values, standardize numbers.
    pub fn suggest(profiles: &[ColumnProfile], exclude: &[String]) -> Self {
        let mut plan = Plan::default();
        for profile in profiles.iter().filter(|profile| !exclude.contains(&profile.name)) {
            plan.add(profile);
        }
        Self { steps: plan.steps() }
    }
}

/// Column names by what is to be done with them.
#[derive(Default)]
struct Plan {
    drop: Vec<String>,
    to_float: Vec<String>,
    to_time: Vec<String>,
    from_seconds: Vec<String>,
    from_millis: Vec<String>,
    date_parts: Vec<String>,
    median: Vec<String>,
    most_frequent: Vec<String>,
    missing_word: Vec<String>,
    one_hot: Vec<String>,
    one_hot_most: Vec<String>,
    standardize: Vec<String>,
}

/// What a column is good for.
enum Use {
    Nothing,
    Number,
    NumberAsText,
    Truth,
    Category,
    Time(Option<CastTo>),
}

impl Plan {
    fn add(&mut self, profile: &ColumnProfile) {
        let name = || profile.name.clone();
        let gaps = profile.nulls > 0 || (profile.kind == "f64" && profile.not_finite > 0);
        match usefulness(profile) {
            Use::Nothing => self.drop.push(name()),
            Use::NumberAsText => {
                // A value that does not read as a number becomes a gap, here or in records to come.
                self.to_float.push(name());
                self.median.push(name());
                self.standardize.push(name());
            }
            Use::Number => {
                if gaps {
                    self.median.push(name());
                }
                self.standardize.push(name());
            }
            Use::Truth if gaps => self.most_frequent.push(name()),
            Use::Truth => {}
            Use::Category => self.category(profile, gaps),
            Use::Time(cast) => self.time(profile, cast, gaps),
        }
    }

    fn category(&mut self, profile: &ColumnProfile, gaps: bool) {
        if gaps {
            self.missing_word.push(profile.name.clone());
        }
        let list = if profile.distinct <= FEW_VALUES { &mut self.one_hot } else { &mut self.one_hot_most };
        list.push(profile.name.clone());
    }

    fn time(&mut self, profile: &ColumnProfile, cast: Option<CastTo>, gaps: bool) {
        match cast {
            Some(CastTo::TimeFromSeconds) => self.from_seconds.push(profile.name.clone()),
            Some(CastTo::TimeFromMillis) => self.from_millis.push(profile.name.clone()),
            Some(_) => self.to_time.push(profile.name.clone()),
            None => {}
        }
        self.date_parts.push(profile.name.clone());
        let parts = PARTS.iter().map(|part| format!("{}_{}", profile.name, part.name()));
        if gaps || cast.is_some() {
            self.median.extend(parts.clone());
        }
        self.standardize.extend(parts);
    }

    fn steps(self) -> Vec<StepSpec> {
        let cast = |columns, to| StepSpec::Cast { columns, to };
        let impute = |columns, with, value| StepSpec::Impute { columns, with, value, indicator: false };
        let steps = [
            StepSpec::Drop { columns: self.drop },
            cast(self.to_float, CastTo::Float),
            cast(self.to_time, CastTo::Time),
            cast(self.from_seconds, CastTo::TimeFromSeconds),
            cast(self.from_millis, CastTo::TimeFromMillis),
            StepSpec::DateParts { columns: self.date_parts, parts: PARTS.to_vec() },
            impute(self.median, ImputeWith::Median, None),
            impute(self.most_frequent, ImputeWith::MostFrequent, None),
            impute(self.missing_word, ImputeWith::Constant, Some("missing".into())),
            StepSpec::OneHot { columns: self.one_hot, max: None },
            StepSpec::OneHot { columns: self.one_hot_most, max: Some(FEW_VALUES as usize) },
            StepSpec::Standardize { columns: self.standardize },
        ];
        steps.into_iter().filter(|step| !step.columns().is_empty()).collect()
    }
}

/// Parts of a time that come again: the year and the day of the month seldom help, the minute hardly.
const PARTS: [DatePart; 3] = [DatePart::Month, DatePart::Weekday, DatePart::Hour];

fn usefulness(profile: &ColumnProfile) -> Use {
    let warned = |warning| profile.warnings.contains(&warning);
    if warned(Warning::Constant) || warned(Warning::AllNull) || profile.distinct <= 1 {
        return Use::Nothing;
    }
    let looks_like_time = warned(Warning::LooksLikeTime);
    match profile.kind {
        "time" => Use::Time(None),
        "bool" => Use::Truth,
        "str" if looks_like_time => Use::Time(Some(CastTo::Time)),
        "i64" | "u64" if looks_like_time => Use::Time(Some(epoch(profile))),
        "str" | "i64" | "u64" if warned(Warning::IdLike) => Use::Nothing,
        "str" if warned(Warning::LooksLikeNumber) => Use::NumberAsText,
        "str" if profile.distinct > MANY_VALUES => Use::Nothing,
        "str" => Use::Category,
        "i64" | "u64" | "f64" => Use::Number,
        _ => Use::Nothing,
    }
}

fn epoch(profile: &ColumnProfile) -> CastTo {
    let largest = profile.max.as_deref().and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    if largest >= MILLISECONDS_FROM { CastTo::TimeFromMillis } else { CastTo::TimeFromSeconds }
}
