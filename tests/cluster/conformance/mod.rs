//! One suite, two clusters: what the embedded broker does is what Apache Kafka does.
//!
//! Each case is a function of a [`target::Target`] and runs against Apache Kafka and against the embedded broker, in
//! memory and in a folder, as a test of its own: `conformance::produce::wrong_acks_are_refused::on_apache_kafka`. What a
//! case expects was seen on Apache Kafka; nothing in a case asks which cluster it is on. `docs/conformance.md` is the
//! list of the cases, compared by a test.
//!
//! Clients are librdkafka, a raw client that can also do what is wrong, Java's own tools and Confluent's client for
//! Python.

mod admin;
mod batch;
mod calls;
mod codes;
mod coordinated;
mod faults;
mod page;
mod raw;
mod target;

/// What drives a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types, reason = "the names as `cases!` takes them")]
pub enum Client {
    librdkafka,
    raw,
    java,
    python,
}

impl Client {
    /// Whether it is there at once; a witness that takes seconds to start is called once for each cluster.
    const fn starts_at_once(self) -> bool {
        matches!(self, Self::librdkafka | Self::raw)
    }
}

/// A case, for the page that lists them.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    /// The module that holds it.
    pub subject: &'static str,
    /// The function that it is.
    pub name: &'static str,
    pub client: Client,
    /// On what else than Apache Kafka it runs: the embedded cluster in memory, and in a folder.
    pub in_memory: bool,
    pub in_a_folder: bool,
}

/// Makes of each function that it names one test for each cluster, and a list of them all.
macro_rules! cases {
    ($($client:ident: $($name:ident),+;)+) => {
        pub const CASES: &[super::Case] = &[$($(super::Case {
            subject: module_path!(),
            name: stringify!($name),
            client: super::Client::$client,
            in_memory: true,
            in_a_folder: super::Client::$client.starts_at_once(),
        }),+),+];
        $($(mod $name {
            use crate::conformance::target::Target;

            #[test]
            fn on_apache_kafka() {
                super::$name(&Target::apache_kafka());
            }

            #[test]
            fn on_the_embedded_cluster() {
                super::$name(&Target::embedded());
            }

            cases!(@folder $client $name);
        })+)+
    };
    // `Client::starts_at_once`.
    (@folder java $name:ident) => {};
    (@folder python $name:ident) => {};
    (@folder $client:ident $name:ident) => {
        #[test]
        fn on_the_embedded_cluster_in_a_folder() {
            super::$name(&Target::embedded_in_a_folder());
        }
    };
}

/// The same for cases that take a cluster of their own, because they start its broker again. What was in memory is gone
/// then.
macro_rules! restart_cases {
    ($($name:ident),+ $(,)?) => {
        pub const CASES: &[super::Case] = &[$(super::Case {
            subject: module_path!(),
            name: stringify!($name),
            client: super::Client::raw,
            in_memory: false,
            in_a_folder: true,
        }),+];
        $(mod $name {
            use crate::conformance::target::Target;

            #[test]
            fn on_apache_kafka() {
                super::$name(Target::apache_kafka_of_its_own());
            }

            #[test]
            fn on_the_embedded_cluster_in_a_folder() {
                super::$name(Target::embedded_in_a_folder());
            }
        })+
    };
}

mod compaction;
mod configs;
mod consumer_groups;
mod fencing;
mod fetch;
mod frames;
mod fuzz;
mod idempotence;
mod java;
mod membership;
mod offsets;
mod produce;
mod python;
mod restart;
mod times;
mod topics;
mod transactions;
mod versions;
mod watermarks;

/// Every subject, in the order of the page.
const SUBJECTS: &[&[Case]] = &[
    produce::CASES,
    idempotence::CASES,
    fetch::CASES,
    times::CASES,
    watermarks::CASES,
    compaction::CASES,
    transactions::CASES,
    fencing::CASES,
    membership::CASES,
    consumer_groups::CASES,
    offsets::CASES,
    topics::CASES,
    configs::CASES,
    restart::CASES,
    frames::CASES,
    versions::CASES,
    java::CASES,
    python::CASES,
];
