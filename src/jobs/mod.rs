//! Background work: what runs, how far it is, how it ends.
//!
//! In: a closure that does the work. Out: its result, or a [`Problem`] that a person can act on. This module knows no
//! domain and no window, so every other module may use its [`Progress`], [`Cancel`] and [`Problem`].

mod list;
mod problem;
mod progress;
mod runner;

pub use list::{JobId, JobInfo, JobState};
pub use problem::Problem;
pub use progress::{Cancel, Cancelled, Progress, ProgressSnapshot};
pub use runner::{Admission, Arrival, JobContext, Jobs, Outcome, PATIENCE};
