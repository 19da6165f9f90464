//! What stage Connect shows.

/// State of stage Connect.
#[derive(Debug, Default)]
pub struct ConnectState {}
