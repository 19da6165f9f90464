//! How the compared versions were judged: it lies in their packages, which are read when two versions are compared.

use std::sync::Arc;

use super::ModelsMessage;
use crate::app::message::Message;
use crate::app::remote::Remote;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::jobs::{JobContext, Problem};
use crate::registry::{PackageEvaluation, Registry};

/// How a version was judged, as far as it is known; `None` in a package that does not say it.
type Evaluation = Remote<Option<Arc<PackageEvaluation>>>;

impl Runtime<'_> {
    /// Asks once for what a comparison in sight needs. It looks at two entries: it runs before each frame.
    pub(super) fn follow_comparison(&mut self) {
        if self.state.stage == Stage::Models && self.state.models.registry.is_some() {
            self.load_compared(|known| known.is_none());
        }
    }

    /// Asks again for what could not be had.
    pub(super) fn load_evaluations(&mut self) {
        self.load_compared(|known| !matches!(known, Some(Remote::Ready(_) | Remote::Pending(_))));
    }

    /// Asks for those of the compared versions of which too little is known.
    fn load_compared(&mut self, lacks: impl Fn(Option<&Evaluation>) -> bool) {
        let models = &self.state.models;
        let Some((older, newer)) = models.compared() else { return };
        let wanted = [older, newer].into_iter().filter(|version| lacks(models.evaluation(version)));
        let wanted: Vec<_> = wanted.map(|version| (version.name.clone(), version.version)).collect();
        for version in wanted {
            self.load_evaluation(version);
        }
    }

    fn load_evaluation(&mut self, version: (String, u32)) {
        let models = &mut self.state.models;
        let Some(registry) = models.registry.clone() else { return };
        let about = (models.cluster.clone(), models.topic.clone());
        models.evaluations.entry(version.clone()).or_default().begin();
        let (name, number) = version.clone();
        let title = format!("Reading {name}@{number} for its plots");
        let work = move |context: &JobContext<Message>| {
            let package = registry.get(&name, number, &context.progress, &context.cancel)?;
            Ok(package.evaluation.map(Arc::new))
        };
        let message = move |result| Message::Models(ModelsMessage::Evaluated { about, version, result });
        self.background.several("package evaluation", title, work, message);
    }

    /// A package was read. It is forgotten where another cluster or topic is shown by now.
    pub(super) fn evaluated(
        &mut self,
        about: (Option<String>, String),
        version: (String, u32),
        result: Result<Option<Arc<PackageEvaluation>>, Problem>,
    ) {
        let models = &mut self.state.models;
        if about != (models.cluster.clone(), models.topic.clone()) {
            return;
        }
        models.evaluations.entry(version).or_default().finish(result);
        models.derive();
    }
}
