//! Runs from outside: a frame and a run file in, a run out.

use std::sync::Arc;

use polars::prelude::*;

use super::*;
use crate::codec::{Field, Kind, Schema};
use crate::learn::{Prediction, predict_frame};

struct Deaf;

impl FitObserver for Deaf {
    fn round(&self, _round: Round, _total: usize) {}
}

const ROWS: usize = 600;

/// One record a minute; `delay` follows `dist` and `wind`, both drawn from a fixed sequence; every 50th has no delay.
fn frame(change: impl Fn(usize, &mut [f64; 2])) -> Frame {
    let mut state = 7_u64;
    let mut draw = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    let (mut dist, mut wind, mut delay) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..ROWS {
        let mut x = [draw() * 100.0, draw() * 10.0];
        let value = 0.4 * x[0] + 2.0 * x[1] - 15.0 + draw() * 4.0;
        change(row, &mut x);
        dist.push(x[0]);
        wind.push(x[1]);
        delay.push((row % 50 != 0).then_some(value));
    }
    let times: Vec<i64> = (0..ROWS as i64).map(|row| 1_357_000_000_000 + row * 60_000).collect();
    let times = Series::new("_timestamp".into(), times);
    let columns = vec![
        Column::new("_partition".into(), vec![0_i32; ROWS]),
        Column::new("_offset".into(), (0..ROWS as i64).collect::<Vec<_>>()),
        times.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap().into(),
        Column::new("dist".into(), dist),
        Column::new("wind".into(), wind),
        Column::new("delay".into(), delay),
    ];
    let field = |name: &str| Field { name: name.into(), kind: Kind::Float, nullable: name == "delay" };
    let data = DataFrame::new(ROWS, columns).unwrap();
    let schema = Schema { fields: ["dist", "wind", "delay"].map(field).into() };
    Frame::of(data, schema, Slice { cluster_id: "test".into(), topics: Vec::new() })
}

fn file(task: &str, learner: &str) -> RunFile {
    let text = format!(
        "format = 1\nseed = 3\n[slice]\ntopics = [\"t\"]\nfrom = \"beginning\"\nto = \"end\"\n[task]\n{task}\n\
         [[prepare]]\nstep = \"standardize\"\ncolumns = [\"dist\", \"wind\"]\n[learner]\n{learner}\n"
    );
    RunFile::parse(&text).unwrap()
}

const LATE: &str = "kind = \"classification\"\ntarget = { column = \"delay\", above = 15.0 }";
const DELAY: &str = "kind = \"regression\"\ntarget = \"delay\"";
const TREES: &str = "kind = \"boosted-trees\"\nrounds = 30\ndepth = 3";

fn run(frame: &Frame, file: &RunFile) -> Result<Run, Problem> {
    let mut run = train_on(frame, file, &Deaf, &Progress::new(), &Cancel::new())?;
    run.fit_ms = 0;
    Ok(run)
}

#[test]
fn every_learner_beats_the_baseline_and_repeats_itself() {
    let frame = frame(|_, _| {});
    for (task, learner) in [
        (LATE, "kind = \"logistic-regression\""),
        (LATE, TREES),
        (DELAY, "kind = \"ridge-regression\""),
        (DELAY, TREES),
    ] {
        let file = file(task, learner);
        let first = run(&frame, &file).unwrap();
        let metric = if task == LATE { "log_loss" } else { "rmse" };
        for (model, baseline) in [(&first.valid, &first.valid_baseline), (&first.test, &first.test_baseline)]
        {
            assert!(model.metrics[metric] < 0.7 * baseline.metrics[metric], "{learner}: {:?}", model.metrics);
            assert!(model.over_time.len() <= Evaluation::TIME_BINS && !model.over_time.is_empty());
            assert_eq!(model.over_time.iter().map(|bin| bin.rows).sum::<u64>(), model.rows);
            let margin = model.margin(metric).unwrap();
            assert!(margin > 0.0 && margin < model.metrics[metric], "{learner}: {margin}");
            assert!(baseline.resamples.is_empty(), "a baseline is a reference and has no interval");
        }
        assert_eq!(first.rows.iter().sum::<u64>(), ROWS as u64);
        assert_eq!(first.rows[4], 12, "rows without a target are counted");
        assert_eq!(first.valid.importance[0].feature, "dist");
        assert!(!first.rounds.is_empty());
        assert_eq!(run(&frame, &file).unwrap(), first);
        let json = serde_json::to_string(&first).unwrap();
        assert_eq!(serde_json::from_str::<Run>(&json).unwrap(), first);
    }
}

#[test]
fn preparation_and_model_see_the_train_part_only() {
    let file = file(LATE, TREES);
    let plain = run(&frame(|_, _| {}), &file).unwrap();
    let changed = run(
        &frame(|row, x| {
            if row > 450 {
                *x = [1e6, -1e6]
            }
        }),
        &file,
    )
    .unwrap();
    assert_eq!(changed.pipeline, plain.pipeline);
    assert_eq!(changed.model, plain.model);
    assert_ne!(changed.valid, plain.valid);
}

#[test]
fn threshold_counts_give_the_confusion_matrix_without_the_rows() {
    let run = run(&frame(|_, _| {}), &file(LATE, TREES)).unwrap();
    let classes = run.valid.classes.as_ref().unwrap();
    let curves = &classes.curves[0];
    let half = curves.thresholds.iter().find(|counts| counts.threshold == 0.5).unwrap();
    assert_eq!(curves.thresholds.len(), 201);
    assert_eq!(
        (half.true_positives, half.false_positives),
        (classes.confusion[1][1], classes.confusion[0][1])
    );
    assert_eq!(curves.positives + curves.negatives, run.valid.rows);
    assert_eq!(curves.roc.first(), Some(&[0.0, 0.0]));
    assert_eq!(curves.roc.last(), Some(&[1.0, 1.0]));
}

#[test]
fn predictions_become_columns() {
    let frame = frame(|_, _| {});
    let run = run(&frame, &file(LATE, TREES)).unwrap();
    let predicted = predict_frame(&run.pipeline, &run.model, &frame.data).unwrap();
    assert_eq!(predicted.get_column_names(), ["prediction", "p_false", "p_true"]);
    let features = run.pipeline.apply(&frame.data).unwrap().features;
    let Prediction::Classes { probabilities, .. } = run.model.predict(&features).unwrap() else { panic!() };
    assert_eq!(predicted.column("p_true").unwrap().f64().unwrap().get(7), Some(probabilities[15]));
}

#[test]
fn bad_input_says_what_is_wrong_and_what_to_do() {
    let plain = frame(|_, _| {});
    let logistic = "kind = \"logistic-regression\"";
    let refusal =
        |frame: &Frame, task: &str, learner: &str| run(frame, &file(task, learner)).unwrap_err().to_string();

    let one_class = LATE.replace("15.0", "1e9");
    assert_eq!(
        refusal(&plain, &one_class, logistic),
        "Fitting logistic regression: every row of the train part is of one class, false. \
         Choose another target, or a slice in which it changes."
    );
    let missing_column = LATE.replace("delay", "arr_delay");
    assert!(
        refusal(&plain, &missing_column, logistic)
            .starts_with("Reading the target arr_delay: there is no such")
    );
    let holes = frame(|row, x| {
        if row == 9 {
            x[1] = f64::NAN
        }
    });
    let holes = refusal(&holes, LATE, logistic);
    assert!(holes.contains("missing values in wind. Add an impute step"), "{holes}");
    assert!(
        run(
            &frame(|row, x| if row == 9 {
                x[1] = f64::NAN
            }),
            &file(LATE, TREES)
        )
        .is_ok()
    );

    let mut text = plain.clone();
    let words = Column::new("delay".into(), vec!["late"; ROWS]);
    Arc::make_mut(&mut text.data).with_column(words).unwrap();
    assert!(refusal(&text, DELAY, TREES).contains("a number is needed and the column is of type str"));
    let mut not_finite = plain.clone();
    let values = Column::new("delay".into(), vec![f64::INFINITY; ROWS]);
    Arc::make_mut(&mut not_finite.data).with_column(values).unwrap();
    assert!(refusal(&not_finite, DELAY, TREES).contains("600 rows have a NaN or infinite target"));
}

#[test]
fn a_feature_that_is_the_target_is_warned_of() {
    let mut leaky = frame(|_, _| {});
    let mut dist = leaky.data.column("delay").unwrap().fill_null(FillNullStrategy::Zero).unwrap();
    dist.rename("dist".into());
    Arc::make_mut(&mut leaky.data).with_column(dist).unwrap();
    let run = run(&leaky, &file(DELAY, TREES)).unwrap();
    assert_eq!(run.warnings.len(), 1, "{:?}", run.warnings);
    assert!(run.warnings[0].starts_with("dist alone gives the target away"));
}

#[test]
fn a_cancelled_run_ends_as_cancelled() {
    let cancel = Cancel::new();
    cancel.cancel();
    let ended = train_on(&frame(|_, _| {}), &file(LATE, TREES), &Deaf, &Progress::new(), &cancel);
    assert!(ended.unwrap_err().cancelled);
}

#[test]
fn early_stopping_keeps_the_best_round_of_the_validation_part() {
    let early = "kind = \"boosted-trees\"\nrounds = 400\ndepth = 6\nrate = 0.5\nearly_stopping = 5";
    let run = run(&frame(|_, _| {}), &file(LATE, early)).unwrap();
    let losses: Vec<f64> = run.rounds.iter().map(|round| round.valid.unwrap()).collect();
    let best = losses.iter().copied().fold(f64::INFINITY, f64::min);
    let at = losses.iter().position(|loss| *loss == best).unwrap();
    assert!(losses.len() < 400 && losses.len() == at + 1 + 5, "{losses:?}");
    assert!((run.valid.metrics["log_loss"] - best).abs() < 1e-9, "the model is that of the best round");
}

#[test]
fn a_model_of_unknown_origin_that_would_not_end_is_refused() {
    let tree = |left: u32| {
        format!(
            "{{\"kind\":\"boosted-trees\",\"features\":[\"x\"],\"classes\":[],\"base\":[0.0],\"trees\":[{{\"feature\":[0,-1,-1],\
             \"value\":[0.5,1.0,2.0],\"left\":[{left},0,0],\"missing\":[0,0,0]}}]}}"
        )
    };
    assert!(serde_json::from_str::<Model>(&tree(1)).is_ok());
    for loops_or_leaves in [0, 2, 9] {
        let error = serde_json::from_str::<Model>(&tree(loops_or_leaves)).unwrap_err().to_string();
        assert!(error.contains("node 0 has children outside of its tree"), "{error}");
    }
    let other = tree(1).replace("[0,-1,-1]", "[1,-1,-1]");
    assert!(
        serde_json::from_str::<Model>(&other).unwrap_err().to_string().contains("beyond the 1 there are")
    );
}
