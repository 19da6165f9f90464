//! The settings of the transaction coordinator, with Kafka's defaults.

use crate::broker::journal::Millis;

/// Settings of the transaction coordinator.
#[derive(Debug, Clone)]
pub struct TransactionConfig {
    /// `transaction.max.timeout.ms`: the longest transaction that a producer may ask for.
    pub max_timeout_ms: i32,
    /// `transactional.id.expiration.ms`: when a transactional id that is not used is forgotten.
    pub id_expiration_ms: Millis,
}

impl Default for TransactionConfig {
    fn default() -> TransactionConfig {
        TransactionConfig { max_timeout_ms: 900_000, id_expiration_ms: 7 * 24 * 3_600_000 }
    }
}
