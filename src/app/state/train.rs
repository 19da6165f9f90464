//! What stage Train shows.

/// State of stage Train.
#[derive(Debug, Default)]
pub struct TrainState {}
