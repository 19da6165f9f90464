//! What can go wrong with packages and registries.

use crate::jobs::Problem;
use crate::kafka::KafkaError;

/// The result of this module's functions.
pub type Result<T> = std::result::Result<T, RegistryError>;

/// A failure of a registry or a package.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The cluster failed.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        #[allow(missing_docs)]
        source: std::io::Error,
    },
    /// No such model, version or alias.
    #[error("{what} does not exist")]
    NotFound {
        /// Which.
        what: String,
    },
    /// A package that is refused.
    #[error("package refused: {why}")]
    Refused {
        /// Why.
        why: String,
    },
    /// Somebody published at the same time and won; nothing of this attempt is visible.
    #[error("another publisher of {name} was faster")]
    Fenced {
        /// The model.
        name: String,
    },
    /// A name that cannot be one.
    #[error("{name}: {why}")]
    Name {
        #[allow(missing_docs)]
        name: String,
        #[allow(missing_docs)]
        why: String,
    },
    /// The user ended it.
    #[error("cancelled")]
    Cancelled,
}

impl From<crate::jobs::Cancelled> for RegistryError {
    fn from(_: crate::jobs::Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<RegistryError> for Problem {
    fn from(_error: RegistryError) -> Self {
        todo!("registry owner")
    }
}
