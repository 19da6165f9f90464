//! What stage Live shows.

/// State of stage Live.
#[derive(Debug, Default)]
pub struct LiveState {}
