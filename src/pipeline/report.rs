//! Collects everything that is wrong with a spec, and the checks that all steps share.

use super::check::SpecProblem;
use super::layout::Layout;
use crate::codec::Kind;

/// What a step says of a kind that it cannot take: what it is, and what to do.
pub(super) type Refusal = &'static str;

/// Problems so far, and the step that is being checked.
#[derive(Debug, Default)]
pub(super) struct Report {
    problems: Vec<SpecProblem>,
    step: Option<usize>,
    /// Columns that an earlier step left out, with that step.
    gone: Vec<(String, usize)>,
}

impl Report {
    /// Begins step `step`; `None` is what comes out at the end.
    pub(super) fn begin(&mut self, step: Option<usize>) {
        self.step = step;
    }

    /// Remembers what the step just checked left out.
    pub(super) fn note_gone(&mut self, before: &Layout, after: &Layout) {
        let Some(step) = self.step else { return };
        for column in before.columns() {
            if after.find(&column.name).is_none() {
                self.gone.push((column.name.clone(), step));
            }
        }
    }

    /// Something wrong with a field of the step.
    pub(super) fn add(&mut self, field: &str, why: impl Into<String>) {
        self.push(field, None, why.into());
    }

    /// Something wrong with a column that a field names.
    pub(super) fn add_of(&mut self, field: &str, column: &str, why: impl Into<String>) {
        self.push(field, Some(column.into()), why.into());
    }

    fn push(&mut self, field: &str, column: Option<String>, why: String) {
        self.problems.push(SpecProblem { step: self.step, field: field.into(), column, why });
    }

    /// Finds the columns of a step: refuses an empty list, names that are not there, names given twice and kinds that the
    /// step cannot take. Gives those that are right.
    pub(super) fn columns(
        &mut self,
        names: &[String],
        layout: &Layout,
        takes: impl Fn(Kind) -> Result<(), Refusal>,
    ) -> Vec<usize> {
        if names.is_empty() {
            self.add("columns", "no column is named: name at least one, or remove the step");
        }
        let mut found = Vec::new();
        for (index, name) in names.iter().enumerate() {
            if names.iter().take(index).any(|earlier| earlier == name) {
                self.add_of("columns", name, format!("`{name}` is named twice: name it once"));
                continue;
            }
            let Some(place) = layout.find(name) else {
                let why = self.unknown(name, layout);
                self.add_of("columns", name, why);
                continue;
            };
            match layout.get(place).map_or(Ok(()), |column| takes(column.kind)) {
                Ok(()) if !found.contains(&place) => found.push(place),
                Ok(()) => {}
                Err(refusal) => self.add_of("columns", name, format!("`{name}` {refusal}")),
            }
        }
        found
    }

    /// Refuses a made column whose name is taken.
    pub(super) fn make(&mut self, layout: &mut Layout, name: String, kind: Kind, origin: usize) {
        if layout.push(name.clone(), kind, origin).is_err() {
            let why = format!("would make a column `{name}`, which is there already: drop that one before");
            self.add_of("columns", &name, why);
        }
    }

    pub(super) fn into_problems(self) -> Vec<SpecProblem> {
        self.problems
    }

    fn unknown(&self, name: &str, layout: &Layout) -> String {
        if let Some((_, step)) = self.gone.iter().rev().find(|(gone, _)| gone == name) {
            return format!("`{name}` is no longer there: step {} leaves it out", step + 1);
        }
        let names = layout.columns().iter().filter(|column| !column.many).map(|column| column.name.as_str());
        match nearest(name, names) {
            Some(near) => format!("there is no column `{name}`: did you mean `{near}`?"),
            None => format!("there is no column `{name}`"),
        }
    }
}

/// Refuses all kinds but numbers and true and false.
pub(super) fn numbers_only(kind: Kind) -> Result<(), Refusal> {
    match kind {
        Kind::Bool | Kind::Int | Kind::UInt | Kind::Float => Ok(()),
        Kind::Text => Err("is text and the step takes numbers: cast it to one, or one-hot it"),
        Kind::Time => Err("is a time and the step takes numbers: take its date parts, or cast it to int"),
        Kind::Json => Err("holds arrays as JSON, which no step can turn into numbers: drop it"),
        Kind::Null => Err("has only nulls: drop it"),
    }
}

/// The name with the fewest edits, if they are few for its length.
fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    // Two edits are two letters exchanged, the most common slip.
    let limit = (name.chars().count() / 3).max(2);
    names
        .map(|candidate| (edits(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(edits, _)| *edits <= limit)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance: insertions, deletions and changes of one character.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (row, from) in a.chars().enumerate() {
        let mut left = row + 1;
        let mut line = vec![left];
        for (to, pair) in b.iter().zip(above.windows(2)) {
            let &[diagonal, up] = pair else { continue };
            left = (diagonal + usize::from(from != *to)).min(up + 1).min(left + 1);
            line.push(left);
        }
        above = line;
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_few_edits_away_or_none() {
        let names = ["temp", "wind_speed", "visib"];
        assert_eq!(nearest("tmp", names.into_iter()), Some("temp"));
        assert_eq!(nearest("Wind_Sped", names.into_iter()), Some("wind_speed"));
        assert_eq!(nearest("carrier", names.into_iter()), None);
        assert_eq!(edits("kitten", "sitting"), 3);
        assert_eq!(edits("", "abc"), 3);
    }
}
