//! The syntax of Java's `.properties` files: comments, escapes, continued lines.

/// Names and values in the file's order. The error says which line cannot be read.
pub(super) fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut properties = Vec::new();
    let mut lines = text.split(['\n', '\r']).enumerate();
    while let Some((number, line)) = lines.next() {
        let first = line.trim_start_matches(BLANK);
        if first.is_empty() || first.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = first.to_string();
        while continues(&logical) {
            logical.pop();
            match lines.next() {
                Some((_, next)) => logical.push_str(next.trim_start_matches(BLANK)),
                None => break,
            }
        }
        let at_line = |why| format!("line {}: {why}", number + 1);
        let (name, value) = split(&logical);
        properties.push((unescape(name).map_err(at_line)?, unescape(value).map_err(at_line)?));
    }
    Ok(properties)
}

const BLANK: [char; 3] = [' ', '\t', '\u{c}'];

/// A line goes on when it ends in an odd number of backslashes: an even number is so many escaped ones.
fn continues(line: &str) -> bool {
    line.chars().rev().take_while(|letter| *letter == '\\').count() % 2 == 1
}

/// Name and value are parted by the first `=`, `:` or blank that is not escaped, with blanks around it.
fn split(line: &str) -> (&str, &str) {
    let mut escaped = false;
    let end = line.find(|letter: char| {
        let ends = !escaped && (letter == '=' || letter == ':' || BLANK.contains(&letter));
        escaped = letter == '\\' && !escaped;
        ends
    });
    let (name, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start_matches(BLANK);
    let rest = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    (name, rest.trim_start_matches(BLANK))
}

fn unescape(text: &str) -> Result<String, String> {
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut letters = text.chars();
    let mut buffer = [0; 2];
    while let Some(letter) = letters.next() {
        let plain = match letter {
            '\\' => match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('f') => '\u{c}',
                Some('u') => {
                    // Java's characters are UTF-16 units: two of them may make one letter.
                    units.push(code_unit(&mut letters)?);
                    continue;
                }
                Some(other) => other,
                None => continue,
            },
            other => other,
        };
        units.extend_from_slice(plain.encode_utf16(&mut buffer));
    }
    String::from_utf16(&units).map_err(|_| "a \\u escape is half a letter".into())
}

fn code_unit(letters: &mut std::str::Chars<'_>) -> Result<u16, String> {
    let digits: String = letters.by_ref().take(4).collect();
    let is_hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match u16::from_str_radix(&digits, 16) {
        Ok(unit) if is_hex => Ok(unit),
        _ => Err(format!("\\u{digits} is not a letter: four hexadecimal digits are needed")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Writes text as Java does, every letter that could mean something escaped.
    fn escape(text: &str) -> String {
        let mut escaped = String::new();
        for unit in text.encode_utf16() {
            match char::from_u32(u32::from(unit)) {
                Some(letter) if letter.is_ascii_alphanumeric() => escaped.push(letter),
                Some(letter @ ('\\' | '=' | ':' | ' ' | '#' | '!')) => escaped.extend(['\\', letter]),
                _ => escaped.push_str(&format!("\\u{unit:04x}")),
            }
        }
        escaped
    }

    fn pairs(text: &str) -> Vec<(String, String)> {
        parse(text).unwrap()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.into(), value.into())
    }

    #[test]
    fn names_and_values_are_parted_in_every_way_that_java_allows() {
        for line in ["a=b", "a:b", "a b", "  a = b", "a\t:\tb", "a   b"] {
            assert_eq!(pairs(line), [pair("a", "b")], "{line}");
        }
        assert_eq!(pairs("a"), [pair("a", "")]);
        assert_eq!(pairs("a=b = c"), [pair("a", "b = c")]);
        assert_eq!(pairs(r"a\=b\ c=d"), [pair("a=b c", "d")]);
    }

    #[test]
    fn comments_blank_lines_and_carriage_returns_are_skipped() {
        assert_eq!(pairs("\u{feff}# one\r\n! two\r\n\r\n  # three\r\na=b\r\n"), [pair("a", "b")]);
    }

    #[test]
    fn a_line_that_ends_in_one_backslash_goes_on_and_one_that_ends_in_two_does_not() {
        assert_eq!(pairs("a=b \\\n   c\nd=e"), [pair("a", "b c"), pair("d", "e")]);
        assert_eq!(pairs("a=b\\\\\nd=e"), [pair("a", "b\\"), pair("d", "e")]);
    }

    #[test]
    fn escapes_are_javas() {
        assert_eq!(pairs(r"a=\t\n\u0041\ud83d\ude00\z"), [pair("a", "\t\nA😀z")]);
        assert!(parse("x=1\na=\\u12").unwrap_err().starts_with("line 2: "));
        assert!(parse(r"a=\ud83d").is_err());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*|[\\\\u0-9a-f=:# \n\r\t]*") {
            let _ = parse(&text);
        }

        #[test]
        fn what_is_written_is_read_back(written in proptest::collection::vec((".+", ".*"), 0..8)) {
            let text: String =
                written.iter().map(|(name, value)| format!("{}={}\n", escape(name), escape(value))).collect();
            prop_assert_eq!(pairs(&text), written);
        }
    }
}
