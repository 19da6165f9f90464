//! What stage Prepare shows.

/// State of stage Prepare.
#[derive(Debug, Default)]
pub struct PrepareState {}
