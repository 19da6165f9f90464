//! What stage Models shows.

/// State of stage Models.
#[derive(Debug, Default)]
pub struct ModelsState {}
