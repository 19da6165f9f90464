//! The harness itself: what the other tests stand on.

use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::harness::{Kafka, TestRecord, java_tool};

#[test]
fn records_arrive_in_the_partitions_asked_for() {
    let kafka = Kafka::plain();
    let topic = kafka.topic("harness", 3, &[]);
    kafka.produce(
        &topic,
        (0..30).map(|n| TestRecord::new("{}").key("k").at(n * 1_000).partition(n as i32 % 3)),
    );

    let consumer: BaseConsumer = kafka.client_config().create().unwrap();
    for partition in 0..3 {
        let watermarks = consumer.fetch_watermarks(&topic, partition, Duration::from_secs(10)).unwrap();
        assert_eq!(watermarks, (0, 10));
    }
    let offsets = java_tool(
        "org.apache.kafka.tools.GetOffsetShell",
        &["--bootstrap-server", &kafka.bootstrap(), "--topic", &topic],
    );
    assert_eq!(offsets.trim(), format!("{topic}:0:10\n{topic}:1:10\n{topic}:2:10"));
}

#[test]
fn a_killed_broker_comes_back_with_its_data() {
    let mut kafka = Kafka::start();
    let topic = kafka.topic("harness", 1, &[]);
    kafka.produce(&topic, (0..10).map(|_| TestRecord::new("{}")));
    let before = kafka.bootstrap();

    kafka.kill(1);
    kafka.start_again(1);

    assert_eq!(kafka.bootstrap(), before);
    let consumer: BaseConsumer = kafka.client_config().create().unwrap();
    assert_eq!(consumer.fetch_watermarks(&topic, 0, Duration::from_secs(30)).unwrap(), (0, 10));
}

#[test]
fn three_brokers_make_one_cluster_and_go_on_with_two() {
    let mut kafka = Kafka::start_three();
    let topic = kafka.topic("harness", 3, &[]);
    kafka.kill(2);
    kafka.produce(&topic, (0..9).map(|n| TestRecord::new("{}").partition(n % 3)));
}
