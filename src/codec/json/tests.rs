use polars::prelude::*;
use proptest::prelude::*;
use serde_json::json;

use super::super::{Decoded, Decoding, Field, Kind, Schema, assemble, by_name};
use super::{MAX_COLUMNS, MAX_DEPTH};
use crate::kafka::{EventTime, Offset, PartitionId, RecordBatch};

fn batch<V: AsRef<[u8]>>(first: i64, values: &[V]) -> RecordBatch {
    let mut batch = RecordBatch::new("flights".into(), PartitionId(0));
    for (offset, value) in (first..).zip(values) {
        batch.push(Offset(offset), Some(EventTime(offset * 10)), Some(b"k"), Some(value.as_ref()), []);
    }
    batch
}

fn decode<V: AsRef<[u8]>>(values: &[V]) -> Decoded {
    let mut decoder = by_name("json").unwrap().decoder(&Schema::default(), Decoding::Widen);
    decoder.decode(&batch(0, values));
    decoder.take()
}

fn kinds(schema: &Schema) -> Vec<(&str, Kind, bool)> {
    schema.fields.iter().map(|field| (field.name.as_str(), field.kind, field.nullable)).collect()
}

/// One column's values as JSON.
fn column(decoded: &Decoded, name: &str) -> Vec<serde_json::Value> {
    let series = decoded.frame.column(name).unwrap().as_materialized_series();
    series
        .iter()
        .map(|value| match value {
            AnyValue::Null => json!(null),
            AnyValue::Boolean(value) => json!(value),
            AnyValue::Int64(value) => json!(value),
            AnyValue::UInt64(value) => json!(value),
            AnyValue::Float64(value) => json!(value),
            AnyValue::String(value) => json!(value),
            other => panic!("no such type in a payload: {other:?}"),
        })
        .collect()
}

#[test]
fn fields_become_typed_columns_in_the_order_of_their_first_record() {
    let decoded = decode(&[
        r#"{"origin":"JFK","dep_delay":-2.5,"weather":{"temp":39,"gusts":[1,2.0,"x"]},"late":false}"#,
        r#"{"origin":"LGA","dep_delay":7,"weather":{"temp":null},"late":true,"tail":"N1"}"#,
    ]);
    assert_eq!(
        kinds(&decoded.schema),
        [
            ("origin", Kind::Text, false),
            ("dep_delay", Kind::Float, false),
            ("weather.temp", Kind::Int, true),
            ("weather.gusts", Kind::Json, true),
            ("late", Kind::Bool, false),
            ("tail", Kind::Text, true),
        ]
    );
    assert_eq!(column(&decoded, "dep_delay"), [json!(-2.5), json!(7.0)]);
    assert_eq!(column(&decoded, "weather.gusts"), [json!(r#"[1,2.0,"x"]"#), json!(null)]);
    assert_eq!(column(&decoded, "tail"), [json!(null), json!("N1")]);
}

#[test]
fn meta_columns_say_where_a_row_came_from() {
    let mut records = batch(7, &[r#"{"a":1}"#]);
    records.push(Offset(9), None, None, Some(br#"{"a":2}"#), []);
    let mut decoder = by_name("json").unwrap().decoder(&Schema::default(), Decoding::Widen);
    decoder.decode(&records);
    let frame = decoder.take().frame;
    let expected = df!(
        "_partition" => [0_i32, 0],
        "_offset" => [7_i64, 9],
        "_timestamp" => [Some(70_i64), None],
        "_key" => [Some(&b"k"[..]), None],
        "a" => [1_i64, 2],
    )
    .unwrap();
    let time = expected.column("_timestamp").unwrap().cast(&DataType::Datetime(TimeUnit::Milliseconds, None));
    let mut expected = expected;
    expected.with_column(time.unwrap()).unwrap();
    assert!(frame.equals_missing(&expected), "{frame}");
}

#[test]
fn sixty_four_bit_integers_stay_exact() {
    let decoded = decode(&[
        r#"{"int":9007199254740993,"uint":18446744073709551615,"mixed":-9223372036854775808,"text":9007199254740993}"#,
        r#"{"int":-9223372036854775808,"uint":0,"mixed":18446744073709551615,"text":"x"}"#,
    ]);
    assert_eq!(
        kinds(&decoded.schema).iter().map(|field| field.1).collect::<Vec<_>>(),
        [Kind::Int, Kind::UInt, Kind::Text, Kind::Text]
    );
    assert_eq!(column(&decoded, "int"), [json!(9_007_199_254_740_993_i64), json!(i64::MIN)]);
    assert_eq!(column(&decoded, "uint"), [json!(u64::MAX), json!(0_u64)]);
    assert_eq!(column(&decoded, "mixed"), [json!("-9223372036854775808"), json!("18446744073709551615")]);
    assert_eq!(column(&decoded, "text"), [json!("9007199254740993"), json!("x")]);
}

#[test]
fn an_integer_that_became_a_float_is_exact_again_as_text() {
    let decoded = decode(&[r#"{"a":9007199254740993}"#, r#"{"a":0.5}"#, r#"{"a":"x"}"#, r#"{"a":5.0}"#]);
    let expected = [json!("9007199254740993"), json!("0.5"), json!("x"), json!("5")];
    assert_eq!(column(&decoded, "a"), expected);
}

#[test]
fn integers_beyond_64_bits_are_text_with_every_digit() {
    let decoded = decode(&[
        r#"{"a":-123456789012345678901234567890,"b":"1e \"9","d":1234567890123456789012345678901234567890123,"c":1.5}"#,
        r#"{"a":1}"#,
    ]);
    assert!(decoded.rejected.is_empty(), "{:?}", decoded.rejected);
    assert_eq!(column(&decoded, "a"), [json!("-123456789012345678901234567890"), json!("1")]);
    assert_eq!(column(&decoded, "b"), [json!("1e \"9"), json!(null)]);
    assert_eq!(column(&decoded, "d"), [json!("1234567890123456789012345678901234567890123"), json!(null)]);
}

#[test]
fn values_without_a_common_type_become_text() {
    let decoded = decode(&[r#"{"a":true,"b":[1],"c":2.5}"#, r#"{"a":1,"b":"x","c":"2.5"}"#]);
    assert_eq!(column(&decoded, "a"), [json!("true"), json!("1")]);
    assert_eq!(column(&decoded, "b"), [json!("[1]"), json!("x")]);
    assert_eq!(column(&decoded, "c"), [json!("2.5"), json!("2.5")]);
}

#[test]
fn of_two_values_at_one_path_the_last_counts() {
    let decoded =
        decode(&[r#"{"a":1,"a":2,"b.c":1,"b":{"c":3}}"#, r#"{"a":1,"a":null,"b":{"c":4},"b.c":5}"#]);
    assert_eq!(column(&decoded, "a"), [json!(2), json!(null)]);
    assert_eq!(column(&decoded, "b.c"), [json!(3), json!(5)]);
    assert_eq!(decoded.schema.fields.len(), 2);
}

#[test]
fn a_field_named_like_a_meta_column_keeps_its_value_under_another_name() {
    let decoded = decode(&[r#"{"_offset":5,"inner":{"_offset":6}}"#]);
    assert_eq!(column(&decoded, "_offset"), [json!(0)]);
    assert_eq!(column(&decoded, "value._offset"), [json!(5)]);
    assert_eq!(column(&decoded, "inner._offset"), [json!(6)]);
}

#[test]
fn a_field_that_is_null_or_an_object_has_the_objects_columns_only() {
    let decoded = decode(&[r#"{"a":null}"#, r#"{"a":{"b":1}}"#, r#"{"a":{}}"#]);
    assert_eq!(kinds(&decoded.schema), [("a.b", Kind::Int, true)]);
    let decoded = decode(&[r#"{"a":7}"#, r#"{"a":{"b":1}}"#]);
    assert_eq!(column(&decoded, "a"), [json!(7), json!(null)]);
    assert_eq!(column(&decoded, "a.b"), [json!(null), json!(1)]);
}

#[test]
fn records_that_are_no_objects_are_refused_with_position_and_reason() {
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    let values: [&[u8]; 9] = [
        b"{\"a\":1}",
        b"{\"a\" 1}",
        b"[1,2]",
        b"7",
        b"",
        b"{\"a\":\"\xff\"}",
        deep.as_bytes(),
        b"{\"a\":1}x",
        b"\x00\x00\x00\x00\x07binary",
    ];
    let decoded = decode(&values);
    assert_eq!(decoded.frame.height(), 1);
    assert_eq!(decoded.schema.fields.len(), 1, "refused records leave no columns");
    let reasons: Vec<_> =
        decoded.rejected.iter().map(|rejection| (rejection.offset.0, rejection.reason.as_str())).collect();
    assert_eq!(
        reasons,
        [
            (1, "not JSON at byte 5: expected `:`"),
            (2, "an array: expected a JSON object"),
            (3, "a single value: expected a JSON object"),
            (4, "an empty value: expected a JSON object"),
            (5, "not UTF-8 at byte 6"),
            (6, "nested deeper than 32 levels"),
            (7, "not JSON at byte 7: trailing characters"),
            (8, "not JSON at byte 0: expected value"),
        ]
    );
}

#[test]
fn tombstones_are_counted_and_neither_rows_nor_refused() {
    let mut records = batch(0, &[r#"{"a":1}"#]);
    records.push(Offset(1), None, Some(b"k"), None, []);
    let mut decoder = by_name("json").unwrap().decoder(&Schema::default(), Decoding::Widen);
    decoder.decode(&records);
    let decoded = decoder.take();
    assert_eq!((decoded.frame.height(), decoded.tombstones, decoded.rejected.len()), (1, 1, 0));
}

#[test]
fn a_topic_with_values_for_keys_does_not_make_columns_without_end() {
    let records: Vec<String> = (0..3 * MAX_COLUMNS).map(|n| format!("{{\"user-{n}\":1}}")).collect();
    let decoded = decode(&records);
    assert_eq!(decoded.schema.fields.len(), MAX_COLUMNS);
    assert_eq!(decoded.surplus.as_deref(), Some("user-1000"));
    assert_eq!(decoded.frame.height(), records.len());
}

#[test]
fn a_payload_of_nulls_is_a_column_of_text_nulls() {
    let decoded = decode(&[r#"{"a":null}"#, r#"{"a":null}"#]);
    assert_eq!(kinds(&decoded.schema), [("a", Kind::Null, true)]);
    assert_eq!(decoded.frame.column("a").unwrap().dtype(), &DataType::String);
    assert_eq!(decoded.frame.column("a").unwrap().null_count(), 2);
}

fn exact(fields: &[(&str, Kind, bool)], values: &[&str]) -> Decoded {
    let fields = fields.iter().map(|(name, kind, nullable)| Field {
        name: (*name).into(),
        kind: *kind,
        nullable: *nullable,
    });
    let schema = Schema { fields: fields.collect() };
    let mut decoder = by_name("json").unwrap().decoder(&schema, Decoding::Exact);
    decoder.decode(&batch(0, values));
    decoder.take()
}

#[test]
fn live_decoding_keeps_exactly_the_columns_of_the_schema() {
    let decoded = exact(
        &[("delay", Kind::Float, false), ("weather.temp", Kind::Int, true), ("gone", Kind::Bool, true)],
        &[r#"{"more":{"x":1},"weather":{"temp":3,"wind":1},"delay":7}"#, r#"{"delay":0.5,"weather":null}"#],
    );
    assert!(decoded.rejected.is_empty(), "{:?}", decoded.rejected);
    let names: Vec<_> =
        decoded.frame.get_column_names().iter().skip(4).map(|name| name.to_string()).collect();
    assert_eq!(names, ["delay", "weather.temp", "gone"]);
    assert_eq!(column(&decoded, "delay"), [json!(7.0), json!(0.5)]);
    assert_eq!(column(&decoded, "weather.temp"), [json!(3), json!(null)]);
    assert_eq!(decoded.frame.column("gone").unwrap().dtype(), &DataType::Boolean);
}

#[test]
fn live_decoding_refuses_what_does_not_fit_and_names_the_field() {
    let decoded = exact(
        &[("delay", Kind::Float, false), ("n", Kind::Int, true)],
        &[
            r#"{"delay":1,"n":1}"#,
            r#"{"n":2}"#,
            r#"{"n":3,"delay":"late"}"#,
            r#"{"delay":null}"#,
            r#"{"delay":1,"n":2.5}"#,
        ],
    );
    let reasons: Vec<_> = decoded.rejected.iter().map(|rejection| rejection.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "field delay is missing: expected a number",
            "field delay is text: expected a number",
            "field delay is missing: expected a number",
            "field n is a number with a fraction: expected an integer",
        ]
    );
    assert_eq!(column(&decoded, "n"), [json!(1)]);
}

#[test]
fn unknown_fields_without_end_do_not_hide_a_known_one() {
    let records: Vec<String> = (0..9_000).map(|n| format!("{{\"user-{n}\":1,\"a\":{n}}}")).collect();
    let records: Vec<&str> = records.iter().map(String::as_str).collect();
    let mut late: Vec<&str> = records.clone();
    late.push(r#"{"b":{"c":5},"a":1}"#);
    let decoded = exact(&[("a", Kind::Int, false), ("b.c", Kind::Int, true)], &late);
    assert_eq!(decoded.frame.height(), 9_001);
    assert_eq!(column(&decoded, "b.c").last(), Some(&json!(5)));
}

/// Small JSON objects over few names, so that types clash and paths meet.
fn object() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(|value| json!(value)),
        any::<i64>().prop_map(|value| json!(value)),
        (-3..3_i64).prop_map(|value| json!(value)),
        any::<u64>().prop_map(|value| json!(value)),
        (-1e6..1e6_f64).prop_map(|value| json!(value)),
        "[a-c\"\\\\\u{e9}\n]{0,14}".prop_map(|value| json!(value)),
    ];
    let value = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(serde_json::Value::Array),
            proptest::collection::vec(("[ab]", inner), 0..3)
                .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
        ]
    });
    proptest::collection::vec(("[a-e]", value), 0..5)
        .prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect()))
}

fn decode_in_cuts(values: &[String], cuts: &[usize]) -> Decoded {
    let mut chunks = Vec::new();
    let mut decoder = by_name("json").unwrap().decoder(&Schema::default(), Decoding::Widen);
    let mut first = 0;
    for size in cuts.iter().copied().chain([values.len()]) {
        let end = (first + size).min(values.len());
        decoder.decode(&batch(first as i64, &values[first..end]));
        if size % 3 != 0 {
            chunks.push(decoder.take_chunk());
        }
        first = end;
    }
    chunks.push(decoder.take_chunk());
    assemble(chunks, false)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn a_frame_does_not_depend_on_how_its_records_were_cut(
        values in proptest::collection::vec(object(), 0..40),
        cuts in proptest::collection::vec(0..9_usize, 0..12),
    ) {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let whole = decode(&values);
        let cut = decode_in_cuts(&values, &cuts);
        prop_assert_eq!(&whole.schema, &cut.schema);
        prop_assert!(whole.frame.equals_missing(&cut.frame), "{} {}", whole.frame, cut.frame);
        prop_assert_eq!(whole.frame.height(), values.len());
        let inferred = by_name("json").unwrap().infer(&[batch(0, &values)]);
        prop_assert_eq!(inferred, whole.schema);
    }

    #[test]
    fn live_decoding_of_the_training_records_gives_the_training_columns(
        values in proptest::collection::vec(object(), 1..20),
    ) {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let widened = decode(&values);
        let mut decoder = by_name("json").unwrap().decoder(&widened.schema, Decoding::Exact);
        decoder.decode(&batch(0, &values));
        let exact = decoder.take();
        prop_assert!(exact.rejected.is_empty(), "{:?}", exact.rejected);
        prop_assert!(widened.frame.equals_missing(&exact.frame), "{} {}", widened.frame, exact.frame);
    }

    #[test]
    fn foreign_bytes_never_panic_and_are_never_lost(
        values in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..20),
    ) {
        let decoded = decode(&values);
        prop_assert_eq!(decoded.frame.height() + decoded.rejected.len(), values.len());
    }

    #[test]
    fn a_damaged_record_is_read_as_a_second_parser_reads_it(
        value in object(),
        at in any::<proptest::sample::Index>(),
        byte in proptest::sample::select(&b"{}[]:,\"\\ 019-.eEtfn\x00\x01\n\x7f\xc3"[..]),
    ) {
        let mut bytes = value.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let is_object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes).is_ok();
        let decoded = decode(&[&bytes]);
        prop_assert_eq!(decoded.frame.height() == 1, is_object, "{:?} {:?}", String::from_utf8_lossy(&bytes), decoded.rejected);
    }
}
