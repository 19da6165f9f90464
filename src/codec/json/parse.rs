//! Bytes to a tape of JSON nodes, with the parser's memory kept from record to record.

use simd_json::{Buffers, ErrorType, Node, Tape};

use super::MAX_DEPTH;
use super::text::quote_large_integers;

/// A parser whose buffers serve one record after the other.
#[derive(Default)]
pub struct Parser {
    input: Vec<u8>,
    buffers: Buffers,
    /// Empty between records, so that it points into none of them.
    tape: Option<Tape<'static>>,
}

impl Parser {
    /// Parses one value and hands its nodes over; an object comes first among them. The error is for a person.
    pub fn parse<T>(
        &mut self,
        value: &[u8],
        then: impl FnOnce(&[Node<'_>]) -> Result<T, String>,
    ) -> Result<T, String> {
        if needs_strict_check(value) && serde_json::from_slice::<serde::de::IgnoredAny>(value).is_err() {
            return Err(why_not(value, None));
        }
        self.input.clear();
        self.input.extend_from_slice(value);
        let mut tape = self.tape.take().unwrap_or_else(|| Tape(Vec::new())).reset();
        let parsed = match simd_json::fill_tape(&mut self.input, &mut self.buffers, &mut tape) {
            Ok(()) => check(&tape.0).and_then(|()| then(&tape.0)),
            Err(error) => match large_integers(value, error.error()) {
                Some(mut quoted) => return self.parse_quoted(&mut quoted, then),
                None => Err(why_not(value, Some(&error))),
            },
        };
        self.tape = Some(tape.reset());
        parsed
    }

    fn parse_quoted<T>(
        &mut self,
        quoted: &mut [u8],
        then: impl FnOnce(&[Node<'_>]) -> Result<T, String>,
    ) -> Result<T, String> {
        let copy = quoted.to_vec();
        let mut tape = Tape(Vec::new());
        simd_json::fill_tape(quoted, &mut self.buffers, &mut tape)
            .map_err(|error| why_not(&copy, Some(&error)))?;
        check(&tape.0).and_then(|()| then(&tape.0))
    }
}

fn large_integers(value: &[u8], error: &ErrorType) -> Option<Vec<u8>> {
    matches!(error, ErrorType::InvalidNumber | ErrorType::Overflow)
        .then(|| quote_large_integers(value))
        .flatten()
}

/// Whether the fast parser may take `value` for JSON though it is not: it takes a zero byte for the end of a number, and
/// does not look at what follows a number of 19 digits or more.
fn needs_strict_check(value: &[u8]) -> bool {
    const LONG: usize = 19;
    let is_digit = |byte: &u8| byte.is_ascii_digit() || *byte == b'.';
    // A long run of digits covers at least one of every so many bytes.
    let probes = (LONG - 1..value.len()).step_by(LONG);
    let long_run = |at: usize| {
        let (before, after) = value.split_at_checked(at).unwrap_or_default();
        after.first().is_some_and(is_digit)
            && before.iter().rev().take_while(|byte| is_digit(byte)).count()
                + after.iter().take_while(|byte| is_digit(byte)).count()
                >= LONG
    };
    probes.into_iter().any(long_run) || value.contains(&0)
}

/// Refuses what is no object, and what is nested too deep.
fn check(nodes: &[Node<'_>]) -> Result<(), String> {
    match nodes.first() {
        Some(Node::Object { .. }) => {}
        Some(Node::Array { .. }) => return Err("an array: expected a JSON object".into()),
        Some(Node::String(_)) => return Err("a text alone: expected a JSON object".into()),
        Some(Node::Static(_)) => return Err("a single value: expected a JSON object".into()),
        None => return Err("nothing: expected a JSON object".into()),
    }
    // So few containers cannot be nested deeper than allowed.
    if nodes.iter().filter(|node| is_container(node)).count() <= MAX_DEPTH || depth(nodes) <= MAX_DEPTH {
        return Ok(());
    }
    Err(format!("nested deeper than {MAX_DEPTH} levels"))
}

fn is_container(node: &Node<'_>) -> bool {
    matches!(node, Node::Object { .. } | Node::Array { .. })
}

fn depth(nodes: &[Node<'_>]) -> usize {
    let mut ends: Vec<usize> = Vec::new();
    let mut deepest = 0;
    for (index, node) in nodes.iter().enumerate() {
        while ends.pop_if(|end| *end <= index).is_some() {}
        if let Node::Object { count, .. } | Node::Array { count, .. } = node {
            ends.push(index + count + 1);
            deepest = deepest.max(ends.len());
        }
    }
    deepest
}

/// Why a value is not JSON, at which byte, in a parser's own words.
fn why_not(value: &[u8], error: Option<&simd_json::Error>) -> String {
    if value.iter().all(u8::is_ascii_whitespace) {
        return "an empty value: expected a JSON object".into();
    }
    if let Err(error) = std::str::from_utf8(value) {
        return format!("not UTF-8 at byte {}", error.valid_up_to());
    }
    // The fast parser names no position in some cases; the slow one always does.
    match serde_json::from_slice::<serde::de::IgnoredAny>(value) {
        Err(slow) => {
            let words = slow.to_string();
            let words = words.split(" at line ").next().unwrap_or_default();
            format!("not JSON at byte {}: {words}", byte(value, slow.line(), slow.column()))
        }
        Ok(_) => match error.map(|error| (error.error(), error.index())) {
            Some((ErrorType::InvalidNumber | ErrorType::Overflow, _)) => "a number that no type holds".into(),
            Some((other, index)) => format!("not JSON at byte {index}: {other:?}"),
            None => "a zero byte: expected a JSON object".into(),
        },
    }
}

/// The byte at a parser's line and column, both from 1; column 0 is the line's end before.
fn byte(value: &[u8], line: usize, column: usize) -> usize {
    let lines = value.split_inclusive(|byte| *byte == b'\n');
    let before: usize = lines.take(line.saturating_sub(1)).map(<[u8]>::len).sum();
    before + column.saturating_sub(1)
}
