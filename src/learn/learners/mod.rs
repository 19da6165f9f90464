//! The learners, one file each, and what they share.
//!
//! In: a feature matrix and labels that [`LearnerSpec::fit`](super::LearnerSpec::fit) has checked. Out: a model.

mod boosting;
mod boosting_loss;
mod conjugate_gradient;
mod design;
mod likelihood;
mod linear;
mod links;
mod logistic;
#[cfg(test)]
mod oracle_tests;
mod ridge;
mod tree;
mod trees;

pub(super) use boosting::Boosting;
pub(super) use logistic::LogisticFit;
pub use logistic::LogisticModel;
pub use ridge::RidgeModel;
pub(super) use ridge::fit as fit_ridge;
pub use trees::TreesModel;
