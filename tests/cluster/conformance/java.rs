//! Apache Kafka's own tools as witnesses.

use std::io::Write;

use super::calls::Isolation;
use super::codes::NONE;
use super::coordinated::Transactional;
use super::target::Target;
use crate::harness::{java_tool, java_tool_with_input, unique};

cases! {
    java:
        topic_command_makes_grows_describes_and_deletes,
        config_command_changes_and_describes,
        performance_tools_write_and_read,
        performance_tools_write_in_transactions,
        console_tools_write_and_read,
        console_consumer_reads_only_what_is_committed,
        consumer_group_command_lists_describes_resets_and_deletes,
        transactions_command_tells_what_is_open;
}

const TOOLS: &str = "org.apache.kafka.tools";

fn tool(target: &Target, class: &str, arguments: &[&str]) -> String {
    let arguments = [&["--bootstrap-server", target.bootstrap()], arguments].concat();
    java_tool(&format!("{TOOLS}.{class}"), &arguments)
}

/// What Kafka's producers and consumers print of themselves does not count.
fn lines(printed: &str) -> Vec<&str> {
    printed.lines().filter(|line| !line.trim().is_empty()).collect()
}

fn topic_command_makes_grows_describes_and_deletes(target: &Target) {
    let name = unique("java-topic");
    let topic = |arguments: &[&str]| tool(target, "TopicCommand", &[arguments, &["--topic", &name]].concat());
    topic(&["--create", "--partitions", "2", "--replication-factor", "1", "--config", "retention.ms=5000"]);
    topic(&["--alter", "--partitions", "3"]);
    let told = topic(&["--describe"]);
    for part in ["PartitionCount: 3", "ReplicationFactor: 1", "retention.ms=5000", "Leader: 1", "Isr: 1"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    topic(&["--delete"]);
    let listed = tool(target, "TopicCommand", &["--list"]);
    assert!(!listed.lines().any(|line| line == name), "{listed}");
}

fn config_command_changes_and_describes(target: &Target) {
    let topic = target.topic("java-config", 1, &[]);
    let arguments =
        ["--bootstrap-server", target.bootstrap(), "--entity-type", "topics", "--entity-name", &topic];
    let config = |rest: &[&str]| java_tool("kafka.admin.ConfigCommand", &[&arguments, rest].concat());
    config(&["--alter", "--add-config", "segment.ms=60000,cleanup.policy=[compact,delete]"]);
    config(&["--alter", "--delete-config", "segment.ms"]);
    let told = config(&["--describe"]);
    assert!(told.contains("cleanup.policy=compact,delete") && !told.contains("segment.ms"), "{told}");
}

fn performance_tools_write_and_read(target: &Target) {
    let topic = target.topic("java-speed", 2, &[]);
    let server = format!("bootstrap.servers={}", target.bootstrap());
    let arguments =
        ["--topic", &topic, "--num-records", "50000", "--record-size", "100", "--throughput", "-1"];
    let properties = ["--producer-props", &server, "compression.type=lz4", "acks=all"];
    let printed = java_tool(&format!("{TOOLS}.ProducerPerformance"), &[&arguments[..], &properties].concat());
    assert!(printed.contains("50000 records sent"), "{printed}");
    let printed = tool(
        target,
        "ConsumerPerformance",
        &["--topic", &topic, "--messages", "50000", "--timeout", "60000", "--hide-header"],
    );
    let line = lines(&printed).into_iter().find(|line| line.split(", ").count() > 6).unwrap();
    assert_eq!(line.split(", ").nth(4), Some("50000"), "{printed}");
    let offsets = tool(target, "GetOffsetShell", &["--topic", &topic]);
    let ends = lines(&offsets)
        .iter()
        .map(|line| line.rsplit(':').next().unwrap().parse::<u64>().unwrap())
        .sum::<u64>();
    assert_eq!(ends, 50_000);
    let latest = tool(target, "GetOffsetShell", &["--topic", &topic, "--time", "max-timestamp"]);
    assert_eq!(lines(&latest).len(), 2, "{latest}");
}

fn performance_tools_write_in_transactions(target: &Target) {
    let topic = target.topic("java-tx", 1, &[]);
    let server = format!("bootstrap.servers={}", target.bootstrap());
    let arguments =
        ["--topic", &topic, "--num-records", "2000", "--record-size", "100", "--throughput", "4000"];
    let properties = [
        "--transactional-id",
        &unique("java"),
        "--transaction-duration-ms",
        "100",
        "--producer-props",
        &server,
    ];
    java_tool(&format!("{TOOLS}.ProducerPerformance"), &[&arguments[..], &properties].concat());
    let (records, aborted) = target.raw().read_as(&topic, Isolation::ReadCommitted);
    assert_eq!((records.len(), aborted.len()), (2_000, 0));
    assert!(target.raw().watermarks(&topic).1 > 2_001, "several transactions left their markers");
}

fn console_tools_write_and_read(target: &Target) {
    let topic = target.topic("java-console", 1, &[]);
    let mut input = tempfile::NamedTempFile::new().unwrap();
    writeln!(input, "h:1,h:2\tk1\tone\nh:3\tk2\ttwo").unwrap();
    let properties =
        ["parse.key=true", "parse.headers=true"].map(|property| ["--property", property]).concat();
    let arguments =
        [&["--bootstrap-server", target.bootstrap(), "--topic", &topic], &properties[..]].concat();
    java_tool_with_input(&format!("{TOOLS}.ConsoleProducer"), &arguments, input.path());
    let printed = ["print.key=true", "print.headers=true", "print.offset=true"];
    let printed = printed.map(|property| ["--property", property]).concat();
    let read = ["--topic", &topic, "--from-beginning", "--max-messages", "2", "--timeout-ms", "60000"];
    let printed = tool(target, "consumer.ConsoleConsumer", &[&read[..], &printed].concat());
    assert_eq!(lines(&printed), ["Offset:0\th:1,h:2\tk1\tone", "Offset:1\th:3\tk2\ttwo"]);
}

fn console_consumer_reads_only_what_is_committed(target: &Target) {
    let topic = target.topic("java-committed", 1, &[]);
    for (value, committed) in [("first", true), ("aborted", false), ("last", true)] {
        let mut producer = Transactional::begin(target, &unique("tx"));
        producer.put(&topic, value);
        assert_eq!(producer.end(committed), NONE);
    }
    let read = ["--topic", &topic, "--from-beginning", "--timeout-ms", "60000"];
    let isolation = ["--isolation-level", "read_committed", "--max-messages", "2"];
    let printed = tool(target, "consumer.ConsoleConsumer", &[&read[..], &isolation].concat());
    assert_eq!(lines(&printed), ["first", "last"]);
}

fn consumer_group_command_lists_describes_resets_and_deletes(target: &Target) {
    let (topic, group) = (target.topic("java-group", 2, &[]), unique("java-group"));
    target.produce(&topic, (0..10).map(|n| crate::harness::TestRecord::new(n.to_string()).partition(n % 2)));
    let read = ["--topic", &topic, "--group", &group, "--from-beginning", "--max-messages", "10"];
    tool(target, "consumer.ConsoleConsumer", &[&read[..], &["--timeout-ms", "60000"]].concat());
    let command = |arguments: &[&str]| tool(target, "consumer.group.ConsumerGroupCommand", arguments);
    assert!(lines(&command(&["--list"])).contains(&group.as_str()));
    let lags = |told: &str| -> Vec<(String, String)> {
        let rows = told.lines().filter(|line| line.starts_with(&group));
        let cells = rows.map(|row| row.split_whitespace().map(String::from).collect::<Vec<_>>());
        let mut lags: Vec<_> = cells.map(|cells| (cells[3].clone(), cells[5].clone())).collect();
        lags.sort();
        lags
    };
    let reset = ["--reset-offsets", "--to-offset", "2", "--execute", "--group", &group, "--topic", &topic];
    command(&reset);
    let told = command(&["--describe", "--group", &group]);
    assert_eq!(
        lags(&told),
        [("2".to_string(), "3".to_string()), ("2".to_string(), "3".to_string())],
        "{told}"
    );
    let told = command(&["--delete", "--group", &group]);
    assert!(told.contains("was successful"), "{told}");
}

fn transactions_command_tells_what_is_open(target: &Target) {
    let (topic, id) = (target.topic("java-open", 1, &[]), unique("java-open"));
    let mut producer = Transactional::begin(target, &id);
    producer.put(&topic, "open");
    let told = tool(target, "TransactionsCommand", &["describe", "--transactional-id", &id]);
    assert!(told.contains("Ongoing") && told.contains(&format!("{topic}-0")), "{told}");
    let told =
        tool(target, "TransactionsCommand", &["describe-producers", "--topic", &topic, "--partition", "0"]);
    assert!(told.contains(&producer.producer.0.to_string()), "{told}");
    assert_eq!(producer.end(true), NONE);
}
