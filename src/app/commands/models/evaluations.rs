//! How the compared versions were judged: it lies in their packages, which are read when two versions are compared.

use std::sync::Arc;

use super::ModelsMessage;
use crate::app::message::Message;
use crate::app::remote::Remote;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::jobs::{JobContext, Problem};
use crate::registry::{PackageEvaluation, Registry};

impl Runtime<'_> {
    /// Asks once for what a comparison in sight needs. It looks at two entries: it runs before each frame.
    pub(super) fn follow_comparison(&mut self) {
        let models = &self.state.models;
        if self.state.stage != Stage::Models || models.registry.is_none() {
            return;
        }
        let Some((older, newer)) = models.compared() else { return };
        let unknown = |version: &&crate::registry::VersionInfo| models.evaluation(version).is_none();
        let wanted: Vec<(String, u32)> =
            [older, newer].into_iter().filter(unknown).map(|it| (it.name.clone(), it.version)).collect();
        for version in wanted {
            self.load_evaluation(version);
        }
    }

    /// Asks again for what could not be had.
    pub(super) fn load_evaluations(&mut self) {
        let models = &self.state.models;
        let Some((older, newer)) = models.compared() else { return };
        let missing = |version: &&crate::registry::VersionInfo| {
            !matches!(models.evaluation(version), Some(Remote::Ready(_) | Remote::Pending(_)))
        };
        let wanted: Vec<(String, u32)> =
            [older, newer].into_iter().filter(missing).map(|it| (it.name.clone(), it.version)).collect();
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
