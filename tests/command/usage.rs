//! Wrong usage, help and version: what happens without any cluster.

use serde_json::Value;

use crate::binary::Forebay;

#[test]
fn version_and_help_need_nothing_and_succeed() {
    let forebay = Forebay::alone();
    assert_eq!(forebay.text(&["--version"]), format!("forebay {}\n", env!("CARGO_PKG_VERSION")));
    let help = forebay.text(&["--help"]);
    for command in [
        "demo", "topics", "topic", "plan", "read", "profile", "write", "train", "models", "alias", "publish",
        "pull", "score", "predict",
    ] {
        assert!(help.contains(&format!("\n  {command} ")), "{command} is not in\n{help}");
    }
}

#[test]
fn wrong_usage_says_what_is_wrong_and_exits_with_2() {
    let forebay = Forebay::alone();
    for (arguments, said) in [
        (&["plan"][..], "<TOPIC>"),
        (&["plan", "flights", "--from", "yesterday"], "`yesterday` is not a bound"),
        (&["score", "late", "--input", "a", "--output", "b"], "late"),
        (&["alias", "late", "first", "champion"], "a number or `none`"),
        (&["models", "--models", "a", "--registry", "b"], "cannot be used with"),
        (&["topics", "--wonder"], "--wonder"),
        (&["demo", "--speed", "20000"], "a speed of 20000 is not between 1 and 10,000"),
        (&["demo", "--headless", "--bootstrap", "a:1"], "has a cluster of its own and takes no connection"),
        (
            &["read", "flights", "-o", "a.xlsx"],
            "the ending .xlsx is not known. Use .parquet, .arrow, .csv or .jsonl.",
        ),
        (&["read", "flights"], "--output <OUT>"),
        (&["read", "flights", "-o", "-", "--codec", "avro"], "there is no codec \"avro\"; there is: json"),
        (&["read", "flights", "-o", "-", "--filter", "x >"], "docs/commands.md says what a filter is"),
        (&["read", "flights", "-o", "-", "--partitions", "p1"], "'p1'"),
        (&["write", "rows.txt", "--topic", "flights"], "the ending .txt is not known"),
        (
            &["score", "late@1", "--input", "a", "--output", "a"],
            "--output: each of the topics must be another one",
        ),
        (&["score", "late@1", "--input", "models", "--output", "b"], "--models: each of the topics"),
        (&["score", "late@1", "--input", "a", "--output", "b", "--max-batch", "0"], "a number of at least 1"),
        (&["predict", "late@1", "--input", "a.csv", "-o", "b.doc"], "the ending .doc is not known"),
    ] {
        let ran = forebay.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(said) && ran.stdout.is_empty(), "{arguments:?}: {ran:#?}");
    }
}

#[test]
fn with_json_every_failure_is_one_json_document_on_standard_error() {
    let forebay = Forebay::alone();
    for (arguments, code, said) in [
        (&["plan", "--json"][..], 2, "<TOPIC>"),
        (&["topics", "--json"], 1, "nothing says which cluster"),
        (&["topics", "--json", "--connection", "plant"], 1, "is not saved"),
        (&["topics", "--json", "--config", "gone.properties"], 1, "No such file"),
        (&["read", "a", "-o", "a.xlsx", "--json"], 2, ".xlsx"),
        (&["train", "gone.toml", "--json"], 1, "Check the path."),
    ] {
        let ran = forebay.run(arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{arguments:?}: {ran:?}");
        let document: Value = serde_json::from_str(&ran.stderr).unwrap();
        assert!(document["error"].to_string().contains(said), "{arguments:?}: {document:#}");
    }
}

#[test]
fn a_cluster_that_does_not_answer_is_a_failure_with_its_cause() {
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let forebay = Forebay::alone();
    let ran = forebay.run(&["topics", "--bootstrap", &format!("127.0.0.1:{port}")]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains(&format!("127.0.0.1:{port}")) && ran.stderr.contains("refused"), "{ran:#?}");
}
