//! The one file with `unsafe` code: thin wrappers of what librdkafka has and the rdkafka crate does not wrap.
//!
//! - Batches of messages. Taking records out one poll at a time costs a lock, an event and several reference counts for
//!   each, which is 1.25 to 1.6 times slower than `rd_kafka_consume_batch_queue`; reading a topic is what users wait for.
//!   And the crate's `assign` wants a consumer group, for which librdkafka looks up a coordinator and needs the right to;
//!   partitions that are started one by one on a queue (`rd_kafka_consume_start_queue`) need no group at all.
//! - Ids of topics, which only `rd_kafka_DescribeTopics` tells.
//! - Watermarks that the client has heard of already, which cost no request.
//! - Waiting for a producer's acknowledgements asleep.
//! - Telling a client the bootstrap servers again.
//!
//! In: a client. Out: plain values, and messages borrowed from the queue. Every function is safe to call in any order; what
//! order makes sense is for [`super::batch_queue`] and [`super::topics`] to know.
#![allow(unsafe_code, reason = "calls into librdkafka; each says why it holds")]

use std::ffi::{CStr, CString, c_char, c_void};
use std::marker::PhantomData;
use std::ptr;
use std::time::Duration;

use rdkafka::bindings as rd;
use rdkafka::client::{Client, ClientContext};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError as LibraryError, KafkaResult, RDKafkaErrorCode as Code};

use super::batch::Header;
use super::context::ForebayContext;
use super::types::{EventTime, Offset, PartitionId};

/// A client with a queue of its own, into which started partitions deliver, and the messages taken out of it.
///
/// Invariants: `queue` and every pointer in `topics` come from `client` and live until `drop`; every pointer in `drained`
/// from `taken` on is a message that we own and have not destroyed.
pub(super) struct MessageQueue {
    drained: Vec<*mut rd::rd_kafka_message_t>,
    taken: usize,
    topics: Vec<*mut rd::rd_kafka_topic_t>,
    queue: *mut rd::rd_kafka_queue_t,
    client: BaseConsumer<ForebayContext>,
}

// SAFETY: librdkafka's objects may be used from any thread, and a `MessageQueue` is their only owner: all its methods that
// touch `drained` take `&mut self`, and messages borrow from it.
unsafe impl Send for MessageQueue {}

/// A record, or what librdkafka has to say about a partition.
#[derive(Clone, Copy)]
pub(super) struct Message<'q> {
    raw: &'q rd::rd_kafka_message_t,
}

impl MessageQueue {
    /// A new queue of the client.
    pub fn of(client: BaseConsumer<ForebayContext>) -> Self {
        // SAFETY: the client is alive; the queue is destroyed before it in `drop`.
        let queue = unsafe { rd::rd_kafka_queue_new(client.client().native_ptr()) };
        Self { drained: Vec::new(), taken: 0, topics: Vec::new(), queue, client }
    }

    /// The client whose queue it is.
    pub fn client(&self) -> &BaseConsumer<ForebayContext> {
        &self.client
    }

    /// Names a topic; its number from then on.
    pub fn add_topic(&mut self, name: &str) -> KafkaResult<usize> {
        let text = CString::new(name)?;
        // SAFETY: the client is alive, the text ends with 0, and no configuration means the client's own.
        let topic = unsafe {
            rd::rd_kafka_topic_new(self.client.client().native_ptr(), text.as_ptr(), ptr::null_mut())
        };
        if topic.is_null() {
            return Err(LibraryError::MessageConsumption(Code::UnknownTopic));
        }
        self.topics.push(topic);
        Ok(self.topics.len() - 1)
    }

    /// Begins to fetch a partition from `offset` on.
    pub fn start(&self, topic: usize, partition: PartitionId, offset: Offset) -> KafkaResult<()> {
        let Some(handle) = self.topics.get(topic) else {
            return Err(LibraryError::MessageConsumption(Code::UnknownTopic));
        };
        // SAFETY: topic and queue belong to the client and are alive (invariant).
        let failed =
            unsafe { rd::rd_kafka_consume_start_queue(*handle, partition.0, offset.0, self.queue) } != 0;
        if failed {
            // SAFETY: reads the thread's own last error.
            let code = unsafe { rd::rd_kafka_last_error() };
            return Err(LibraryError::MessageConsumption(code.into()));
        }
        Ok(())
    }

    /// Ends fetching a partition and forgets what is queued of it. Messages that were taken before still come. Without
    /// effect on one that was not started.
    pub fn stop(&self, topic: usize, partition: PartitionId) {
        if let Some(handle) = self.topics.get(topic) {
            // SAFETY: the topic belongs to the client and is alive; librdkafka refuses a partition that it does not know.
            unsafe { rd::rd_kafka_consume_stop(*handle, partition.0) };
        }
    }

    /// Takes over up to `most` messages behind those at hand, and returns how many came. librdkafka waits until there are
    /// so many, or until the time is up.
    pub fn take(&mut self, most: usize, wait: Duration) -> usize {
        if self.taken == self.drained.len() {
            self.drained.clear();
            self.taken = 0;
        }
        self.drained.reserve(most);
        let before = self.drained.len();
        let millis = milliseconds(wait);
        // SAFETY: the spare capacity holds `most` pointers; librdkafka writes as many as it returns and gives them to us.
        unsafe {
            let spare = self.drained.as_mut_ptr().add(before);
            let count = rd::rd_kafka_consume_batch_queue(self.queue, millis, spare, most);
            self.drained.set_len(before + usize::try_from(count).unwrap_or(0));
        }
        self.drained.len() - before
    }

    /// The message at hand. `None` when there is none.
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

    /// The number of the topic that `message` is about; `None` for one that was not added.
    pub fn topic_of(&self, message: Message<'_>) -> Option<usize> {
        self.topics.iter().position(|topic| *topic == message.raw.rkt)
    }
}

impl Drop for MessageQueue {
    fn drop(&mut self) {
        while self.taken < self.drained.len() {
            self.advance();
        }
        // SAFETY: each is destroyed once, nothing refers to it any more, and the client outlives them all.
        unsafe {
            for topic in &self.topics {
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
        (self.raw.rkt as *const c_void, self.partition())
    }

    /// The partition.
    pub fn partition(self) -> PartitionId {
        PartitionId(self.raw.partition)
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

/// Tells a client the bootstrap servers again. Those that it knows it keeps as they are.
pub(super) fn bootstrap_again<C: ClientContext>(client: &Client<C>, servers: &str) {
    let Ok(servers) = CString::new(servers) else { return };
    // SAFETY: the client is alive, and the text ends with 0 and is copied.
    unsafe { rd::rd_kafka_brokers_add(client.native_ptr(), servers.as_ptr()) };
}

/// Sends what waits in a producer at once, then waits at most so long until everything that was handed over is acknowledged
/// or failed and told of; whether it is. Deliveries must be told in another thread, as those of a `ThreadedProducer` are.
/// The crate's own flush asks again and again and takes a core meanwhile; librdkafka sleeps.
pub(super) fn flush<C: ClientContext>(producer: &Client<C>, wait: Duration) -> bool {
    // SAFETY: the client is alive.
    let code = unsafe { rd::rd_kafka_flush(producer.native_ptr(), milliseconds(wait)) };
    code == rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR
}

/// What a cluster says of one topic.
pub(super) struct TopicDescription {
    /// Its name.
    pub name: String,
    /// Its id in base 64, in librdkafka's alphabet; 16 bytes of zero from a broker that gives topics no ids.
    pub id: String,
    /// In the cluster's order; none where there is a problem.
    pub partitions: Vec<PartitionId>,
    /// Why the rest is not known.
    pub problem: Option<Code>,
}

/// Describes topics, all in one request; waits for the answer. No name may be empty or stand there twice.
pub(super) fn describe_topics<C: ClientContext>(
    client: &Client<C>,
    names: &[&str],
    wait: Duration,
) -> KafkaResult<Vec<TopicDescription>> {
    let names: Vec<CString> = names.iter().map(|name| CString::new(*name)).collect::<Result<_, _>>()?;
    let mut pointers: Vec<*const c_char> = names.iter().map(|name| name.as_ptr()).collect();
    let millis = milliseconds(wait);
    let native = client.native_ptr();
    // SAFETY: the client is alive; each object is made here, is destroyed once by its guard, and librdkafka copies the
    // names. Without a place for the words of an error it writes none; a time that it does not take leaves its own.
    // Guards go in the reverse order: the event first, then what the request was made with.
    unsafe {
        let queue = Owned(rd::rd_kafka_queue_new(native), rd::rd_kafka_queue_destroy);
        let collection = rd::rd_kafka_TopicCollection_of_topic_names(pointers.as_mut_ptr(), pointers.len());
        let topics = Owned(collection, rd::rd_kafka_TopicCollection_destroy);
        let operation = rd::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS;
        let options =
            Owned(rd::rd_kafka_AdminOptions_new(native, operation), rd::rd_kafka_AdminOptions_destroy);
        rd::rd_kafka_AdminOptions_set_request_timeout(options.0, millis, ptr::null_mut(), 0);
        rd::rd_kafka_DescribeTopics(native, topics.0, options.0, queue.0);
        // The request itself ends when the time is up; only an answer that is lost would take longer.
        let event = rd::rd_kafka_queue_poll(queue.0, millis.saturating_add(1_000));
        if event.is_null() {
            return Err(LibraryError::AdminOp(Code::OperationTimedOut));
        }
        let event = Owned(event, rd::rd_kafka_event_destroy);
        let code = rd::rd_kafka_event_error(event.0);
        let result = rd::rd_kafka_event_DescribeTopics_result(event.0);
        if code != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR || result.is_null() {
            return Err(LibraryError::AdminOp(code.into()));
        }
        let mut count = 0;
        let found = rd::rd_kafka_DescribeTopics_result_topics(result, &mut count);
        // A topic that the broker has left out of its answer is null.
        let answered = (0..count).map(|at| *found.add(at)).filter(|topic| !topic.is_null());
        Ok(answered.map(|topic| description(topic)).collect())
    }
}

/// # Safety
/// `topic` is a description whose event is alive.
unsafe fn description(topic: *const rd::rd_kafka_TopicDescription_t) -> TopicDescription {
    // SAFETY: by the caller; names and ids end with 0 and live as long as the description, the array has `count` entries.
    unsafe {
        let mut count = 0;
        let partitions = rd::rd_kafka_TopicDescription_partitions(topic, &mut count);
        let number = |at| PartitionId(rd::rd_kafka_TopicPartitionInfo_partition(*partitions.add(at)));
        let code = rd::rd_kafka_error_code(rd::rd_kafka_TopicDescription_error(topic));
        let failed = code != rd::rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_NO_ERROR;
        let id = rd::rd_kafka_Uuid_base64str(rd::rd_kafka_TopicDescription_topic_id(topic));
        TopicDescription {
            name: text(rd::rd_kafka_TopicDescription_name(topic)).unwrap_or_default().into(),
            id: text(id).unwrap_or_default().into(),
            partitions: (0..count).map(number).collect(),
            problem: failed.then(|| code.into()),
        }
    }
}

/// An object of librdkafka's with what destroys it.
struct Owned<T>(*mut T, unsafe extern "C" fn(*mut T));

impl<T> Drop for Owned<T> {
    fn drop(&mut self) {
        // SAFETY: whoever made the guard owns the object and leaves it to the guard.
        unsafe { self.1(self.0) };
    }
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

fn milliseconds(time: Duration) -> i32 {
    i32::try_from(time.as_millis()).unwrap_or(i32::MAX)
}
