//! Writing what a run is, and what came out of it, to files.

use std::path::PathBuf;

use super::{TrainCommand, TrainMessage};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::{PathKind, PathPrompt};
use crate::files;
use crate::jobs::{JobContext, Problem};
use crate::registry::Package;

impl Runtime<'_> {
    pub(super) fn ask_run_file(&mut self) {
        let Some(run) = self.state.chosen_run() else { return };
        let path = format!("run-{}.toml", run.name);
        self.ask_path(PathPrompt {
            title: "Save the run file".into(),
            verb: "Save".into(),
            kind: PathKind::Save,
            filter: ("Run files", &["toml"]),
            path,
            then: |path| TrainCommand::SaveRunFileTo(path).into(),
        });
    }

    pub(super) fn save_run_file(&mut self, path: PathBuf) {
        let Some(text) = self.state.chosen_run().map(|run| run.file.to_toml()) else { return };
        self.write_run("Run file", path, move || Ok(text.into_bytes()));
    }

    pub(super) fn ask_package(&mut self) {
        let Some(run) = self.state.chosen_run() else { return };
        let path = format!("run-{}.zip", run.name);
        self.ask_path(PathPrompt {
            title: "Save the package".into(),
            verb: "Save".into(),
            kind: PathKind::Save,
            filter: ("Packages", &["zip"]),
            path,
            then: |path| TrainCommand::SavePackageTo(path).into(),
        });
    }

    pub(super) fn save_package(&mut self, path: PathBuf) {
        let Some(run) = self.state.chosen_run().and_then(|run| run.result.clone()) else { return };
        self.write_run("Package", path, move || Ok(Package::of(&run)?.to_bytes()?));
    }

    fn write_run(
        &mut self,
        what: &'static str,
        path: PathBuf,
        bytes: impl FnOnce() -> Result<Vec<u8>, Problem> + Send + 'static,
    ) {
        let title = format!("Writing {}", path.display());
        let work = move |_: &JobContext<Message>| {
            files::write(&path, &bytes()?)?;
            Ok((what, path))
        };
        self.background
            .several("save run", title, work, |result| Message::Train(TrainMessage::Saved(result)));
    }
}
