//! What a deployment needs, checked against what is known of the cluster, before anything is started.

use super::form::version_of;
use super::{DeploymentForm, Field, State};
use crate::live::ScoreRequest;
use crate::ui::format;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Not known yet; starting will tell.
    Unknown,
    /// It cannot be deployed like this.
    Missing,
}

/// One thing that a deployment needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The field that it is about; `None` is the whole.
    pub field: Option<Field>,
    /// What was found.
    pub verdict: Verdict,
    /// In words.
    pub text: String,
}

impl Check {
    fn new(field: impl Into<Option<Field>>, verdict: Verdict, text: impl Into<String>) -> Self {
        Self { field: field.into(), verdict, text: text.into() }
    }
}

impl State {
    /// Everything that the form's deployment needs, field by field.
    pub fn deployment_checks(&self, form: &DeploymentForm) -> Vec<Check> {
        let request = match form.request() {
            Ok(request) => request,
            Err(why) => {
                let mut checks = vec![Check::new(Field::Model, Verdict::Missing, why)];
                if form.text(Field::Input).trim().is_empty() {
                    checks.push(Check::new(Field::Input, Verdict::Missing, "an input topic is needed"));
                }
                return checks;
            }
        };
        let mut checks = vec![self.check_model(&request)];
        if request.input.is_empty() {
            checks.push(Check::new(Field::Input, Verdict::Missing, "an input topic is needed"));
            return checks;
        }
        let wrong = request.check();
        if wrong.is_empty() {
            checks.push(self.check_input(&request));
            checks.push(self.check_output(Field::Output, &request.output));
            checks
                .extend(request.dead_letter.iter().map(|topic| self.check_output(Field::DeadLetter, topic)));
            checks.extend(request.labels.iter().map(|labels| self.check_labels(&labels.topic)));
        }
        checks.extend(wrong.into_iter().map(|(name, why)| {
            let (field, said) = (field(&name), words(&name));
            Check::new(field, Verdict::Missing, format!("{said}: {why}"))
        }));
        checks.extend(self.check_group(form, &request));
        checks
    }

    fn check_model(&self, request: &ScoreRequest) -> Check {
        let unknown = || {
            let said = format!("{} is looked up in {}", request.model, request.model_topic);
            Check::new(Field::Model, Verdict::Unknown, said)
        };
        if self.partitions_of(&request.model_topic) == Some(0) {
            let said = format!("{} has no topic {}", self.connection.name, request.model_topic);
            return Check::new(Field::ModelTopic, Verdict::Missing, said);
        }
        if let (Some(problem), true) =
            (self.live.models.found.problem(), self.live.models.topic == request.model_topic)
        {
            return Check::new(
                Field::ModelTopic,
                Verdict::Missing,
                format!("{}: {}", problem.what, problem.why),
            );
        }
        let Some(models) = self.live.models.of(&request.model_topic) else { return unknown() };
        match version_of(models, &request.model) {
            Some(version) => {
                let said = format!("{} is version {}", request.model, version.version);
                Check::new(Field::Model, Verdict::Good, said)
            }
            None => {
                let said = format!("{} has no {}", request.model_topic, request.model);
                Check::new(Field::Model, Verdict::Missing, said)
            }
        }
    }

    fn check_input(&self, request: &ScoreRequest) -> Check {
        match self.partitions_of(&request.input) {
            None => Check::new(Field::Input, Verdict::Unknown, "the cluster's topics are not known yet"),
            Some(0) => {
                let said = format!("{} has no topic {}", self.connection.name, request.input);
                Check::new(Field::Input, Verdict::Missing, said)
            }
            Some(partitions) => {
                let partitions = format::count(partitions, "partition", "partitions");
                Check::new(Field::Input, Verdict::Good, format!("{} has {partitions}", request.input))
            }
        }
    }

    fn check_output(&self, field: Field, topic: &str) -> Check {
        let said = match self.partitions_of(topic) {
            None => {
                return Check::new(
                    field,
                    Verdict::Unknown,
                    format!("whether {topic} exists is not known yet"),
                );
            }
            Some(0) => format!("{topic} will be made"),
            Some(_) => format!("{topic} exists and is appended to"),
        };
        Check::new(field, Verdict::Good, said)
    }

    fn check_labels(&self, topic: &str) -> Check {
        match self.partitions_of(topic) {
            None => Check::new(
                Field::LabelTopic,
                Verdict::Unknown,
                format!("whether {topic} exists is not known yet"),
            ),
            Some(0) => {
                let said = format!("{} has no topic {topic}", self.connection.name);
                Check::new(Field::LabelTopic, Verdict::Missing, said)
            }
            Some(_) => Check::new(Field::LabelTopic, Verdict::Good, format!("labels come from {topic}")),
        }
    }

    /// Two deployments of one group would share the input's partitions, each scoring a part.
    fn check_group(&self, form: &DeploymentForm, request: &ScoreRequest) -> Option<Check> {
        let same = |other: &ScoreRequest| other.group() == request.group() && other.input == request.input;
        let (name, _) = self.live.sessions.iter().find(|(name, session)| {
            session.is_active() && form.of.as_ref() != Some(*name) && same(&session.request)
        })?;
        let said =
            format!("{name} reads {} as {} already: choose another group", request.input, request.group());
        Some(Check::new(Field::Group, Verdict::Missing, said))
    }

    /// Partitions of a topic, 0 where there is none of that name; `None` while the topics are not known.
    pub fn partitions_of(&self, topic: &str) -> Option<u64> {
        let catalogue = self.connection.catalogue.get()?;
        let found = catalogue.topics.iter().find(|known| known.name == topic);
        Some(found.map_or(0, |known| known.partitions.len() as u64))
    }
}

fn field(name: &str) -> Option<Field> {
    match name {
        "input" => Some(Field::Input),
        "output" => Some(Field::Output),
        "dead_letter" => Some(Field::DeadLetter),
        "model_topic" => Some(Field::ModelTopic),
        "labels.topic" => Some(Field::LabelTopic),
        "labels.column" => Some(Field::LabelColumn),
        "labels.within" => Some(Field::LabelWait),
        _ => None,
    }
}

/// A field's name for people.
fn words(name: &str) -> String {
    match name.strip_prefix("labels.") {
        Some("within") => "label wait".into(),
        Some(field) => format!("label {field}"),
        None => name.replace('_', " "),
    }
}
