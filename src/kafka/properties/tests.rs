use super::*;

fn import(text: &str) -> ImportedConnection {
    parse_properties(text, Path::new("/nowhere")).unwrap()
}

fn refused(text: &str) -> String {
    crate::jobs::Problem::from(parse_properties(text, Path::new("/nowhere")).unwrap_err()).to_string()
}

#[test]
fn javas_sign_in_becomes_user_and_secret() {
    let imported = import(
        "bootstrap.servers=kafka-1.example.org:9093,kafka-2.example.org:9093\n\
         security.protocol=SASL_SSL\n\
         sasl.mechanism=SCRAM-SHA-512\n\
         sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\\n\
         \x20 username=\"bob\" password=\"bob-secret\";\n\
         ssl.endpoint.identification.algorithm=\n",
    );
    let profile = &imported.profile;
    assert_eq!(profile.name, "kafka-1.example.org");
    assert_eq!(profile.bootstrap, "kafka-1.example.org:9093,kafka-2.example.org:9093");
    assert_eq!(profile.security.protocol, Protocol::SaslSsl);
    assert_eq!(profile.security.mechanism, Mechanism::ScramSha512);
    assert_eq!(profile.security.username, "bob");
    assert_eq!(profile.properties["ssl.endpoint.identification.algorithm"], "none");
    assert_eq!(imported.secrets.get("sasl.password"), Some("bob-secret"));
    assert!(!format!("{imported:?}").contains("bob-secret"));
}

#[test]
fn librdkafkas_own_names_are_taken_as_they_are() {
    let imported = import(
        "metadata.broker.list = k:9092\nsecurity.protocol=sasl_plaintext\nsasl.mechanisms=PLAIN\n\
         sasl.username=alice\nsasl.password=alice-secret\nfetch.wait.max.ms=10\nssl.key.password=x\n",
    );
    assert_eq!(imported.profile.security.username, "alice");
    assert_eq!(imported.profile.properties.get("fetch.wait.max.ms").map(String::as_str), Some("10"));
    assert_eq!(imported.profile.properties.len(), 1);
    assert_eq!(imported.secrets.get("sasl.password"), Some("alice-secret"));
    assert_eq!(imported.secrets.get("ssl.key.password"), Some("x"));
    assert_eq!(imported.notes, Vec::<String>::new());
}

#[test]
fn what_is_translated_or_left_out_is_said() {
    let imported = import(
        "bootstrap.servers=k:9092\nrequest.timeout.ms=5000\ngroup.id=mine\nvalue.deserializer=a.B\n\
         schema.registry.url=http://r:8081\nno.such.thing=1\n",
    );
    assert_eq!(imported.profile.properties.get("socket.timeout.ms").map(String::as_str), Some("5000"));
    assert_eq!(imported.profile.schema_registry.as_deref(), Some("http://r:8081"));
    assert_eq!(
        imported.notes,
        [
            "value.deserializer is left out: it names a Java class",
            "group.id is left out: reading joins no group; score names its own",
            "no.such.thing is left out: librdkafka has no such property",
            "request.timeout.ms is taken over as socket.timeout.ms",
        ]
    );
}

#[test]
fn what_cannot_be_used_is_refused_with_the_next_step() {
    let cases = [
        ("client.id=x", "names no bootstrap.servers"),
        ("bootstrap.servers=k:1\nsecurity.protocol=TLS", "Use PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL"),
        ("bootstrap.servers=k:1\nsecurity.protocol=SASL_SSL", "sasl.mechanism GSSAPI is not among"),
        ("bootstrap.servers=k:1\nfetch.wait.max.ms=soon", "fetch.wait.max.ms"),
        ("bootstrap.servers=k:1\nssl.truststore.location=t.p12", "/nowhere/t.p12 cannot be read"),
        ("bootstrap.servers=k:1\nx=\\u12", "line 2"),
    ];
    for (text, expected) in cases {
        assert!(refused(text).contains(expected), "{text}: {}", refused(text));
    }
}
