//! Administration: making and deleting topics, and their settings.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminOptions, NewTopic, OwnedResourceSpecifier, ResourceSpecifier, TopicReplication};
use rdkafka::consumer::Consumer;
use rdkafka::error::{KafkaError as LibraryError, KafkaResult, RDKafkaErrorCode as Code};

use super::catalogue::ConfigEntry;
use super::client::{Cluster, WriteAccess};
use super::error::{KafkaError, Result};
use super::offsets::Moment;
use super::types::PartitionId;

/// What a request about topics gives: an answer for each.
type Answers<T> = KafkaResult<Vec<std::result::Result<T, (String, Code)>>>;

/// A topic's settings by name.
type TopicConfig = BTreeMap<String, ConfigEntry>;

impl WriteAccess<'_> {
    /// Makes a topic, with the broker's default for replication, and waits until it can be written and read. `config` are
    /// topic settings such as `cleanup.policy`. An existing topic is [`KafkaError::TopicExists`].
    pub fn create_topic(&self, name: &str, partitions: i32, config: &[(&str, &str)]) -> Result<()> {
        let what = format!("making topic {name}");
        let topic = config
            .iter()
            .fold(NewTopic::new(name, partitions, TopicReplication::Fixed(-1)), |topic, (setting, value)| {
                topic.set(setting, value)
            });
        let cluster = self.cluster;
        let answer = block_on(cluster.admin()?.create_topics([&topic], &cluster.admin_options()));
        cluster.only_result(&what, name, answer)?;
        cluster.wait_for_leaders(&what, name, partitions)
    }

    /// Deletes a topic.
    pub fn delete_topic(&self, name: &str) -> Result<()> {
        let cluster = self.cluster;
        let answer = block_on(cluster.admin()?.delete_topics(&[name], &cluster.admin_options()));
        cluster.only_result(&format!("deleting topic {name}"), name, answer).map(drop)
    }
}

impl Cluster {
    /// A topic's settings by name.
    pub(super) fn topic_config(&self, name: &str) -> Result<TopicConfig> {
        self.topic_configs(&[name])?.pop().unwrap_or_else(|| Err(KafkaError::NoTopic { topic: name.into() }))
    }

    /// The settings of several topics, in one request: of each in turn, or why not.
    pub(super) fn topic_configs(&self, names: &[&str]) -> Result<Vec<Result<TopicConfig>>> {
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let what = |names: &str| format!("reading the configuration of {names}");
        let asked: Vec<_> = names.iter().map(|name| ResourceSpecifier::Topic(name)).collect();
        let answer = block_on(self.admin()?.describe_configs(&asked, &self.admin_options()));
        let answer = answer.map_err(|error| self.explain(&what(&names.join(", ")), error))?;
        let mut found: BTreeMap<String, TopicConfig> = BTreeMap::new();
        for resource in answer.into_iter().flatten() {
            if let OwnedResourceSpecifier::Topic(name) = resource.specifier {
                let entries = resource.entries.into_iter().map(|entry| {
                    let default = entry.is_default;
                    (entry.name, ConfigEntry { value: entry.value.unwrap_or_default(), default })
                });
                found.insert(name, entries.collect());
            }
        }
        // Every topic has settings; rdkafka drops the error that comes instead of them.
        let of_topic = |name: &&str| match found.remove(*name) {
            Some(config) if !config.is_empty() => Ok(config),
            _ => {
                let why = "this user may not see it".into();
                Err(KafkaError::Unauthorised { what: what(&format!("topic {name}")), why })
            }
        };
        Ok(names.iter().map(of_topic).collect())
    }

    /// Whether this user may make topics, by Kafka's dry run: everything is checked, nothing is made.
    pub(super) fn try_to_create_a_topic(&self) -> Result<()> {
        let (what, name) = ("asking for the right to make topics", "forebay-dry-run");
        let topic = NewTopic::new(name, 1, TopicReplication::Fixed(-1));
        let options = self.admin_options().validate_only(true);
        let answer = block_on(self.admin()?.create_topics([&topic], &options));
        match self.only_result(what, name, answer) {
            Ok(_) | Err(KafkaError::TopicExists { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn admin_options(&self) -> AdminOptions {
        AdminOptions::new().request_timeout(Some(self.timeout())).operation_timeout(Some(self.timeout()))
    }

    /// The result of a request about a single topic.
    fn only_result<T>(&self, what: &str, topic: &str, answer: Answers<T>) -> Result<T> {
        let results = answer.map_err(|error| self.explain_on(what, topic, error))?;
        match results.into_iter().next() {
            Some(Ok(result)) => Ok(result),
            Some(Err((_, code))) => Err(self.explain_on(what, topic, LibraryError::AdminOp(code))),
            None => Err(KafkaError::Other { what: what.into(), why: "the broker gave no answer".into() }),
        }
    }

    /// The controller answers first, then the brokers name the partitions' leaders, and these take them up last. A record
    /// sent before would be refused, and so would be a look-up.
    fn wait_for_leaders(&self, what: &str, topic: &str, partitions: i32) -> Result<()> {
        let partitions: Vec<_> = (0..partitions.max(1)).map(|number| (topic, PartitionId(number))).collect();
        let started = Instant::now();
        loop {
            if self.leaders(what, topic)? >= partitions.len() {
                match self.offsets(what, &partitions, Moment::End) {
                    // A leader may hear of a new topic later than the broker that named it.
                    Err(KafkaError::NoTopic { .. }) => {}
                    answered => return answered.map(drop),
                }
            }
            if started.elapsed() > self.timeout() {
                let why = "made, but its partitions have no leader yet".into();
                return Err(KafkaError::TimedOut {
                    what: what.into(),
                    seconds: self.timeout().as_secs(),
                    why,
                });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Partitions of a topic for which some broker is named as their leader.
    fn leaders(&self, what: &str, topic: &str) -> Result<usize> {
        let metadata = self.lookup().fetch_metadata(Some(topic), self.timeout());
        let metadata = metadata.map_err(|error| self.explain(what, error))?;
        let known = metadata.topics().iter().filter(|topic| topic.error().is_none());
        Ok(known.flat_map(|topic| topic.partitions()).filter(|partition| partition.leader() >= 0).count())
    }
}

/// Waits for one of rdkafka's futures on this thread. They are woken by librdkafka's own threads and need no runtime.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(result) => return result,
            Poll::Pending => std::thread::park(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_future_that_another_thread_finishes_is_waited_for() {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let finisher = std::thread::spawn(move || sender.send(7));
        assert_eq!(block_on(receiver), Ok(7));
        assert_eq!(finisher.join().unwrap(), Ok(()));
    }
}
