//! The one file with `unsafe` code: librdkafka's batch calls, which the rdkafka crate does not wrap.
//!
//! Why at all. Taking records out one poll at a time costs a lock, an event and several reference counts for each, which is
//! 1.25 to 1.6 times slower than `rd_kafka_consume_batch_queue`; reading a topic is what users wait for. And the crate's
//! `assign` wants a consumer group, for which librdkafka looks up a coordinator and needs the right to; partitions that
//! are started one by one on a queue (`rd_kafka_consume_start_queue`) need no group at all.
//!
//! In: partitions to start and stop. Out: messages, borrowed from the queue until the next [`BatchQueue::advance`]. It knows
//! nothing of slices.
#![allow(unsafe_code, reason = "calls into librdkafka; each says why it holds")]

use std::ffi::{CStr, CString, c_char, c_void};
use std::marker::PhantomData;
use std::ptr;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::bindings as rd;
use rdkafka::client::{Client, ClientContext};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError as LibraryError, KafkaResult, RDKafkaErrorCode as Code};

use super::batch::Header;
use super::context::ForebayContext;
use super::types::{EventTime, Offset, PartitionId};

/// Messages taken over at once. Each is a pointer; the records themselves stay where librdkafka put them.
const DRAINED: usize = 4_096;

/// Started partitions whose messages come out of one queue.
///
/// Invariants: `queue` and every pointer in `topics` come from `client` and live until `drop`; every pointer in `drained`
/// from `taken` on is a message that we own and have not destroyed.
pub(super) struct BatchQueue {
    drained: Vec<*mut rd::rd_kafka_message_t>,
    taken: usize,
    started: Vec<Source>,
    topics: Vec<(String, *mut rd::rd_kafka_topic_t)>,
    queue: *mut rd::rd_kafka_queue_t,
    client: BaseConsumer<ForebayContext>,
}

// SAFETY: librdkafka's objects may be used from any thread, and a `BatchQueue` is their only owner: all its methods that
// touch `drained` take `&mut self`, and messages borrow from it.
unsafe impl Send for BatchQueue {}

/// Where a message comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Source {
    /// The topic: its place in the order in which topics were first started.
    pub topic: usize,
    /// The partition.
    pub partition: PartitionId,
}

/// A record, or what librdkafka has to say about a partition.
#[derive(Clone, Copy)]
pub(super) struct Message<'q> {
    raw: &'q rd::rd_kafka_message_t,
}

impl BatchQueue {
    /// A queue of a client of its own.
    pub fn open(config: &ClientConfig, context: ForebayContext) -> KafkaResult<Self> {
        let client: BaseConsumer<ForebayContext> = config.create_with_context(context)?;
        // SAFETY: the client is alive; the queue is destroyed before it in `drop`.
        let queue = unsafe { rd::rd_kafka_queue_new(client.client().native_ptr()) };
        let drained = Vec::with_capacity(DRAINED);
        Ok(Self { drained, taken: 0, started: Vec::new(), topics: Vec::new(), queue, client })
    }

    /// Begins to fetch a partition from `offset` on.
    pub fn start(&mut self, topic: &str, partition: PartitionId, offset: Offset) -> KafkaResult<Source> {
        let source = Source { topic: self.topic(topic)?, partition };
        let handle = self.handle(source);
        // SAFETY: topic and queue belong to the client and are alive (invariant).
        let failed =
            unsafe { rd::rd_kafka_consume_start_queue(handle, partition.0, offset.0, self.queue) } != 0;
        if failed {
            // SAFETY: reads the thread's own last error.
            let code = unsafe { rd::rd_kafka_last_error() };
            return Err(LibraryError::MessageConsumption(code.into()));
        }
        self.started.push(source);
        Ok(source)
    }

    /// Ends fetching a partition and forgets what is queued of it. Messages that were drained before still come.
    pub fn stop(&mut self, source: Source) {
        if let Some(at) = self.started.iter().position(|started| *started == source) {
            self.started.swap_remove(at);
            // SAFETY: the topic belongs to the client and is alive; the partition was started and not yet stopped.
            unsafe { rd::rd_kafka_consume_stop(self.handle(source), source.partition.0) };
        }
    }

    /// The message at hand. `None` when all are taken: [`Self::fill`] then.
    pub fn peek(&self) -> Option<Message<'_>> {
        let message = *self.drained.get(self.taken)?;
        // SAFETY: not null, ours, and not destroyed before `taken` passes it, which needs `&mut self` (invariant).
        Some(Message { raw: unsafe { &*message } })
    }

    /// Gives the message at hand back and goes on to the next.
    pub fn advance(&mut self) {
        if let Some(message) = self.drained.get(self.taken) {
            // SAFETY: ours and not yet destroyed; `taken` passes it right after.
            unsafe { rd::rd_kafka_message_destroy(*message) };
            self.taken += 1;
        }
    }

    /// Takes over what is queued, waiting up to `wait` for the first. Does nothing while a message is at hand. Returns
    /// whether there is one now.
    pub fn fill(&mut self, wait: Duration) -> bool {
        if self.taken < self.drained.len() {
            return true;
        }
        self.drained.clear();
        self.taken = 0;
        // librdkafka waits until the whole array is full: first one message with waiting, then the others without.
        let any = self.take(1, wait);
        if any {
            self.take(DRAINED - 1, Duration::ZERO);
        }
        any
    }

    /// Appends up to `most` messages to `drained`; whether there were any.
    fn take(&mut self, most: usize, wait: Duration) -> bool {
        self.drained.reserve(most);
        let before = self.drained.len();
        let millis = i32::try_from(wait.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: the spare capacity holds `most` pointers; librdkafka writes as many as it returns and gives them to us.
        unsafe {
            let spare = self.drained.as_mut_ptr().add(before);
            let count = rd::rd_kafka_consume_batch_queue(self.queue, millis, spare, most);
            self.drained.set_len(before + usize::try_from(count).unwrap_or(0));
        }
        self.drained.len() > before
    }

    /// Hands what the client has to say (its connections, its sign-in) over to its context. Call it when nothing comes.
    pub fn listen(&self) {
        while self.client.poll(Duration::from_millis(1)).is_some() {}
    }

    fn topic(&mut self, name: &str) -> KafkaResult<usize> {
        if let Some(index) = self.topics.iter().position(|(known, _)| known == name) {
            return Ok(index);
        }
        let text = CString::new(name)?;
        // SAFETY: the client is alive, the text ends with 0, and no configuration means the client's own.
        let topic = unsafe {
            rd::rd_kafka_topic_new(self.client.client().native_ptr(), text.as_ptr(), ptr::null_mut())
        };
        if topic.is_null() {
            return Err(LibraryError::MessageConsumption(Code::UnknownTopic));
        }
        self.topics.push((name.into(), topic));
        Ok(self.topics.len() - 1)
    }

    fn handle(&self, source: Source) -> *mut rd::rd_kafka_topic_t {
        self.topics.get(source.topic).map_or(ptr::null_mut(), |(_, topic)| *topic)
    }

    /// Where `message` comes from; `None` for what is about no started topic.
    pub fn source(&self, message: Message<'_>) -> Option<Source> {
        let topic = self.topics.iter().position(|(_, topic)| *topic == message.raw.rkt)?;
        Some(Source { topic, partition: PartitionId(message.raw.partition) })
    }
}

impl Drop for BatchQueue {
    fn drop(&mut self) {
        while self.taken < self.drained.len() {
            self.advance();
        }
        while let Some(source) = self.started.last().copied() {
            self.stop(source);
        }
        // SAFETY: each is destroyed once, nothing refers to it any more, and the client outlives them all.
        unsafe {
            for (_, topic) in &self.topics {
                rd::rd_kafka_topic_destroy(*topic);
            }
            rd::rd_kafka_queue_destroy(self.queue);
        }
    }
}

impl<'q> Message<'q> {
    /// Whether it is a record, and not a notice.
    pub fn is_record(self) -> bool {
        self.raw.err == rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR
    }

    /// What librdkafka has to say; `None` for a record.
    pub fn notice(self) -> Option<(Code, String)> {
        if self.is_record() {
            return None;
        }
        // SAFETY: the message is alive; librdkafka gives null or a text that lives as long as the message.
        let words = unsafe { text(rd::rd_kafka_message_errstr(self.raw)) };
        Some((self.raw.err.into(), words.unwrap_or_default().to_string()))
    }

    /// Topic and partition, to be compared only.
    pub fn place(self) -> (*const c_void, PartitionId) {
        (self.raw.rkt as *const c_void, PartitionId(self.raw.partition))
    }

    /// The record's offset; for a notice the offset that it is about.
    pub fn offset(self) -> Offset {
        Offset(self.raw.offset)
    }

    /// The record's timestamp, where the log has one.
    pub fn timestamp(self) -> Option<EventTime> {
        let mut kind = rd::rd_kafka_timestamp_type_t::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        // SAFETY: the message is alive and `kind` is ours.
        let millis = unsafe { rd::rd_kafka_message_timestamp(self.raw, &mut kind) };
        (millis >= 0).then_some(EventTime(millis))
    }

    /// The key; `None` is Kafka's null.
    pub fn key(self) -> Option<&'q [u8]> {
        // SAFETY: key and length describe one allocation that lives as long as the message.
        unsafe { bytes(self.raw.key, self.raw.key_len) }
    }

    /// The value; `None` is a tombstone.
    pub fn value(self) -> Option<&'q [u8]> {
        // SAFETY: payload and length describe one allocation that lives as long as the message.
        unsafe { bytes(self.raw.payload, self.raw.len) }
    }

    /// Bytes of key and value.
    pub fn size(self) -> usize {
        self.raw.len + self.raw.key_len
    }

    /// The headers, in order; a name that is not UTF-8 comes as an empty one.
    pub fn headers(self) -> Headers<'q> {
        let mut list = ptr::null_mut();
        // SAFETY: the message is alive; librdkafka parses its headers once and keeps them with it. On an error (no
        // headers) the list stays null.
        unsafe { rd::rd_kafka_message_headers(self.raw, &mut list) };
        Headers { list, next: 0, message: PhantomData }
    }
}

/// Goes through a message's headers.
pub(super) struct Headers<'q> {
    list: *mut rd::rd_kafka_headers_t,
    next: usize,
    message: PhantomData<&'q rd::rd_kafka_message_t>,
}

impl<'q> Iterator for Headers<'q> {
    type Item = Header<'q>;

    fn next(&mut self) -> Option<Header<'q>> {
        if self.list.is_null() {
            return None;
        }
        let (mut name, mut value, mut size) = (ptr::null(), ptr::null(), 0);
        // SAFETY: the list belongs to a message that is alive ('q); names end with 0; value and size describe one
        // allocation. Past the last header librdkafka returns an error and writes nothing.
        unsafe {
            let code = rd::rd_kafka_header_get_all(self.list, self.next, &mut name, &mut value, &mut size);
            if code != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR {
                return None;
            }
            self.next += 1;
            Some(Header { name: text(name).unwrap_or_default(), value: bytes(value, size) })
        }
    }
}

/// The low and high watermark of a partition as the client last heard of them; costs no request.
pub(super) fn cached_watermarks<C: ClientContext>(
    client: &Client<C>,
    topic: &str,
    partition: PartitionId,
) -> Option<(Offset, Offset)> {
    let topic = CString::new(topic).ok()?;
    let (mut low, mut high) = (-1, -1);
    // SAFETY: the client is alive, the text ends with 0, and both numbers are ours.
    let code = unsafe {
        rd::rd_kafka_get_watermark_offsets(
            client.native_ptr(),
            topic.as_ptr(),
            partition.0,
            &mut low,
            &mut high,
        )
    };
    let known = code == rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0;
    known.then_some((Offset(low), Offset(high)))
}

/// # Safety
/// `start` is null, or points to `size` bytes that stay unchanged for `'a`.
unsafe fn bytes<'a>(start: *const c_void, size: usize) -> Option<&'a [u8]> {
    if start.is_null() {
        return None;
    }
    // SAFETY: by the caller.
    Some(unsafe { std::slice::from_raw_parts(start.cast(), size) })
}

/// # Safety
/// `start` is null, or points to a text that ends with 0 and stays unchanged for `'a`.
unsafe fn text<'a>(start: *const c_char) -> Option<&'a str> {
    if start.is_null() {
        return None;
    }
    // SAFETY: by the caller.
    unsafe { CStr::from_ptr(start) }.to_str().ok()
}
