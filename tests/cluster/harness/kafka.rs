//! A cluster of one or three brokers, or the embedded one.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use forebay::broker::{Broker as EmbeddedBroker, BrokerConfig, Housekeeping};
use forebay::kafka::{Cluster, ConnectionProfile, Secrets};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

use super::broker::Broker;
use super::java::java_tool;
use super::patience::eventually;
use super::records::{TestRecord, create_topic, delete_before, delete_topic, produce};
use super::secure::Secure;

/// A running cluster and its data. Ends and removes both when it is dropped.
pub struct Kafka {
    nodes: Nodes,
}

enum Nodes {
    Apache { brokers: Vec<Broker>, _root: tempfile::TempDir },
    Embedded(EmbeddedBroker),
}

/// A name that no other test of this machine has: `flights-8f21-3`.
pub fn unique(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("{prefix}-{:x}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

impl Kafka {
    /// One plain broker, shared by the whole test binary; nobody may kill it.
    pub fn plain() -> &'static Self {
        static PLAIN: OnceLock<Option<Kafka>> = OnceLock::new();
        started_once(&PLAIN, Self::start)
    }

    /// One embedded broker, in memory, shared by the whole test binary: there at once, for all that is not about the cluster.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: OnceLock<Kafka> = OnceLock::new();
        EMBEDDED.get_or_init(Self::start_embedded)
    }

    /// The cluster of tests that are not about clusters, shared by the whole test binary: the embedded one, or Apache Kafka
    /// where `FOREBAY_TESTS_ON=apache` says so.
    pub fn shared() -> &'static Self {
        match std::env::var("FOREBAY_TESTS_ON").as_deref() {
            Ok("apache") => Self::plain(),
            _ => Self::embedded(),
        }
    }

    /// One broker with TLS, SASL and ACLs, shared by the whole test binary; nobody may kill it.
    pub fn secure() -> &'static Secure {
        static SECURE: OnceLock<Option<Secure>> = OnceLock::new();
        started_once(&SECURE, Secure::start)
    }

    /// A plain broker of the caller's own.
    pub fn start() -> Self {
        Self::start_with(1, "")
    }

    /// An embedded broker of the caller's own.
    pub fn start_embedded() -> Self {
        Self { nodes: Nodes::Embedded(EmbeddedBroker::start(embedded_config()).unwrap()) }
    }

    /// Three brokers; topics have three replicas of which two must be in sync. One that is killed is missed after six
    /// seconds, and another takes over what it led.
    pub fn start_three() -> Self {
        Self::start_with(3, "broker.heartbeat.interval.ms=500\nbroker.session.timeout.ms=6000")
    }

    /// One broker that writes down what it is asked: [`Self::requests`].
    pub fn start_that_notes_requests() -> Self {
        // One thread that answers, so that the notes stand in the order of the answers.
        Self::start_brokers(1, "num.network.threads=1", Broker::noting_requests)
    }

    /// One broker as Apache Kafka is shipped: its memory, and how often it looks after what it keeps.
    pub fn start_as_shipped() -> Self {
        let extra = "log.retention.ms=604800000\n\
                     log.cleaner.backoff.ms=15000\n\
                     log.retention.check.interval.ms=300000\n\
                     log.initial.task.delay.ms=30000\n\
                     transaction.abort.timed.out.transaction.cleanup.interval.ms=10000";
        Self::start_brokers(1, extra, Broker::with_the_memory_of_the_start_script)
    }

    /// So many brokers, each with further lines of `server.properties`.
    pub fn start_with(count: u16, extra: &str) -> Self {
        Self::start_brokers(count, extra, |broker| broker)
    }

    fn start_brokers(count: u16, extra: &str, change: impl Fn(Broker) -> Broker) -> Self {
        let root = new_root();
        let mut brokers: Vec<Broker> =
            (1..=count).map(|node| change(Broker::new(node, root.path()))).collect();
        let voters: Vec<String> = brokers.iter().map(Broker::voter).collect();
        let cluster_id = new_cluster_id();
        for broker in &mut brokers {
            broker.format(&cluster_id, &voters, "", extra, &[]);
            broker.start();
        }
        Self::running(brokers, root)
    }

    /// Takes over brokers that were just started, and waits until all are part of the cluster.
    pub(super) fn running(brokers: Vec<Broker>, root: tempfile::TempDir) -> Self {
        let kafka = Self { nodes: Nodes::Apache { brokers, _root: root } };
        for broker in kafka.brokers() {
            broker.wait_until_it_answers();
        }
        kafka.wait_for_members(kafka.brokers().len());
        kafka
    }

    /// `host:port` of every broker's plain listener.
    pub fn bootstrap(&self) -> String {
        match &self.nodes {
            Nodes::Embedded(broker) => broker.bootstrap(),
            Nodes::Apache { brokers, .. } => {
                let servers = brokers.iter().map(|broker| format!("127.0.0.1:{}", broker.port));
                servers.collect::<Vec<_>>().join(",")
            }
        }
    }

    /// A profile of it.
    pub fn profile(&self) -> ConnectionProfile {
        ConnectionProfile { name: "test".into(), bootstrap: self.bootstrap(), ..Default::default() }
    }

    /// A profile whose fetches this broker holds down, after some seconds' worth at once, to so many bytes a second: there
    /// is time to do something in the middle of a read.
    pub fn throttled_profile(&self, bytes_per_second: u32) -> ConnectionProfile {
        let (server, client) = (self.bootstrap(), unique("throttled"));
        let quota = format!("consumer_byte_rate={bytes_per_second}");
        java_tool(
            "kafka.admin.ConfigCommand",
            &[
                "--bootstrap-server",
                &server,
                "--alter",
                "--entity-type",
                "clients",
                "--entity-name",
                &client,
                "--add-config",
                &quota,
            ],
        );
        let mut profile = self.profile();
        profile.properties.insert("client.id".into(), client);
        profile
    }

    /// An opened connection to it.
    pub fn connect(&self) -> Cluster {
        Cluster::connect(&self.profile(), &Secrets::new()).unwrap()
    }

    /// librdkafka's own configuration for it, for witnesses that do not go through Forebay.
    pub fn client_config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", self.bootstrap());
        config
    }

    /// Makes a topic with a unique name that begins with `prefix`, and returns the name once it can be used.
    pub fn topic(&self, prefix: &str, partitions: i32, settings: &[(&str, &str)]) -> String {
        let name = unique(prefix);
        self.named_topic(&name, partitions, settings);
        name
    }

    /// Makes a topic with this very name.
    pub fn named_topic(&self, name: &str, partitions: i32, settings: &[(&str, &str)]) {
        create_topic(&self.client_config(), name, partitions, settings);
    }

    /// Which broker leads a partition.
    pub fn leader(&self, topic: &str, partition: i32) -> u16 {
        let consumer: BaseConsumer = self.client_config().create().unwrap();
        eventually("a leader", || {
            let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(30)).unwrap();
            // There is none for a moment where one went away.
            metadata.topics()[0].partitions()[partition as usize].leader().try_into().ok()
        })
    }

    /// How often a client (by its `client.id`) has asked a broker that notes requests for what, by Kafka's name of the
    /// request (`METADATA`).
    pub fn requests(&self, client: &str) -> BTreeMap<String, usize> {
        // What was answered before this witness was is noted before it is.
        let witness = unique("witness");
        let mut config = self.client_config();
        let consumer: BaseConsumer = config.set("client.id", &witness).create().unwrap();
        consumer.fetch_metadata(None, Duration::from_secs(30)).unwrap();
        let started = Instant::now();
        loop {
            let noted: Vec<_> = self.brokers().iter().flat_map(Broker::requests).collect();
            let of = |client: &str| {
                let mut counts = BTreeMap::new();
                for (_, request) in noted.iter().filter(|(by, _)| by == client) {
                    *counts.entry(request.clone()).or_default() += 1;
                }
                counts
            };
            if of(&witness).contains_key("METADATA") {
                return of(client);
            }
            assert!(started.elapsed() < Duration::from_secs(60), "the broker notes no requests");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Deletes a topic, by plain librdkafka.
    pub fn delete_topic(&self, topic: &str) {
        delete_topic(&self.client_config(), topic);
    }

    /// Deletes what a partition holds before `offset`, by plain librdkafka.
    pub fn delete_before(&self, topic: &str, partition: i32, offset: i64) {
        delete_before(&self.client_config(), topic, partition, offset);
    }

    /// Writes records and waits until all are acknowledged.
    pub fn produce(&self, topic: &str, records: impl IntoIterator<Item = TestRecord>) {
        produce(&self.client_config(), topic, records);
    }

    /// Ends broker `node` (1 to 3) with SIGKILL.
    pub fn kill(&mut self, node: u16) {
        self.broker(node).kill();
    }

    /// Ends broker `node` in order.
    pub fn stop(&mut self, node: u16) {
        self.broker(node).stop();
    }

    /// Holds broker `node` as it is: it accepts connections and answers nobody.
    pub fn pause(&mut self, node: u16) {
        self.broker(node).pause();
    }

    /// Lets broker `node` answer again.
    pub fn resume(&mut self, node: u16) {
        self.broker(node).resume();
    }

    /// Starts broker `node` again on the same port with the same data, and waits until it answers.
    pub fn start_again(&mut self, node: u16) {
        let broker = self.broker(node);
        broker.start();
        broker.wait_until_it_answers();
    }

    /// The id of a broker's process, where it has one of its own and the system tells it.
    pub fn process_id(&self, node: u16) -> Option<u32> {
        self.brokers().iter().find(|broker| broker.node == node)?.process_id()
    }

    /// Its processes; none where it is embedded.
    fn brokers(&self) -> &[Broker] {
        match &self.nodes {
            Nodes::Apache { brokers, .. } => brokers,
            Nodes::Embedded(_) => &[],
        }
    }

    fn broker(&mut self, node: u16) -> &mut Broker {
        let brokers = match &mut self.nodes {
            Nodes::Apache { brokers, .. } => brokers.as_mut_slice(),
            Nodes::Embedded(_) => &mut [],
        };
        brokers.iter_mut().find(|broker| broker.node == node).expect("a broker process of this cluster")
    }

    fn wait_for_members(&self, count: usize) {
        let consumer: BaseConsumer = self.client_config().create().unwrap();
        let started = Instant::now();
        loop {
            let metadata = consumer.fetch_metadata(None, Duration::from_secs(5));
            if metadata.is_ok_and(|metadata| metadata.brokers().len() == count) {
                return;
            }
            let logs: Vec<String> = self.brokers().iter().map(Broker::log_tail).collect();
            assert!(started.elapsed() < Duration::from_secs(120), "no cluster:\n{}", logs.join("\n"));
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// What does not start is not tried again: every test that wants it would wait.
fn started_once<T>(once: &'static OnceLock<Option<T>>, start: fn() -> T) -> &'static T {
    let started = once.get_or_init(|| std::panic::catch_unwind(start).ok());
    started.as_ref().expect("it did not start; the first test that wanted it says why")
}

pub(super) fn new_root() -> tempfile::TempDir {
    tempfile::Builder::new().prefix("forebay-kafka-").tempdir().unwrap()
}

/// A cluster id as Kafka makes them: 16 bytes in base 64, here from process and counter.
pub(super) fn new_cluster_id() -> String {
    let text = unique("forebayTestCluster");
    let mut id: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    id = id.chars().rev().chain("AAAAAAAAAAAAAAAAAAAAAA".chars()).take(21).collect();
    id + "A"
}

/// With what Apache Kafka is given here: records stay that are older than a week, and housekeeping is quick.
pub fn embedded_config() -> BrokerConfig {
    let second = Duration::from_secs(1);
    let housekeeping = Housekeeping { retention: second, compaction: second };
    let mut config = BrokerConfig { housekeeping, ..BrokerConfig::default() };
    config.topics.config.insert("retention.ms".into(), "-1".into());
    config
}
