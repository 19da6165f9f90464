//! What commands print about a topic, for people and for machines.

use crate::binary::Forebay;
use crate::harness::{Kafka, TestRecord, output};
use crate::small;

#[test]
fn topics_and_one_topic_are_listed_with_their_watermarks() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 1_200);
    let forebay = Forebay::on(kafka);
    let line = forebay.text(&["topics"]).lines().find(|line| line.contains(&topic)).unwrap().to_string();
    assert_eq!(line.split_whitespace().collect::<Vec<_>>(), [topic.as_str(), "4", "1,200", "1"]);

    let all = forebay.json(&["topics"]);
    let listed =
        all["topics"].as_array().unwrap().iter().find(|listed| listed["name"] == topic.as_str()).unwrap();
    assert_eq!(listed["partitions"].as_array().unwrap().len(), 4);
    let one = forebay.json(&["topic", &topic]);
    assert_eq!(one["summary"]["partitions"][3]["high"], 300);
    assert_eq!(one["config"]["retention.ms"]["value"], "-1");
    assert!(forebay.text(&["topic", &topic]).contains("retention.ms"));

    let ran = forebay.run(&["topic", "no-such-topic"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("no-such-topic"), "{ran:?}");
}

#[test]
fn a_range_is_planned_and_read_by_offsets_by_time_and_by_counting_back() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 1_200);
    let forebay = Forebay::on(kafka);
    let plan = forebay.json(&["plan", &topic, "--from", "100", "--to", "200"]);
    assert_eq!(plan["offsets"], 400);

    let by_offsets = forebay.json(&["read", &topic, "--from", "100", "--to", "200", "-o", "a.parquet"]);
    assert_eq!(
        (by_offsets["rows"].clone(), by_offsets["completeness"].clone()),
        (400.into(), "Whole".into())
    );
    assert_eq!(by_offsets["slice"], plan["slice"]);
    let by_time =
        ["read", &topic, "--from", "2013-01-01T00:05:00Z", "--to", "2013-01-01T00:10:00Z", "-o", "b.csv"];
    assert_eq!(forebay.json(&by_time)["rows"], 300);
    assert_eq!(forebay.json(&["read", &topic, "--from", "-100", "-o", "c.jsonl"])["rows"], 100);

    let lines = forebay.text(&["read", &topic, "--filter", "x > 9.0 and late == true", "-o", "-"]);
    assert!(lines.lines().count() > 50);
    for line in lines.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(row["x"].as_f64().unwrap() > 9.0 && row["late"] == true, "{line}");
    }
}

#[test]
fn what_was_read_can_be_written_again_under_the_same_keys_and_times() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 400);
    let forebay = Forebay::on(kafka);
    forebay.text(&["read", &topic, "-o", "a.parquet"]);
    let copy = crate::harness::unique("copy");
    let written =
        forebay.json(&["write", "a.parquet", "--topic", &copy, "--partitions", "3", "--drop", "id"]);
    assert_eq!((written["records"].clone(), written["made"].clone()), (400.into(), true.into()));

    let read = |topic: &str| {
        let lines = forebay.text(&["read", topic, "-o", "-"]);
        let rows = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let mut rows: Vec<_> = rows
            .map(|row| (row["_key"].to_string(), row["_timestamp"].to_string(), row["x"].to_string()))
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(read(&topic), read(&copy));
    assert_eq!(forebay.json(&["topic", &copy])["config"]["retention.ms"]["value"], "-1");
}

#[test]
fn a_profile_has_a_row_for_each_column_and_counts_what_was_rejected() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 400);
    kafka.produce(&topic, [TestRecord::new("not json").partition(0)]);
    let profile = Forebay::on(kafka).json(&["profile", &topic]);
    let names: Vec<_> =
        profile["columns"].as_array().unwrap().iter().map(|column| column["name"].clone()).collect();
    assert_eq!(names, ["id", "x", "late"]);
    assert_eq!((profile["rows"].clone(), profile["rejected"].clone()), (400.into(), 1.into()));
}

#[test]
fn a_properties_file_and_a_saved_connection_lead_to_the_same_cluster() {
    let kafka = Kafka::shared();
    let forebay = Forebay::alone();
    forebay.write("client.properties", &format!("bootstrap.servers={}\n", kafka.bootstrap()));
    let by_file = forebay.json(&["topics", "--config", "client.properties"]);
    std::fs::create_dir(forebay.folder().join("config")).unwrap();
    let saved = format!("[[connections]]\nname = \"plant\"\nbootstrap = \"{}\"\n", kafka.bootstrap());
    forebay.write("config/connections.toml", &saved);
    let by_name = forebay.json(&["topics", "--connection", "plant"]);
    assert_eq!(by_file["cluster_id"], by_name["cluster_id"]);
}

#[test]
fn a_read_only_connection_writes_nothing() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 8);
    let forebay = Forebay::alone();
    std::fs::create_dir(forebay.folder().join("config")).unwrap();
    let saved = format!(
        "[[connections]]\nname = \"plant\"\nbootstrap = \"{}\"\nread_only = true\n",
        kafka.bootstrap()
    );
    forebay.write("config/connections.toml", &saved);
    forebay.text(&["read", &topic, "-o", "a.jsonl", "--connection", "plant"]);
    let ran = forebay.run(&["write", "a.jsonl", "--topic", &topic, "--connection", "plant"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("read-only"), "{ran:?}");
    assert_eq!(forebay.json(&["plan", &topic, "--connection", "plant"])["offsets"], 8);
}

#[test]
fn a_disk_that_takes_no_more_is_named_and_the_old_file_stays() {
    let kafka = Kafka::shared();
    let topic = small::topic(kafka, 4_000);
    let forebay = Forebay::on(kafka);
    forebay.write("a.jsonl", "old\n");
    // A limit on the size of files stops the write half-way, as a full disk does.
    let line =
        format!("trap '' XFSZ; ulimit -f 16; exec {} read {topic} -o a.jsonl", env!("CARGO_BIN_EXE_forebay"));
    let mut command = std::process::Command::new("bash");
    command.args(["-c", &line]).current_dir(forebay.folder()).env("FOREBAY_BOOTSTRAP", kafka.bootstrap());
    let output = output(&mut command);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("Nothing was replaced. Free some space"), "{stderr}");
    assert_eq!(std::fs::read_to_string(forebay.folder().join("a.jsonl")).unwrap(), "old\n");
    let left = std::fs::read_dir(forebay.folder()).unwrap().count();
    assert_eq!(left, 1, "a temporary file was left");
}
