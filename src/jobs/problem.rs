//! What went wrong, in the words that a person needs.

use serde::{Deserialize, Serialize};

/// A failure as it is shown: in a panel, a message or on standard error.
///
/// Every module has its own error enum; this is what such an error becomes where a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What failed, on what: `Reading flights p1`.
    pub what: String,
    /// Why, as the broker, the library or the check puts it. Empty when `what` says it all.
    pub why: String,
    /// What to do next. Empty when there is nothing to do.
    pub next: String,
    /// The user ended it; nothing is wrong.
    pub cancelled: bool,
}

impl Problem {
    /// A problem with its cause and the next step. Causes come from many libraries, with and without a full stop: here
    /// they lose it, and the next step, which is a sentence, gets one.
    pub fn new(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Self {
        let (mut why, mut next) = (why.into(), next.into());
        why.truncate(why.trim_end().trim_end_matches('.').len());
        if !next.is_empty() && !next.ends_with('.') {
            next.push('.');
        }
        Self { what: what.into(), why, next, cancelled: false }
    }

    /// The user ended `what`.
    pub fn cancelled(what: impl Into<String>) -> Self {
        Self { what: what.into(), why: "cancelled".into(), next: String::new(), cancelled: true }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.what)?;
        if !self.why.is_empty() {
            write!(f, ": {}", self.why)?;
        }
        if !self.next.is_empty() {
            write!(f, ". {}", self.next)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_parts_end_with_they_read_as_sentences() {
        for (why, next) in [("no room.", "Free some space"), ("no room\n", "Free some space.")] {
            let problem = Problem::new("Writing a.csv", why, next);
            assert_eq!(problem.to_string(), "Writing a.csv: no room. Free some space.");
        }
        assert_eq!(Problem::new("Writing a.csv", "", "").to_string(), "Writing a.csv");
    }
}
