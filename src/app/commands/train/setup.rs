//! Edits of the set-up: task, split, learners. What is typed and cannot be used is kept with the reason.

use crate::app::runtime::Runtime;
use crate::codec::Kind;
use crate::kafka::parse_span;
use crate::learn::{LearnerSpec, Target, TaskKind, TaskSpec};

impl Runtime<'_> {
    pub(super) fn set_kind(&mut self, kind: TaskKind) {
        self.edit_training("Choose task", |setup| {
            if let Some(task) = &mut setup.task {
                task.kind = kind;
                if kind == TaskKind::Regression {
                    task.target = Target::Column(task.target.column().to_owned());
                }
            }
        });
        self.offer_learners(kind);
    }

    /// A column of numbers with a fraction is a number to predict, until the user says otherwise; all else is a class.
    pub(super) fn set_target(&mut self, column: String) {
        let kinds = self.state.browse.frame.get().map(|frame| &frame.schema);
        let kind = kinds.and_then(|schema| schema.get(&column)).map(|field| field.kind);
        let before = self.state.training().task.clone();
        let fits = match (&before, kind) {
            (_, Some(Kind::Float)) => before.as_ref().map_or(TaskKind::Regression, |task| task.kind),
            (Some(task), Some(Kind::Int | Kind::UInt)) => task.kind,
            _ => TaskKind::Classification,
        };
        let exclude = before.map(|task| task.exclude).unwrap_or_default();
        self.state.train.refused.remove("above");
        self.edit_training("Choose target", |setup| {
            setup.task = Some(TaskSpec { kind: fits, target: Target::Column(column), exclude });
        });
        self.offer_learners(fits);
    }

    pub(super) fn set_above(&mut self, typed: String) {
        let text = typed.trim().replace(['\u{2212}', ','], if typed.contains('\u{2212}') { "-" } else { "" });
        let above = match text.as_str() {
            "" => None,
            text => match text.parse::<f64>() {
                Ok(above) if above.is_finite() => Some(above),
                _ => {
                    return self.refuse_typed("above", typed, "a number, or nothing for the column as it is");
                }
            },
        };
        self.state.train.refused.remove("above");
        self.edit_training("Change limit", |setup| {
            if let Some(task) = &mut setup.task {
                let column = task.target.column().to_owned();
                task.target = match above {
                    Some(above) => Target::Above { column, above },
                    None => Target::Column(column),
                };
            }
        });
    }

    pub(super) fn exclude_column(&mut self, column: String, out: bool) {
        self.edit_training("Choose features", |setup| {
            if let Some(task) = &mut setup.task {
                task.exclude.retain(|other| *other != column);
                if out {
                    task.exclude.push(column);
                    task.exclude.sort_unstable();
                }
            }
        });
    }

    pub(super) fn set_gap(&mut self, typed: String) {
        match parse_span(&typed) {
            Err(why) => self.refuse_typed("gap", typed, &why),
            Ok(_) => {
                self.state.train.refused.remove("gap");
                self.edit_training("Change gap", |setup| setup.split.gap = typed.trim().to_owned());
            }
        }
    }

    pub(super) fn set_seed(&mut self, typed: String) {
        match typed.trim().replace(',', "").parse::<u64>() {
            Ok(seed) if i64::try_from(seed).is_ok() => {
                self.state.train.refused.remove("seed");
                self.edit_training("Change seed", |setup| setup.seed = seed);
            }
            _ => self.refuse_typed("seed", typed, "a whole number, 0 or more"),
        }
    }

    pub(super) fn choose_learner(&mut self, kind: &'static str, chosen: bool) {
        let Some(learner) = self.state.train.learner(&self.state.training().learners, kind) else { return };
        self.state.train.shelf.insert(kind, learner);
        self.edit_training("Choose learners", |setup| {
            setup.learners.retain(|other| other.kind() != kind);
            if chosen {
                setup.learners.push(learner);
            }
        });
    }

    /// Takes a setting as typed; one that the learner cannot run with is kept with the reason and changes nothing.
    pub(super) fn set_learner(&mut self, kind: &'static str, field: &'static str, typed: String) {
        let Some(mut learner) = self.state.train.learner(&self.state.training().learners, kind) else {
            return;
        };
        if let Err(why) = change(&mut learner, field, &typed) {
            return self.refuse_typed(field, typed, &why);
        }
        if let Some((_, why)) = learner.check().into_iter().find(|(wrong, _)| wrong == field) {
            return self.refuse_typed(field, typed, &why);
        }
        self.state.train.refused.remove(field);
        self.state.train.shelf.insert(kind, learner);
        self.edit_training("Change learner", |setup| {
            if let Some(chosen) = setup.learners.iter_mut().find(|other| other.kind() == kind) {
                *chosen = learner;
            }
        });
    }

    /// With no learner chosen that can learn the task, all that can are.
    fn offer_learners(&mut self, kind: TaskKind) {
        if self.state.chosen_learners().is_empty() {
            self.edit_training("Choose learners", |setup| setup.learners.extend(LearnerSpec::all_for(kind)));
        }
    }

    fn refuse_typed(&mut self, field: &'static str, typed: String, why: &str) {
        self.state.train.refused.insert(field, (typed, why.to_owned()));
    }
}

/// The settings of a learner: field, its name for people, its value.
pub fn settings(learner: &LearnerSpec) -> Vec<(&'static str, &'static str, String)> {
    match *learner {
        LearnerSpec::LogisticRegression { c } => vec![("c", "C", c.to_string())],
        LearnerSpec::RidgeRegression { alpha } => vec![("alpha", "Alpha", alpha.to_string())],
        LearnerSpec::BoostedTrees { rounds, depth, rate, l2, min_leaf_weight, early_stopping } => vec![
            ("rounds", "Rounds", rounds.to_string()),
            ("depth", "Depth", depth.to_string()),
            ("rate", "Rate", rate.to_string()),
            ("l2", "L2", l2.to_string()),
            ("min_leaf_weight", "Leaf weight", min_leaf_weight.to_string()),
            ("early_stopping", "Patience", early_stopping.to_string()),
        ],
    }
}

/// The settings in a line: `100 rounds, depth 6, rate 0.1`.
pub fn settings_in_words(learner: &LearnerSpec) -> String {
    match *learner {
        LearnerSpec::LogisticRegression { c } => format!("L2, C {c}"),
        LearnerSpec::RidgeRegression { alpha } => format!("L2, alpha {alpha}"),
        LearnerSpec::BoostedTrees { rounds, depth, rate, .. } => {
            format!("{rounds} rounds, depth {depth}, rate {rate}")
        }
    }
}

fn change(learner: &mut LearnerSpec, field: &str, typed: &str) -> Result<(), String> {
    let number = || typed.trim().parse::<f64>().map_err(|_| "must be a number".to_owned());
    let whole = || typed.trim().parse::<usize>().map_err(|_| "must be a whole number, 0 or more".to_owned());
    match learner {
        LearnerSpec::LogisticRegression { c } => *c = number()?,
        LearnerSpec::RidgeRegression { alpha } => *alpha = number()?,
        LearnerSpec::BoostedTrees { rounds, depth, rate, l2, min_leaf_weight, early_stopping } => match field
        {
            "rounds" => *rounds = whole()?,
            "depth" => *depth = whole()?,
            "rate" => *rate = number()?,
            "l2" => *l2 = number()?,
            "min_leaf_weight" => *min_leaf_weight = number()?,
            _ => *early_stopping = whole()?,
        },
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::train::every_learner;

    #[test]
    fn every_setting_of_every_learner_can_be_typed_and_reads_back() {
        for mut learner in every_learner() {
            for (field, _, value) in settings(&learner) {
                let before = learner;
                change(&mut learner, field, "3").unwrap();
                assert!(
                    settings(&learner).contains(&(field, name_of(&learner, field), "3".into())),
                    "{field}"
                );
                change(&mut learner, field, &value).unwrap();
                assert_eq!(learner, before);
                assert!(change(&mut learner, field, "many").is_err());
            }
        }
    }

    fn name_of(learner: &LearnerSpec, field: &str) -> &'static str {
        settings(learner).into_iter().find(|(other, ..)| *other == field).map_or("", |(_, name, _)| name)
    }
}
