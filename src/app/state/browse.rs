//! What stage Browse shows.

/// State of stage Browse.
#[derive(Debug, Default)]
pub struct BrowseState {}
