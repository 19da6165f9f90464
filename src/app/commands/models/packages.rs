//! Packages in and out: a version to a file, a file to the next version.

use std::path::PathBuf;

use super::{CHANGE_KEY, ModelsCommand, ModelsMessage};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::stage::Stage;
use crate::app::state::models::ImportEdit;
use crate::app::state::{PathKind, PathPrompt};
use crate::jobs::JobContext;
use crate::registry::{Package, Registry};

/// The file ending of packages.
const ENDING: (&str, &[&str]) = ("Forebay package", &["zip"]);

impl Runtime<'_> {
    pub(super) fn ask_export_package(&mut self) {
        let Some(version) = self.state.models.chosen() else { return };
        let path = format!("{}@{}.zip", version.name, version.version);
        self.ask_path(PathPrompt {
            title: format!("Export version {} of {}", version.version, version.name),
            verb: "Export".into(),
            kind: PathKind::Save,
            filter: ENDING,
            path,
            then: |path| ModelsCommand::ExportTo(path).into(),
        });
    }

    pub(super) fn export_package(&mut self, path: PathBuf) {
        let models = &self.state.models;
        let (Some(registry), Some(version)) = (models.registry.clone(), models.chosen()) else { return };
        let (model, number) = (version.name.clone(), version.version);
        let title = format!("Exporting {model}@{number}");
        let said = format!("{model}@{number} exported");
        let work = move |context: &JobContext<Message>| {
            let package = registry.get(&model, number, &context.progress, &context.cancel)?;
            package.save(&path)?;
            Ok((said, path.display().to_string()))
        };
        let message = |result| Message::Models(ModelsMessage::Exported(result));
        self.background.several("export package", title, work, message);
    }

    pub(super) fn ask_import_package(&mut self) {
        self.ask_path(PathPrompt {
            title: "Import a package".into(),
            verb: "Import".into(),
            kind: PathKind::Open,
            filter: ENDING,
            path: String::new(),
            then: |path| ModelsCommand::ImportFile(path).into(),
        });
    }

    /// The file is chosen; the left panel asks for the name.
    pub(super) fn name_import(&mut self, path: PathBuf) {
        self.state.stage = Stage::Models;
        self.state.left_panel = true;
        self.state.models.import = Some(ImportEdit::of(path));
    }

    pub(super) fn import_package(&mut self) {
        let models = &mut self.state.models;
        let (Some(registry), Some(import)) = (models.registry.clone(), models.import.take()) else { return };
        let name = import.name.trim().to_owned();
        let title = format!("Publishing {} as {name}", import.file());
        let work = move |context: &JobContext<Message>| {
            let package = Package::open(&import.path)?;
            Ok(registry.publish(&name, &package, &context.progress, &context.cancel)?)
        };
        let message = |result| Message::Models(ModelsMessage::Published(result));
        self.background.several(CHANGE_KEY, title, work, message);
    }
}
