//! The form of a deployment: what was typed, and what stands for what was not.

use crate::data::LabelSpec;
use crate::live::{Delivery, ScoreRequest};
use crate::registry::{ModelInfo, ModelRef, Selector, VersionInfo};

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `NAME@ALIAS` or `NAME@VERSION`.
    Model,
    /// Where packages are kept.
    ModelTopic,
    /// The topic to read.
    Input,
    /// The topic for predictions.
    Output,
    /// The topic for records that cannot be scored; empty is none.
    DeadLetter,
    /// The consumer group.
    Group,
    /// Where labels come from.
    LabelTopic,
    /// The field that is the label.
    LabelColumn,
    /// How long a label may take: `24h`.
    LabelWait,
}

/// A deployment that is being set up. A field that nobody typed in follows the others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeploymentForm {
    /// The saved deployment that it changes; `None` makes a new one.
    pub of: Option<String>,
    /// How offsets are committed.
    pub delivery: Delivery,
    /// Where a partition begins of which the group has committed nothing.
    pub from_beginning: bool,
    model: Option<String>,
    suggested: Option<String>,
    model_topic: Option<String>,
    input: String,
    output: Option<String>,
    dead_letter: Option<String>,
    group: Option<String>,
    labels: LabelFields,
    /// Settings that the form does not show.
    base: Option<ScoreRequest>,
}

/// What the form says of labels. What nobody typed is as the model was trained.
#[derive(Clone, Debug, Default, PartialEq)]
struct LabelFields {
    /// Whether labels are waited for; `None` is as the model was trained.
    wanted: Option<bool>,
    topic: Option<String>,
    column: Option<String>,
    wait: Option<String>,
    /// Those that the model was trained with.
    proposed: Option<LabelSpec>,
}

impl LabelFields {
    /// How long a label may take where neither user nor model say so.
    const WAIT: &'static str = "24h";

    fn of(labels: Option<&LabelSpec>) -> Self {
        Self {
            wanted: Some(labels.is_some()),
            topic: labels.map(|labels| labels.topic.clone()),
            column: labels.map(|labels| labels.column.clone()),
            wait: labels.map(|labels| labels.within.clone()),
            proposed: labels.cloned(),
        }
    }

    fn are_wanted(&self) -> bool {
        self.wanted.unwrap_or(self.proposed.is_some())
    }

    fn spec(&self) -> LabelSpec {
        let proposed = self.proposed.clone().unwrap_or_else(|| LabelSpec::by_key("", "", Self::WAIT));
        let typed = |typed: &Option<String>, else_: String| {
            typed.as_ref().map_or(else_, |text| text.trim().to_owned())
        };
        LabelSpec {
            topic: typed(&self.topic, proposed.topic),
            column: typed(&self.column, proposed.column),
            within: typed(&self.wait, proposed.within),
            by: proposed.by,
            codec: proposed.codec,
        }
    }
}

impl DeploymentForm {
    /// The topic that `forebay publish` writes to unless told otherwise.
    const MODEL_TOPIC: &'static str = "models";

    /// A new deployment that reads `input`; its model is looked for in `model_topic`, where one is known.
    pub fn new(input: impl Into<String>, model_topic: Option<&str>) -> Self {
        Self { input: input.into(), model_topic: model_topic.map(str::to_owned), ..Self::default() }
    }

    /// To change a saved deployment.
    pub fn of(name: &str, request: &ScoreRequest) -> Self {
        Self {
            of: Some(name.to_owned()),
            delivery: request.delivery,
            from_beginning: request.from_beginning,
            model: Some(request.model.to_string()),
            suggested: None,
            model_topic: Some(request.model_topic.clone()),
            input: request.input.clone(),
            output: Some(request.output.clone()),
            dead_letter: Some(request.dead_letter.clone().unwrap_or_default()),
            group: request.group.clone(),
            labels: LabelFields::of(request.labels.as_ref()),
            base: Some(request.clone()),
        }
    }

    /// Takes what was typed into a field.
    pub fn set(&mut self, field: Field, text: String) {
        match field {
            Field::Model => self.model = Some(text),
            Field::ModelTopic => self.model_topic = Some(text),
            Field::Input => self.input = text,
            Field::Output => self.output = Some(text),
            Field::DeadLetter => self.dead_letter = Some(text),
            Field::Group => self.group = Some(text).filter(|text| !text.trim().is_empty()),
            Field::LabelTopic => self.labels.topic = Some(text),
            Field::LabelColumn => self.labels.column = Some(text),
            Field::LabelWait => self.labels.wait = Some(text),
        }
    }

    /// What a field says: what was typed, or what follows from the others.
    pub fn text(&self, field: Field) -> String {
        let beside = |typed: &Option<String>, end: &str| match (typed, self.input.trim()) {
            (Some(typed), _) => typed.clone(),
            (None, "") => String::new(),
            (None, input) => format!("{input}.{end}"),
        };
        match field {
            Field::Model => self.model.clone().or_else(|| self.suggested.clone()).unwrap_or_default(),
            Field::ModelTopic => self.model_topic.clone().unwrap_or_else(|| Self::MODEL_TOPIC.into()),
            Field::Input => self.input.clone(),
            Field::Output => beside(&self.output, "predictions"),
            Field::DeadLetter => beside(&self.dead_letter, "dead-letter"),
            Field::Group => self.group.clone().unwrap_or_else(|| match self.model_ref() {
                Ok(model) => format!("forebay-{}", model.name),
                Err(_) => String::new(),
            }),
            Field::LabelTopic => self.labels.spec().topic,
            Field::LabelColumn => self.labels.spec().column,
            Field::LabelWait => self.labels.spec().within,
        }
    }

    /// Labels that are to be waited for.
    pub fn labels(&self) -> Option<LabelSpec> {
        self.labels.are_wanted().then(|| self.labels.spec())
    }

    /// Waits for labels, or not.
    pub fn want_labels(&mut self, wanted: bool) {
        self.labels.wanted = Some(wanted);
    }

    /// Takes the labels that the model was trained with, where none were typed.
    pub fn propose_labels(&mut self, models: &[ModelInfo]) {
        if self.base.is_some() {
            return;
        }
        let version = self.model_ref().ok().and_then(|reference| version_of(models, &reference));
        self.labels.proposed = version.and_then(|version| version.manifest.lineage.run.label.clone());
    }

    /// Takes a published model where none was typed: `preferred` if it is there, its champion if it has one.
    pub fn suggest(&mut self, models: &[ModelInfo], preferred: Option<&str>) {
        let model = models
            .iter()
            .find(|model| Some(model.name.as_str()) == preferred)
            .or_else(|| models.iter().find(|model| !model.versions.is_empty()));
        self.suggested = model.and_then(|model| references(model).into_iter().next());
    }

    /// The model, as far as it is one.
    pub fn model_ref(&self) -> Result<ModelRef, String> {
        let typed = self.text(Field::Model);
        match typed.trim() {
            "" => Err("a model is needed: NAME@ALIAS or NAME@VERSION".into()),
            typed => typed.parse(),
        }
    }

    /// The request that it makes; `Err` says what is wrong with the model.
    pub fn request(&self) -> Result<ScoreRequest, String> {
        let text = |field| self.text(field).trim().to_owned();
        let base = self.base.as_ref();
        Ok(ScoreRequest {
            model: self.model_ref()?,
            model_topic: text(Field::ModelTopic),
            input: text(Field::Input),
            output: text(Field::Output),
            dead_letter: Some(text(Field::DeadLetter)).filter(|topic| !topic.is_empty()),
            group: self.group.as_ref().map(|group| group.trim().to_owned()),
            delivery: self.delivery,
            from_beginning: self.from_beginning,
            until_end: base.is_some_and(|base| base.until_end),
            instance: base.and_then(|base| base.instance.clone()),
            max_batch: base.map_or(ScoreRequest::MAX_BATCH, |base| base.max_batch),
            commit_ms: base.map_or(ScoreRequest::COMMIT_MS, |base| base.commit_ms),
            labels: self.labels(),
        })
    }
}

/// The version that a reference means now.
pub(super) fn version_of<'a>(models: &'a [ModelInfo], reference: &ModelRef) -> Option<&'a VersionInfo> {
    let model = models.iter().find(|model| model.name == reference.name)?;
    model.versions.iter().find(|version| match &reference.selector {
        Selector::Version(number) => version.version == *number,
        Selector::Alias(alias) => version.aliases.contains(alias),
    })
}

/// How a model can be named: by its aliases, champion first, then by its newest version.
pub fn references(model: &ModelInfo) -> Vec<String> {
    let mut aliases: Vec<&str> =
        model.versions.iter().flat_map(|version| &version.aliases).map(String::as_str).collect();
    aliases.sort_by_key(|alias| (*alias != "champion", *alias));
    let by_alias = aliases.into_iter().map(|alias| format!("{}@{alias}", model.name));
    let newest = model.versions.first().map(|newest| format!("{}@{}", model.name, newest.version));
    by_alias.chain(newest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::LabelBy;

    #[test]
    fn what_nobody_typed_follows_the_input_and_the_model() {
        let mut form = DeploymentForm::new("flights", None);
        assert!(form.request().is_err(), "no model is chosen");
        form.set(Field::Model, "arrival-delay@champion".into());
        let request = form.request().unwrap();
        assert_eq!(
            (request.output.as_str(), request.dead_letter.as_deref(), request.group().as_str()),
            ("flights.predictions", Some("flights.dead-letter"), "forebay-arrival-delay")
        );
        form.set(Field::Input, "arrivals".into());
        form.set(Field::DeadLetter, String::new());
        let request = form.request().unwrap();
        assert_eq!((request.output.as_str(), request.dead_letter.as_deref()), ("arrivals.predictions", None));
        assert!(request.check().is_empty() && !request.until_end);
    }

    #[test]
    fn labels_are_waited_for_when_they_are_asked_for_and_say_what_is_missing() {
        let mut form = DeploymentForm::new("flights", None);
        form.set(Field::Model, "arrival-delay@champion".into());
        assert_eq!(form.request().unwrap().labels, None);
        form.want_labels(true);
        let missing: Vec<_> = form.request().unwrap().check().into_iter().map(|(field, _)| field).collect();
        assert_eq!(missing, ["labels.topic", "labels.column"]);
        form.set(Field::LabelTopic, "flights.arrived ".into());
        form.set(Field::LabelColumn, "arr_delay".into());
        let labels = LabelSpec::by_key("flights.arrived", "arr_delay", "24h");
        assert_eq!(form.request().unwrap().labels, Some(labels));
        form.want_labels(false);
        assert_eq!(form.request().unwrap().labels, None);
    }

    #[test]
    fn a_saved_deployment_comes_back_from_the_form_as_it_was() {
        let mut form = DeploymentForm::new("flights", None);
        form.set(Field::Model, "arrival-delay@6".into());
        form.set(Field::Group, "scorers".into());
        let mut request = form.request().unwrap();
        request.commit_ms = 250;
        request.instance = Some("a".into());
        request.labels =
            Some(LabelSpec { by: LabelBy::fields(["flight"]), ..LabelSpec::by_key("arrived", "late", "2h") });
        assert_eq!(DeploymentForm::of("x", &request).request(), Ok(request));
    }
}
