//! docs/bad-input.md, held against what was really printed.

const PAGE: &str = include_str!("../../../docs/bad-input.md");

/// Panics unless a line of `printed` is the message that the page gives for the bad input of that name. `names` are pairs:
/// what this test calls something, and what the page calls it. In the page `…` stands for anything, and
/// ' for a backquote.
pub fn says(bad_input: &str, names: &[(&str, &str)], printed: &str) {
    let expected = message(bad_input);
    let mut printed = printed.replace('`', "'");
    for (ours, of_the_page) in names {
        printed = printed.replace(ours, of_the_page);
    }
    let one_line = printed.replace('\n', " ");
    let said = |line: &str| is_like(line.trim().trim_start_matches("forebay: "), expected);
    assert!(
        said(&one_line) || printed.lines().any(said),
        "docs/bad-input.md says of \"{bad_input}\":\n  {expected}\nand what was printed is:\n  {printed}"
    );
}

/// The third cell of the row.
fn message(bad_input: &str) -> &'static str {
    let cells =
        |row: &'static str| row.split(" | ").map(|cell| cell.trim_matches(['|', ' '])).collect::<Vec<_>>();
    let row = PAGE.lines().map(cells).find(|cells| cells[0] == bad_input);
    let row = row.unwrap_or_else(|| panic!("docs/bad-input.md has no row \"{bad_input}\""));
    row[2].trim_matches('`').trim()
}

/// Whether the text is the pattern, with `…` for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut rest = text;
    let mut parts = pattern.split('…');
    let Some(after) = parts.next().and_then(|first| rest.strip_prefix(first)) else { return false };
    rest = after;
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn the_page_is_compared_to_the_last_letter() {
    assert!(is_like("a 12 b", "a 12 b") && is_like("a 12 b", "a … b") && is_like("a 12 b, c", "a … b…"));
    assert!(!is_like("a 12 b", "a … c") && !is_like("a 12 b.", "a 12 b") && !is_like("a 12 b", "a 12"));
}
