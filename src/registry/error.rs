//! What can go wrong with packages and registries.

use crate::files::FileError;
use crate::jobs::Problem;
use crate::kafka::KafkaError;

/// The result of this module's functions.
pub type Result<T> = std::result::Result<T, RegistryError>;

/// A failure of a registry or a package.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "the fields are the words of the variant's own text")]
pub enum RegistryError {
    /// The cluster failed.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// A file could not be read or written.
    #[error(transparent)]
    File(#[from] FileError),
    /// No such model, version or alias.
    #[error("{what} does not exist")]
    NotFound { what: String },
    /// A version that is there but damaged.
    #[error("{what} is damaged: {why}")]
    Damaged { what: String, why: String },
    /// A package that is refused.
    #[error("package refused: {why}")]
    Refused { why: String },
    /// A topic that cannot be a model topic as it is.
    #[error("topic {topic} cannot hold models: {why}")]
    Topic { topic: String, why: String, next: String },
    /// A version that an alias points to cannot be deleted.
    #[error("{name}@{version} is in use by {aliases}")]
    InUse { name: String, version: u32, aliases: String },
    /// Others published at the same time and won each time; nothing of this attempt is visible.
    #[error("another publisher of {name} was faster")]
    Fenced { name: String },
    /// A name that cannot be one.
    #[error("{name}: {why}")]
    Name { name: String, why: String },
    /// The user ended it.
    #[error("cancelled")]
    Cancelled,
}

impl RegistryError {
    pub(super) fn refused(why: impl Into<String>) -> Self {
        Self::Refused { why: why.into() }
    }
}

impl From<crate::jobs::Cancelled> for RegistryError {
    fn from(_: crate::jobs::Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<RegistryError> for Problem {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Kafka(error) => error.into(),
            RegistryError::File(error) => error.into(),
            RegistryError::NotFound { what } => {
                Self::new(format!("{what} does not exist"), "", "List the models to see what there is.")
            }
            RegistryError::Damaged { what, why } => Self::new(
                format!("{what} is damaged"),
                why,
                "Use another version, or publish the package again.",
            ),
            RegistryError::Refused { why } => {
                Self::new("The package is refused", why, "Get it again from where it comes from.")
            }
            RegistryError::Topic { topic, why, next } => {
                Self::new(format!("Topic {topic} cannot hold models"), why, next)
            }
            RegistryError::InUse { name, version, aliases } => Self::new(
                format!("{name}@{version} is not deleted"),
                format!("{aliases} points to it"),
                "Move or remove the alias first.",
            ),
            RegistryError::Fenced { name } => Self::new(
                format!("Publishing {name}"),
                "another publisher of the same model was faster each time; nothing of this attempt is visible",
                "Try again when the other has finished.",
            ),
            RegistryError::Name { name, why } => Self::new(format!("\"{name}\" cannot be used"), why, ""),
            RegistryError::Cancelled => Self::cancelled("The registry's work"),
        }
    }
}
