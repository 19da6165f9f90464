//! Learning: learners, runs, metrics, evaluation.
//!
//! In: a frame and a [`RunFile`]. Out: a [`Run`] with its model, metrics and plots. A [`Model`] knows nothing of Kafka.

mod evaluation;
mod fit;
mod labels;
mod leakage;
mod learner;
mod learners;
pub mod margin;
mod measure;
mod metrics;
mod model;
mod parts;
mod predict;
mod run;
mod run_file;
mod settings;
mod task;

pub(crate) use evaluation::no_skill;
pub use evaluation::{
    CalibrationBin, ClassCurves, ClassEvaluation, Evaluation, Importance, NumberEvaluation,
    ResidualHistogram, ThresholdCounts, TimeBin,
};
pub use fit::Part;
pub use labels::Labelled;
pub use learner::{FitControl, FitObserver, LearnerSpec, Round};
pub use learners::{LogisticModel, RidgeModel, TreesModel};
pub use measure::Measure;
pub(crate) use metrics::loss_of;
pub use model::{Model, Prediction};
pub use predict::predict_frame;
pub use run::{Run, TrainRequest, train, train_on};
pub use run_file::{RunFile, SliceSection};
pub use settings::Setting;
pub use task::{Labels, Target, TaskKind, TaskSpec};
