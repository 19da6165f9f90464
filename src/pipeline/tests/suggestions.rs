//! The steps to begin with.

use super::{schema, spec};
use crate::codec::Kind;
use crate::data::{ColumnProfile, Histogram, Warning};
use crate::pipeline::PipelineSpec;

fn profile(name: &str, kind: &'static str, distinct: u64, nulls: u64, warnings: &[Warning]) -> ColumnProfile {
    ColumnProfile {
        name: name.into(),
        kind,
        rows: 10_000,
        nulls,
        not_finite: 0,
        distinct,
        min: None,
        max: None,
        mean: None,
        std: None,
        histogram: Histogram::default(),
        top: vec![],
        warnings: warnings.to_vec(),
    }
}

fn profiles() -> Vec<ColumnProfile> {
    let mut epoch = profile("sent", "i64", 9_000, 0, &[Warning::LooksLikeTime, Warning::IdLike]);
    epoch.max = Some("1357017300000".into());
    vec![
        profile("year", "i64", 1, 0, &[Warning::Constant]),
        profile("flight_id", "i64", 10_000, 0, &[Warning::IdLike]),
        profile("tailnum", "str", 4_000, 20, &[]),
        profile("temp", "f64", 166, 15, &[Warning::NotFinite]),
        profile("distance", "i64", 213, 0, &[]),
        profile("carrier", "str", 16, 0, &[]),
        profile("dest", "str", 104, 3, &[]),
        profile("at", "str", 9_000, 0, &[Warning::LooksLikeTime, Warning::IdLike]),
        epoch,
        profile("price", "str", 800, 0, &[Warning::LooksLikeNumber]),
        profile("cancelled", "bool", 2, 1, &[]),
        profile("stops", "list", 40, 0, &[]),
        profile("arr_delay", "i64", 500, 0, &[]),
    ]
}

#[test]
fn each_column_gets_what_its_profile_calls_for() {
    let suggested = PipelineSpec::suggest(&profiles(), &["arr_delay".into()]);
    let expected = spec(
        r#"
        [[prepare]]
        step = "drop"
        columns = ["year", "flight_id", "tailnum", "stops"]
        [[prepare]]
        step = "cast"
        columns = ["price"]
        to = "float"
        [[prepare]]
        step = "cast"
        columns = ["at"]
        to = "time"
        [[prepare]]
        step = "cast"
        columns = ["sent"]
        to = "time-from-millis"
        [[prepare]]
        step = "date-parts"
        columns = ["at", "sent"]
        parts = ["month", "weekday", "hour"]
        [[prepare]]
        step = "impute"
        columns = ["temp", "at_month", "at_weekday", "at_hour", "sent_month", "sent_weekday", "sent_hour", "price"]
        with = "median"
        [[prepare]]
        step = "impute"
        columns = ["cancelled"]
        with = "most-frequent"
        [[prepare]]
        step = "impute"
        columns = ["dest"]
        with = "constant"
        value = "missing"
        [[prepare]]
        step = "one-hot"
        columns = ["carrier"]
        [[prepare]]
        step = "one-hot"
        columns = ["dest"]
        max = 50
        [[prepare]]
        step = "standardize"
        columns = ["temp", "distance", "at_month", "at_weekday", "at_hour", "sent_month", "sent_weekday", "sent_hour", "price"]
        "#,
    );
    assert_eq!(suggested, expected);
}

#[test]
fn what_is_suggested_passes_the_check() {
    let kind = |profile: &ColumnProfile| match profile.kind {
        "str" => Kind::Text,
        "i64" => Kind::Int,
        "f64" => Kind::Float,
        "bool" => Kind::Bool,
        _ => Kind::Json,
    };
    let profiles = profiles();
    let fields: Vec<_> = profiles.iter().map(|profile| (profile.name.as_str(), kind(profile))).collect();
    assert!(PipelineSpec::suggest(&profiles, &[]).check(&schema(&fields)).is_ok());
    assert_eq!(PipelineSpec::suggest(&[], &[]), PipelineSpec::default());
}
