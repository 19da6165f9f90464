//! Topics by name: their ids and partitions, of many in one request.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rdkafka::consumer::Consumer;
use rdkafka::error::{KafkaError as LibraryError, KafkaResult, RDKafkaErrorCode as Code};

use super::client::Cluster;
use super::error::{KafkaError, Result};
use super::native::{TopicDescription, describe_topics};
use super::types::PartitionId;

/// A topic that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KnownTopic {
    /// Its own id, as Kafka's tools write it; `None` where the broker gives topics no ids (Kafka below 2.8). A topic that is
    /// deleted and made anew gets another.
    pub id: Option<String>,
    /// By number.
    pub partitions: Vec<PartitionId>,
}

impl Cluster {
    /// These topics, in the order asked for. The first that is not there is the error.
    pub(super) fn find_topics(&self, names: &[&str]) -> Result<Vec<KnownTopic>> {
        self.find_topics_within(names, self.timeout())
    }

    /// [`Self::find_topics`] of one.
    pub(super) fn find_topic(&self, name: &str) -> Result<KnownTopic> {
        self.find_topics(&[name])?.pop().ok_or_else(|| KafkaError::NoTopic { topic: name.into() })
    }

    /// [`Self::find_topics`] that waits for so long.
    pub(super) fn find_topics_within(&self, names: &[&str], wait: Duration) -> Result<Vec<KnownTopic>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let what = || format!("looking up {}", names.join(", "));
        let each: Vec<&str> = names.iter().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let answer = self.describe(&each, wait).map_err(|error| self.explain(&what(), error))?;
        names
            .iter()
            .map(|name| {
                let Some(topic) = answer.iter().find(|topic| topic.name == *name) else {
                    return Err(KafkaError::NoTopic { topic: (*name).into() });
                };
                match topic.problem {
                    None => Ok(known(topic)),
                    Some(code) => Err(self.explain_on(&what(), name, LibraryError::AdminOp(code))),
                }
            })
            .collect()
    }

    /// librdkafka puts this question to the controller that it last heard of, and waits for it also when it is gone. Asking
    /// any broker for the list of topics tells who it is now.
    fn describe(&self, names: &[&str], wait: Duration) -> KafkaResult<Vec<TopicDescription>> {
        let started = Instant::now();
        match describe_topics(self.lookup().client(), names, wait / 2) {
            Err(LibraryError::AdminOp(Code::OperationTimedOut | Code::BrokerTransportFailure)) => {
                self.lookup().fetch_metadata(None, wait.saturating_sub(started.elapsed()))?;
                describe_topics(self.lookup().client(), names, wait.saturating_sub(started.elapsed()))
            }
            answer => answer,
        }
    }
}

fn known(topic: &TopicDescription) -> KnownTopic {
    let mut partitions = topic.partitions.clone();
    partitions.sort();
    KnownTopic { id: id(&topic.id), partitions }
}

/// Kafka writes ids in the alphabet for addresses, librdkafka in the common one. All zero is no id.
fn id(base64: &str) -> Option<String> {
    let is_one = base64.bytes().any(|letter| letter != b'A');
    is_one.then(|| base64.replace('+', "-").replace('/', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_as_kafkas_tools_write_it_and_zero_is_none() {
        assert_eq!(id("D/GHi+JkR3yP0s8uLaEjCA").as_deref(), Some("D_GHi-JkR3yP0s8uLaEjCA"));
        assert_eq!(id("AAAAAAAAAAAAAAAAAAAAAA"), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn partitions_come_by_number() {
        let partitions = [2, 0, 1].map(PartitionId).into();
        let topic = TopicDescription { name: "t".into(), id: String::new(), partitions, problem: None };
        assert_eq!(known(&topic).partitions, [0, 1, 2].map(PartitionId));
    }
}
