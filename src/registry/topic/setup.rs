//! The model topic itself: made when it is not there, held against what the protocol needs.

use super::TopicRegistry;
use crate::kafka::{KafkaError, TopicDetail};
use crate::registry::error::{RegistryError, Result};

/// Kafka's own `max.message.bytes`.
const KAFKA_DEFAULT: usize = 1_048_588;
/// librdkafka's own `message.max.bytes`.
const CLIENT_DEFAULT: usize = 1_000_000;
/// What a record needs besides its value: key, batch and record headers.
const OVERHEAD: usize = 1_024;
/// Smaller pieces are not worth a record each.
const LEAST: usize = 512;

/// How large a record of the topic may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    /// Bytes of a chunk.
    pub(super) chunk: usize,
}

impl TopicRegistry {
    /// Makes the topic when it is not there, refuses one that would lose models, and says how large a chunk may be. `action`
    /// is what for, should the connection be read-only.
    pub(super) fn prepare_topic(&self, action: &str) -> Result<Room> {
        let access = self.cluster.write_access(action)?;
        let topic = match self.cluster.topic(&self.topic) {
            Err(KafkaError::NoTopic { .. }) => {
                let made = access.create_topic(&self.topic, 1, &[("cleanup.policy", "compact")]);
                match (made, self.cluster.topic(&self.topic)) {
                    (_, Ok(topic)) => topic,
                    (Err(error), Err(_)) | (Ok(()), Err(error)) => return Err(error.into()),
                }
            }
            found => found?,
        };
        self.check_policy(&topic)?;
        self.room(&topic)
    }

    fn check_policy(&self, topic: &TopicDetail) -> Result<()> {
        let policy = topic.config.get("cleanup.policy").map_or("", |entry| entry.value.as_str());
        if policy == "compact" || policy.is_empty() {
            return Ok(());
        }
        Err(RegistryError::Topic {
            topic: self.topic.clone(),
            why: format!("its cleanup.policy is {policy}, so that models would be deleted with time"),
            next:
                "Set cleanup.policy=compact, or choose another topic; publishing makes one that is not there."
                    .into(),
        })
    }

    fn room(&self, topic: &TopicDetail) -> Result<Room> {
        let of_topic = topic.config.get("max.message.bytes").and_then(|entry| entry.value.parse().ok());
        let properties = &self.cluster.profile().properties;
        let of_client = properties.get("message.max.bytes").and_then(|value| value.parse().ok());
        let record = of_topic.unwrap_or(KAFKA_DEFAULT).min(of_client.unwrap_or(CLIENT_DEFAULT));
        let chunk = record.saturating_sub(OVERHEAD);
        if chunk >= LEAST {
            return Ok(Room { chunk });
        }
        Err(RegistryError::Topic {
            topic: self.topic.clone(),
            why: format!("its records may have {record} bytes only"),
            next: "Raise max.message.bytes of the topic.".into(),
        })
    }
}
