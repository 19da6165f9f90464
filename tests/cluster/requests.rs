//! How often a cluster is asked, counted by the broker: in batches, not once for each topic or partition.

use std::collections::BTreeMap;

use forebay::jobs::Cancel;
use forebay::kafka::{Bound, Cluster, RangeSpec, Secrets, TimelineRequest};

use crate::harness::{Kafka, TestRecord, unique};

const HOUR: i64 = 3_600_000;
const NEW_YEAR: i64 = 1_356_998_400_000;

/// What the cluster is asked while `act` runs on a new connection, but for what every connection asks at its start.
fn asked(kafka: &Kafka, act: impl FnOnce(&Cluster)) -> BTreeMap<String, usize> {
    let client = unique("counted");
    let mut profile = kafka.profile();
    profile.properties.insert("client.id".into(), client.clone());
    let cluster = Cluster::connect(&profile, &Secrets::new()).unwrap();
    let before = kafka.requests(&client);
    act(&cluster);
    let mut asked = kafka.requests(&client);
    for (request, count) in before {
        *asked.entry(request).or_default() -= count;
    }
    asked
}

fn count(asked: &BTreeMap<String, usize>, request: &str) -> usize {
    asked.get(request).copied().unwrap_or(0)
}

/// So many topics of one partition, with a record an hour.
fn topics(kafka: &Kafka, count: usize) -> Vec<String> {
    let names = (0..count).map(|_| kafka.topic("counted", 1, &[])).collect::<Vec<_>>();
    for name in &names {
        kafka.produce(name, (0..10).map(|n| TestRecord::new("{}").at(NEW_YEAR + n * HOUR)));
    }
    names
}

fn range(topics: &[String]) -> RangeSpec {
    let parse = |text: &str| text.parse::<Bound>().unwrap();
    RangeSpec {
        topics: topics.to_vec(),
        from: parse("2013-01-01T02:00:00Z"),
        to: parse("2013-01-01T07:00:00Z"),
        partitions: None,
    }
}

#[test]
fn sixty_topics_are_asked_for_in_as_many_requests_as_three() {
    let kafka = Kafka::start_that_notes_requests();
    let three = topics(&kafka, 3);
    let catalogue = |kafka: &Kafka, topics: usize| {
        asked(kafka, |cluster| {
            let found = cluster.catalogue().unwrap().topics;
            assert_eq!(found.iter().map(|topic| topic.records()).sum::<u64>(), 10 * topics as u64);
        })
    };
    let plan = |kafka: &Kafka, topics: &[String]| {
        asked(kafka, |cluster| {
            let slice = cluster.resolve(&range(topics), &Cancel::new()).unwrap();
            assert_eq!(slice.offsets(), 5 * topics.len() as u64);
            cluster.plan(&slice, &Cancel::new()).unwrap();
        })
    };
    let resolve = |kafka: &Kafka, topics: &[String]| {
        asked(kafka, |cluster| drop(cluster.resolve(&range(topics), &Cancel::new()).unwrap()))
    };
    let of_three = (catalogue(&kafka, 3), resolve(&kafka, &three), plan(&kafka, &three));

    let sixty: Vec<String> = three.into_iter().chain(topics(&kafka, 57)).collect();
    let of_sixty = (catalogue(&kafka, 60), resolve(&kafka, &sixty), plan(&kafka, &sixty));

    // Beginnings and ends.
    assert_eq!((count(&of_three.0, "LIST_OFFSETS"), count(&of_sixty.0, "LIST_OFFSETS")), (2, 2));
    // Beginnings, ends, and the two times.
    assert_eq!((count(&of_three.1, "LIST_OFFSETS"), count(&of_sixty.1, "LIST_OFFSETS")), (4, 4));
    assert_eq!((count(&of_three.2, "DESCRIBE_CONFIGS"), count(&of_sixty.2, "DESCRIBE_CONFIGS")), (1, 1));
    for (three, sixty) in [(&of_three.0, &of_sixty.0), (&of_three.1, &of_sixty.1), (&of_three.2, &of_sixty.2)]
    {
        let (three, sixty) = (count(three, "METADATA"), count(sixty, "METADATA"));
        assert!(sixty <= three + 1, "metadata: {three} for 3 topics, {sixty} for 60");
    }
}

#[test]
fn a_timeline_of_sixty_partitions_takes_as_many_requests_as_one_of_three() {
    let kafka = Kafka::start_that_notes_requests();
    let timeline = |partitions: i32| {
        let topic = kafka.topic("counted", partitions, &[]);
        let record = |n: i32| {
            TestRecord::new("{}").partition(n % partitions).at(NEW_YEAR + i64::from(n / partitions) * HOUR)
        };
        kafka.produce(&topic, (0..partitions * 50).map(record));
        asked(&kafka, |cluster| {
            let request = TimelineRequest { topic, buckets: 100, between: None };
            let mut last = None;
            cluster.timeline(&request, &Cancel::new(), |timeline| last = Some(timeline)).unwrap();
            assert_eq!(last.unwrap().totals().iter().sum::<u64>(), 50 * partitions as u64);
        })
    };
    let (three, sixty) = (timeline(3), timeline(60));
    // Where the search for the newest record begins depends on the clock: a round of it more or less.
    let slack = 8;
    for request in ["LIST_OFFSETS", "METADATA"] {
        let (three, sixty) = (count(&three, request), count(&sixty, request));
        assert!(sixty <= three + slack, "{request}: {three} for 3 partitions, {sixty} for 60");
    }
}
