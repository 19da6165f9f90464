//! Learning: learners, runs, metrics, evaluation.
//!
//! In: a frame and a [`RunFile`]. Out: a [`Run`] with its model, metrics and plots. A [`Model`] knows nothing of Kafka.

mod learner;
mod model;
mod run;
mod run_file;
mod task;

pub use learner::{FitControl, FitObserver, LearnerSpec, Round};
pub use model::{Model, Prediction};
pub use run::{Evaluation, Run, TrainRequest, train, train_on};
pub use run_file::RunFile;
pub use task::{Labels, Target, TaskKind, TaskSpec};
