//! TOML to a run file, with every problem found on the way.

use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{RunFile, SliceSection, refusal};
use crate::jobs::Problem;
use crate::pipeline::{PipelineSpec, StepSpec};

const SECTIONS: [&str; 8] = ["format", "seed", "slice", "label", "task", "prepare", "split", "learner"];
const SLICE_KEYS: [&str; 6] = ["topics", "from", "to", "partitions", "codec", "filter"];

/// Parses and checks.
pub(super) fn run_file(text: &str) -> Result<RunFile, Problem> {
    let table: Table = toml::from_str(text).map_err(|error| syntax(text, &error))?;
    let mut reader = Reader { table, problems: Vec::new() };
    reader.format()?;
    reader.keys();
    let seed = reader.optional::<u64>("seed");
    let slice = reader.slice();
    let asks_for_labels = reader.table.contains_key("label");
    let label = reader.optional("label");
    let task = reader.required("task");
    let prepare = reader.steps();
    let split = reader.optional("split");
    let learner = reader.required("learner");
    match (slice, task, learner) {
        (Some(slice), Some(task), Some(learner)) if label.is_some() == asks_for_labels => {
            let (seed, split) = (seed.unwrap_or_default(), split.unwrap_or_default());
            let file = RunFile { format: RunFile::FORMAT, seed, slice, label, task, prepare, split, learner };
            reader.problems.extend(file.check());
            refusal(&reader.problems).map(|()| file)
        }
        _ => Err(refusal(&reader.problems)
            .err()
            .unwrap_or_else(|| Problem::new("Checking the run file", "", ""))),
    }
}

fn syntax(text: &str, error: &toml::de::Error) -> Problem {
    let line =
        error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count() + 1);
    let why = match line {
        Some(line) => format!("line {line}: {}", error.message()),
        None => error.message().to_owned(),
    };
    Problem::new("Reading the run file", why, "It must be valid TOML")
}

struct Reader {
    table: Table,
    problems: Vec<(String, String)>,
}

impl Reader {
    fn add(&mut self, field: impl Into<String>, why: impl Into<String>) {
        self.problems.push((field.into(), why.into()));
    }

    /// A newer format may mean anything, so nothing else is said of it.
    fn format(&self) -> Result<(), Problem> {
        let why = match self.table.get("format") {
            Some(Value::Integer(1)) => return Ok(()),
            Some(Value::Integer(version)) if *version > 1 => {
                let why =
                    format!("it is of format {version}, and this program reads format {}", RunFile::FORMAT);
                return Err(Problem::new("Reading the run file", why, "Use a newer Forebay"));
            }
            Some(other) => format!("format is {other} and must be {}", RunFile::FORMAT),
            None => format!("it has no format; begin it with format = {}", RunFile::FORMAT),
        };
        Err(Problem::new("Reading the run file", why, "docs/run-file.md says what it may hold"))
    }

    fn keys(&mut self) {
        let unknown: Vec<String> =
            self.table.keys().filter(|key| !SECTIONS.contains(&key.as_str())).cloned().collect();
        for key in unknown {
            self.add(key, format!("is no key of a run file; there are {}", SECTIONS.join(", ")));
        }
    }

    fn required<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        if !self.table.contains_key(key) {
            self.add(key, "is missing");
        }
        self.optional(key)
    }

    fn optional<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let value = self.table.remove(key)?;
        self.read(key, value)
    }

    /// The section has fields of a flattened type, so serde cannot name the unknown ones.
    fn slice(&mut self) -> Option<SliceSection> {
        if let Some(Value::Table(slice)) = self.table.get_mut("slice") {
            let unknown: Vec<String> =
                slice.keys().filter(|key| !SLICE_KEYS.contains(&key.as_str())).cloned().collect();
            for key in unknown {
                slice.remove(&key);
                let why = format!("is no key of [slice]; there are {}", SLICE_KEYS.join(", "));
                self.problems.push((format!("slice.{key}"), why));
            }
        }
        self.required("slice")
    }

    fn steps(&mut self) -> PipelineSpec {
        let steps = match self.table.remove("prepare") {
            None => Vec::new(),
            Some(Value::Array(steps)) => steps,
            Some(_) => {
                self.add("prepare", "each step is a [[prepare]] of its own");
                Vec::new()
            }
        };
        let steps = steps.into_iter().enumerate();
        let read = |(at, step)| self.read::<StepSpec>(&format!("prepare {}", at + 1), step);
        PipelineSpec { steps: steps.filter_map(read).collect() }
    }

    /// Takes unknown fields out one by one, so that each of them is named and the rest is read all the same.
    fn read<T: DeserializeOwned>(&mut self, field: &str, mut value: Value) -> Option<T> {
        loop {
            let error = match value.clone().try_into::<T>() {
                Ok(read) => return Some(read),
                Err(error) => error.message().to_owned(),
            };
            let unknown = error.strip_prefix("unknown field `").and_then(|rest| rest.split('`').next());
            let removed = unknown.and_then(|key| value.as_table_mut()?.remove(key));
            self.add(field, plain(&error));
            removed?;
        }
    }
}

/// serde's words for a value of no form are its own; these are the reader's.
fn plain(error: &str) -> String {
    if error.contains("untagged enum Target") {
        return "target must be a column name, or { column = \"…\", above = number }".into();
    }
    error.to_owned()
}
