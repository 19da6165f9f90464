//! Edits of the set-up: task, split, learners. What is typed and cannot be used is kept with the reason.

use crate::app::runtime::Runtime;
use crate::codec::Kind;
use crate::kafka::parse_span;
use crate::learn::{LearnerSpec, Target, TaskKind, TaskSpec};

/// Whole numbers with more different values than this are numbers to predict, and not names of classes.
const MOST_CLASSES: u64 = 20;

impl Runtime<'_> {
    /// Whoever left all learners chosen wants all that fit the other kind, too.
    pub(super) fn set_kind(&mut self, kind: TaskKind) {
        let before = self.state.training().task.as_ref().map(|task| task.kind);
        let chosen = self.state.chosen_learners().len();
        let all = before.is_some_and(|before| chosen == LearnerSpec::all_for(before).len());
        self.edit_training("Choose task", |setup| {
            if all {
                let mut more = LearnerSpec::all_for(kind);
                more.retain(|learner| setup.learners.iter().all(|known| known.kind() != learner.kind()));
                setup.learners.extend(more);
            }
            if let Some(task) = &mut setup.task {
                task.kind = kind;
                if kind == TaskKind::Regression {
                    task.target = Target::Column(task.target.column().to_owned());
                }
            }
        });
        self.offer_learners(kind);
    }

    /// A column of numbers with a fraction, or of many whole numbers, is a number to predict, until the user says otherwise;
    /// all else is a class.
    pub(super) fn set_target(&mut self, column: String) {
        let kinds = self.state.prepared_frame().map(|frame| &frame.schema);
        let kind = kinds.and_then(|schema| schema.get(&column)).map(|field| field.kind);
        let profiles = self.state.prepare.profile.get().map(Vec::as_slice).unwrap_or_default();
        let profile = profiles.iter().find(|profile| profile.name == column);
        let many = profile.is_some_and(|profile| profile.distinct > MOST_CLASSES);
        let before = self.state.training().task.clone();
        let fits = match (&before, kind) {
            (_, Some(Kind::Float)) => before.as_ref().map_or(TaskKind::Regression, |task| task.kind),
            (Some(task), Some(Kind::Int | Kind::UInt)) => task.kind,
            (None, Some(Kind::Int | Kind::UInt)) if many => TaskKind::Regression,
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
        if let Err(why) = learner.set(field, &typed) {
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
