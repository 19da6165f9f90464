//! Settings of learners as people read and type them.
//!
//! In: a learner, or what was typed. Out: names and values, or the learner changed. What makes sense together is
//! [`LearnerSpec::check`]'s to say.

use super::learner::LearnerSpec;

/// A setting: its field in run files, its name for people, its value.
pub type Setting = (&'static str, &'static str, String);

impl LearnerSpec {
    /// All settings, in the order in which they are shown.
    pub fn settings(&self) -> Vec<Setting> {
        match *self {
            Self::LogisticRegression { c } => vec![("c", "C", c.to_string())],
            Self::RidgeRegression { alpha } => vec![("alpha", "Alpha", alpha.to_string())],
            Self::BoostedTrees { rounds, depth, rate, l2, min_leaf_weight, early_stopping } => vec![
                ("rounds", "Rounds", rounds.to_string()),
                ("depth", "Depth", depth.to_string()),
                ("rate", "Rate", rate.to_string()),
                ("l2", "L2", l2.to_string()),
                ("min_leaf_weight", "Leaf weight", min_leaf_weight.to_string()),
                ("early_stopping", "Patience", early_stopping.to_string()),
            ],
        }
    }

    /// Those that tell one model from another, in a line: `100 rounds, depth 6, rate 0.1`.
    pub fn settings_in_words(&self) -> String {
        match *self {
            Self::LogisticRegression { c } => format!("L2, C {c}"),
            Self::RidgeRegression { alpha } => format!("L2, alpha {alpha}"),
            Self::BoostedTrees { rounds, depth, rate, .. } => {
                format!("{rounds} rounds, depth {depth}, rate {rate}")
            }
        }
    }

    /// Takes a setting as typed; `Err` says what is wrong, and nothing has changed then.
    pub fn set(&mut self, field: &str, typed: &str) -> Result<(), String> {
        let mut changed = *self;
        changed.parse(field, typed.trim())?;
        if let Some((_, why)) = changed.check().into_iter().find(|(wrong, _)| wrong == field) {
            return Err(why);
        }
        *self = changed;
        Ok(())
    }

    fn parse(&mut self, field: &str, typed: &str) -> Result<(), String> {
        let number = || typed.parse::<f64>().map_err(|_| "must be a number".to_owned());
        let whole = || typed.parse::<usize>().map_err(|_| "must be a whole number, 0 or more".to_owned());
        match (self, field) {
            (Self::LogisticRegression { c }, "c") => *c = number()?,
            (Self::RidgeRegression { alpha }, "alpha") => *alpha = number()?,
            (Self::BoostedTrees { rounds, .. }, "rounds") => *rounds = whole()?,
            (Self::BoostedTrees { depth, .. }, "depth") => *depth = whole()?,
            (Self::BoostedTrees { rate, .. }, "rate") => *rate = number()?,
            (Self::BoostedTrees { l2, .. }, "l2") => *l2 = number()?,
            (Self::BoostedTrees { min_leaf_weight, .. }, "min_leaf_weight") => *min_leaf_weight = number()?,
            (Self::BoostedTrees { early_stopping, .. }, "early_stopping") => *early_stopping = whole()?,
            (learner, field) => return Err(format!("{} has no setting {field}", learner.title())),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::learn::TaskKind;

    #[test]
    fn every_setting_of_every_learner_can_be_typed_and_reads_back() {
        let learners = [TaskKind::Classification, TaskKind::Regression].map(LearnerSpec::all_for);
        for mut learner in learners.into_iter().flatten() {
            for (field, name, value) in learner.settings() {
                let before = learner;
                learner.set(field, " 1 ").unwrap();
                assert!(learner.settings().contains(&(field, name, "1".into())), "{field}");
                learner.set(field, &value).unwrap();
                assert_eq!(learner, before);
                assert!(learner.set(field, "many").is_err());
                assert!(learner.set(field, "-1").is_err());
                assert_eq!(learner, before, "what is refused changes nothing");
            }
        }
    }

    #[test]
    fn a_setting_that_a_learner_does_not_have_is_refused() {
        let mut learner = LearnerSpec::LogisticRegression { c: 1.0 };
        assert_eq!(learner.set("depth", "3").unwrap_err(), "Logistic regression has no setting depth");
    }
}
