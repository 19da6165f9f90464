//! Apache Kafka's own tools as witnesses.

use std::io::Write;

use super::admin::eventually;
use super::calls::Isolation;
use super::codes::NONE;
use super::coordinated::{Coordinator, Transactional, coordinator};
use super::membership::describe;
use super::target::Target;
use super::transactions::wait_until_stable;
use crate::harness::{StartedTool, TestRecord, java_tool, java_tool_with_input, unique};

cases! {
    java:
        topic_command_makes_grows_describes_and_deletes,
        config_command_changes_and_describes,
        performance_tools_write_and_read,
        performance_tools_write_in_transactions,
        console_tools_write_and_read,
        console_consumer_reads_only_what_is_committed,
        transactional_copier_commits_records_with_offsets_and_aborts,
        get_offset_shell_finds_times_and_ends,
        console_consumers_share_a_group_that_is_described,
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

/// So many values from the beginning of a topic, as the console consumer reads what is committed.
fn read_committed(target: &Target, topic: &str, count: usize) -> Vec<String> {
    let count = count.to_string();
    let read = ["--topic", topic, "--from-beginning", "--timeout-ms", "60000", "--max-messages", &count];
    let isolation = ["--isolation-level", "read_committed"];
    let printed = tool(target, "consumer.ConsoleConsumer", &[&read[..], &isolation].concat());
    lines(&printed).into_iter().map(String::from).collect()
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
    wait_until_stable(&mut target.raw(), &topic);
    let (records, aborted) = target.raw().read_as(&topic, Isolation::ReadCommitted);
    assert_eq!((records.len(), aborted.len()), (2_000, 0));
    assert!(target.raw().watermarks(&topic).1 > 2_001, "several transactions left their markers");
    assert_eq!(read_committed(target, &topic, 2_000).len(), 2_000);
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
    wait_until_stable(&mut target.raw(), &topic);
    assert_eq!(read_committed(target, &topic, 2), ["first", "last"]);
}

fn transactional_copier_commits_records_with_offsets_and_aborts(target: &Target) {
    let (input, output) = (target.topic("java-in", 1, &[]), target.topic("java-out", 1, &[]));
    let (group, id) = (unique("java-copier"), unique("java-copier"));
    target.produce(&input, (0..400).map(|n| TestRecord::new(n.to_string())));
    let topics = ["--input-topic", &input, "--input-partition", "0", "--output-topic", &output];
    let names = ["--consumer-group", &group, "--transactional-id", &id, "--broker-list", target.bootstrap()];
    let how = ["--transaction-size", "5", "--enable-random-aborts", "--group-mode", "--use-group-metadata"];
    java_tool(&format!("{TOOLS}.TransactionalMessageCopier"), &[&topics[..], &names, &how].concat());
    let expected: Vec<String> = (0..400).map(|n| n.to_string()).collect();
    assert_eq!(read_committed(target, &output, 400), expected);
    // It aborts every third transaction by chance, and reads and writes those records again.
    let (all, aborted) = target.raw().read_as(&output, Isolation::ReadCommitted);
    assert!(all.len() > 400 && !aborted.is_empty(), "{} records", all.len());
    let told = tool(target, "consumer.group.ConsumerGroupCommand", &["--describe", "--group", &group]);
    let row = told.lines().find(|line| line.starts_with(&group)).unwrap_or_else(|| panic!("{told}"));
    assert_eq!(row.split_whitespace().nth(3), Some("400"), "{told}");
}

fn get_offset_shell_finds_times_and_ends(target: &Target) {
    let topic = target.topic("java-times", 2, &[]);
    let times = [1_000, 3_000, 2_000, 4_000];
    target.produce(&topic, times.map(|time| TestRecord::new("v").partition(0).at(time)));
    target.produce(&topic, [TestRecord::new("v").partition(1).at(500)]);
    let asked: [(&str, &[&str]); 5] = [
        ("1500", &["0:1"]),
        ("4001", &[]),
        ("400", &["0:0", "1:0"]),
        ("-1", &["0:4", "1:1"]),
        ("-3", &["0:3", "1:0"]),
    ];
    for (time, found) in asked {
        let told = tool(target, "GetOffsetShell", &["--topic", &topic, "--time", time]);
        let found: Vec<String> = found.iter().map(|found| format!("{topic}:{found}")).collect();
        assert_eq!(lines(&told), found, "{time}");
    }
}

fn console_consumers_share_a_group_that_is_described(target: &Target) {
    let (topic, group) = (target.topic("java-members", 3, &[]), unique("java-members"));
    let read = ["--topic", &topic, "--group", &group, "--from-beginning", "--timeout-ms", "120000"];
    let partition = ["--max-messages", "10", "--property", "print.partition=true"];
    let server = ["--bootstrap-server", target.bootstrap()];
    let consumers: [StartedTool; 3] = std::array::from_fn(|_| {
        let arguments = [&server[..], &read, &partition].concat();
        StartedTool::start(&format!("{TOOLS}.consumer.ConsoleConsumer"), &arguments)
    });
    let mut raw = coordinator(target, Coordinator::OfGroup, &group);
    eventually("three members share the partitions", || {
        let described = describe(&mut raw, &group);
        (described.group_state.as_str() == "Stable" && described.members.len() == 3).then_some(())
    });
    let command = |what| {
        let told =
            tool(target, "consumer.group.ConsumerGroupCommand", &["--describe", "--group", &group, what]);
        let rows = told.lines().filter(|line| line.starts_with(&group));
        rows.map(|row| row.split_whitespace().map(String::from).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let members = command("--members");
    assert_eq!(members.len(), 3, "{members:?}");
    assert!(members.iter().all(|row| row.last().unwrap() == "1"), "one partition each: {members:?}");
    let state = command("--state");
    assert!(
        ["range", "Stable", "3"].iter().all(|word| state[0].iter().any(|cell| cell == word)),
        "{state:?}"
    );

    target.produce(&topic, (0..30).map(|n| TestRecord::new(n.to_string()).partition(n % 3)));
    let mut all = Vec::new();
    for consumer in consumers {
        let printed = consumer.printed();
        let read = lines(&printed);
        let first = read[0].split_once('\t').unwrap().0;
        assert!(read.len() == 10 && read.iter().all(|line| line.starts_with(first)), "{printed}");
        all.extend(read.into_iter().map(String::from));
    }
    all.sort();
    let mut expected: Vec<String> = (0..30).map(|n| format!("Partition:{}\t{n}", n % 3)).collect();
    expected.sort();
    assert_eq!(all, expected);
}

fn consumer_group_command_lists_describes_resets_and_deletes(target: &Target) {
    let (topic, group) = (target.topic("java-group", 2, &[]), unique("java-group"));
    target.produce(&topic, (0..10).map(|n| TestRecord::new(n.to_string()).partition(n % 2)));
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
    // It stays open however long the tools take to start.
    let mut producer = Transactional::with_timeout(target, &id, 900_000);
    producer.put(&topic, "open");
    let told = tool(target, "TransactionsCommand", &["describe", "--transactional-id", &id]);
    assert!(told.contains("Ongoing") && told.contains(&format!("{topic}-0")), "{told}");
    let told =
        tool(target, "TransactionsCommand", &["describe-producers", "--topic", &topic, "--partition", "0"]);
    assert!(told.contains(&producer.producer.0.to_string()), "{told}");
    assert_eq!(producer.end(true), NONE);
}
