//! An opened connection.

use std::sync::Arc;

use super::connection::{ConnectionProfile, Secrets};
use super::error::Result;

/// An opened connection to a cluster. Cheap to clone; clones share their clients.
#[derive(Clone)]
pub struct Cluster {
    _inner: Arc<()>,
}

/// The right to write, which a read-only connection does not give. Every function that writes asks for one.
pub struct WriteAccess<'a> {
    /// Where to write.
    pub cluster: &'a Cluster,
    _private: (),
}

impl Cluster {
    /// Opens a connection and asks the cluster for its id, so that a wrong address, a TLS failure or a wrong password is
    /// known at once and with its cause (blocks for up to the connection's `socket.timeout.ms`, 10 s by default).
    pub fn connect(_profile: &ConnectionProfile, _secrets: &Secrets) -> Result<Self> {
        todo!("connection owner")
    }

    /// The profile it was opened with.
    pub fn profile(&self) -> &ConnectionProfile {
        todo!("connection owner")
    }

    /// The cluster's own id.
    pub fn id(&self) -> &str {
        todo!("connection owner")
    }

    /// The right to write; `action` says what for (`publish to models`), for the refusal of a read-only connection.
    pub fn write_access(&self, _action: &str) -> Result<WriteAccess<'_>> {
        todo!("connection owner")
    }
}
