//! Records of many partitions out of one queue, taken over in batches; no group, no commit.
//!
//! In: partitions to start and stop. Out: messages, borrowed from the queue until the next [`BatchQueue::advance`]. It knows
//! nothing of slices; how librdkafka is called is in [`super::native`].

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::Consumer;
use rdkafka::error::KafkaResult;

use super::context::ForebayContext;
use super::native::{self, Message, MessageQueue};
use super::types::{Offset, PartitionId};
use super::way_back::WayBack;

/// Messages taken over at once. Each is a pointer; the records themselves stay where librdkafka put them.
const DRAINED: usize = 4_096;

/// Started partitions whose messages come out of one queue.
pub(super) struct BatchQueue {
    queue: MessageQueue,
    /// Names of the topics, in the order of their numbers.
    topics: Vec<String>,
    started: Vec<Source>,
    way_back: WayBack,
}

/// Where a message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    /// The topic: its place in the order in which topics were first started.
    pub topic: usize,
    /// The partition.
    pub partition: PartitionId,
}

impl BatchQueue {
    /// A queue of a client of its own.
    pub fn open(config: &ClientConfig, context: ForebayContext) -> KafkaResult<Self> {
        let queue = MessageQueue::of(config.create_with_context(context)?);
        let way_back = WayBack::to(config.get("bootstrap.servers").unwrap_or_default());
        Ok(Self { queue, topics: Vec::new(), started: Vec::new(), way_back })
    }

    /// Begins to fetch a partition from `offset` on.
    pub fn start(&mut self, topic: &str, partition: PartitionId, offset: Offset) -> KafkaResult<Source> {
        let source = Source { topic: self.topic(topic)?, partition };
        self.queue.start(source.topic, partition, offset)?;
        self.started.push(source);
        Ok(source)
    }

    /// Ends fetching a partition and forgets what is queued of it. Messages that were drained before still come.
    pub fn stop(&mut self, source: Source) {
        if let Some(at) = self.started.iter().position(|started| *started == source) {
            self.started.swap_remove(at);
            self.queue.stop(source.topic, source.partition);
        }
    }

    /// The message at hand. `None` when all are taken: [`Self::fill`] then.
    pub fn peek(&self) -> Option<Message<'_>> {
        self.queue.peek()
    }

    /// Gives the message at hand back and goes on to the next.
    pub fn advance(&mut self) {
        self.queue.advance();
    }

    /// Takes over what is queued, waiting up to `wait` for the first. Does nothing while a message is at hand. Returns
    /// whether there is one now.
    pub fn fill(&mut self, wait: Duration) -> bool {
        if self.queue.peek().is_some() {
            return true;
        }
        // librdkafka waits until it has as many as asked for: first one message with waiting, then the others without.
        let any = self.queue.take(1, wait) > 0;
        if any {
            self.queue.take(DRAINED - 1, Duration::ZERO);
        }
        any
    }

    /// Hands what the client has to say (its connections, its sign-in) over to its context. Call it when nothing comes.
    pub fn listen(&self) {
        let client = self.queue.client();
        while client.poll(Duration::from_millis(1)).is_some() {}
        self.way_back.show(client.client(), client.client().context());
    }

    /// Where a partition ends, as the client last heard; costs no request.
    pub fn end(&self, topic: &str, partition: PartitionId) -> Option<Offset> {
        native::cached_watermarks(self.queue.client().client(), topic, partition).map(|(_, end)| end)
    }

    /// Where `message` comes from; `None` for what is about no started topic.
    pub fn source(&self, message: Message<'_>) -> Option<Source> {
        Some(Source { topic: self.queue.topic_of(message)?, partition: message.partition() })
    }

    fn topic(&mut self, name: &str) -> KafkaResult<usize> {
        if let Some(number) = self.topics.iter().position(|known| known == name) {
            return Ok(number);
        }
        let number = self.queue.add_topic(name)?;
        self.topics.push(name.into());
        Ok(number)
    }
}

impl Drop for BatchQueue {
    /// A client can only go when nothing of it is being fetched.
    fn drop(&mut self) {
        for source in std::mem::take(&mut self.started) {
            self.queue.stop(source.topic, source.partition);
        }
    }
}
