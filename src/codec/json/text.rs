//! JSON nodes back to JSON text, and integers too large for the parser as text.

use std::fmt::Write;

use simd_json::{Node, StaticNode};

/// Writes the value that begins at `nodes[0]` as compact JSON and returns how many nodes it has. Depth is bounded by the
/// parser's check.
pub fn write_json(nodes: &[Node<'_>], out: &mut String) -> usize {
    match nodes.first() {
        Some(Node::String(text)) => write_string(text, out),
        Some(Node::Static(value)) => write_static(*value, out),
        Some(Node::Array { len, count }) => {
            out.push('[');
            let mut at = 1;
            for item in 0..*len {
                if item > 0 {
                    out.push(',');
                }
                at += write_json(nodes.get(at..).unwrap_or_default(), out);
            }
            out.push(']');
            return count + 1;
        }
        Some(Node::Object { len, count }) => {
            out.push('{');
            let mut at = 1;
            for item in 0..*len {
                if item > 0 {
                    out.push(',');
                }
                at += write_json(nodes.get(at..).unwrap_or_default(), out);
                out.push(':');
                at += write_json(nodes.get(at..).unwrap_or_default(), out);
            }
            out.push('}');
            return count + 1;
        }
        None => {}
    }
    1
}

fn write_static(value: StaticNode, out: &mut String) {
    let written = match value {
        StaticNode::Null => out.write_str("null"),
        StaticNode::Bool(value) => write!(out, "{value}"),
        StaticNode::I64(value) => write!(out, "{value}"),
        StaticNode::U64(value) => write!(out, "{value}"),
        StaticNode::F64(value) => write!(out, "{value:?}"),
        wider => write!(out, "{wider}"),
    };
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => {
                let written = write!(out, "\\u{:04x}", c as u32);
                debug_assert!(written.is_ok(), "writing to a string cannot fail");
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The same JSON with every integer that no 64-bit type holds put in quotes; `None` when there is none.
pub fn quote_large_integers(value: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(value.len() + 16);
    let mut quoted = false;
    let mut rest = value;
    while let Some(first) = rest.first() {
        let length = match first {
            b'"' => string_length(rest),
            b'-' | b'0'..=b'9' => number_length(rest),
            _ => 1,
        };
        let (token, tail) = rest.split_at_checked(length)?;
        if is_large_integer(token) {
            quoted = true;
            out.push(b'"');
            out.extend_from_slice(token);
            out.push(b'"');
        } else {
            out.extend_from_slice(token);
        }
        rest = tail;
    }
    quoted.then_some(out)
}

fn string_length(bytes: &[u8]) -> usize {
    let mut escaped = false;
    let end = bytes.iter().skip(1).position(|byte| {
        let closes = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    });
    end.map_or(bytes.len(), |end| end + 2)
}

fn number_length(bytes: &[u8]) -> usize {
    let belongs = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
    bytes.iter().position(|byte| !belongs(byte)).unwrap_or(bytes.len())
}

fn is_large_integer(token: &[u8]) -> bool {
    let digits = token.strip_prefix(b"-").unwrap_or(token);
    let is_integer =
        digits.len() >= 19 && digits.iter().all(u8::is_ascii_digit) && digits.first() != Some(&b'0');
    let Ok(text) = std::str::from_utf8(token) else { return false };
    is_integer && text.parse::<i64>().is_err() && text.parse::<u64>().is_err()
}
