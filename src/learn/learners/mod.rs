//! The learners, one file each.

mod logistic;
mod ridge;
mod trees;

pub use logistic::LogisticModel;
pub use ridge::RidgeModel;
pub use trees::TreesModel;
