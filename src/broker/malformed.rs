//! What is wrong with the bytes of a request.

/// The bytes are no request that can be answered, so that their connection is closed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a malformed request: {0}")]
pub(super) struct Malformed(pub &'static str);
