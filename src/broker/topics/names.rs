//! Which names a topic may have.

/// Longest name; with a partition's number it still is a file name.
const LONGEST: usize = 249;

/// Why the name is none for a topic, in a sentence's part.
pub fn problem(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("Topic name is invalid: the empty string is not allowed".to_string());
    }
    if name == "." || name == ".." {
        return Some("Topic name is invalid: '.' or '..' is not allowed".to_string());
    }
    if name.len() > LONGEST {
        return Some(format!(
            "Topic name is invalid: the length of '{name}' is longer than the max allowed length {LONGEST}"
        ));
    }
    let legal = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    if !name.chars().all(legal) {
        return Some(format!(
            "Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and \
             '-'"
        ));
    }
    None
}

/// What two names that cannot stand side by side have in common: metrics write a dot as an underscore.
pub fn collision_key(name: &str) -> String {
    name.replace('.', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_apache_kafka_refuses_are_refused() {
        let long = "a".repeat(250);
        for name in ["", ".", "..", "with space", "ü", "a/b", "a:b", long.as_str()] {
            assert!(problem(name).is_some(), "{name}");
        }
        for name in ["a", "A.b_c-9", "...", &long[1..]] {
            assert_eq!(problem(name), None);
        }
    }

    #[test]
    fn a_dot_and_an_underscore_collide() {
        assert_eq!(collision_key("a.b"), collision_key("a_b"));
        assert_ne!(collision_key("a.b"), collision_key("a-b"));
    }
}
