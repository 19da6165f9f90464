//! Reading a slice into memory, and writing it to a file.

use std::path::PathBuf;

use super::keep::CODEC;
use super::{BrowseMessage, export_to};
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::{PathKind, PathPrompt};
use crate::data::{ExportFormat, ReadRequest, export, read};
use crate::jobs::JobContext;

/// The job that reads a slice.
pub const READ_KEY: &str = "read slice";

impl Runtime<'_> {
    /// Reads what the plan resolved to: exactly the offsets that are shown.
    pub(super) fn read_slice(&mut self) {
        let Some(cluster) = self.state.connection.cluster() else { return };
        let Some(plan) = self.state.browse.plan.get() else { return };
        let request = ReadRequest {
            slice: plan.slice.clone(),
            codec: CODEC.into(),
            filter: self.state.browse.filter_text(),
            budget: Some(self.state.settings.memory_budget),
            label: None,
            label_slice: None,
        };
        let digest: String = request.slice.digest().chars().take(6).collect();
        self.state.browse.frame.begin();
        let work =
            move |context: &JobContext<Message>| read(&cluster, &request, &context.progress, &context.cancel);
        self.background.latest(READ_KEY, format!("Reading slice {digest}"), work, |result| {
            Message::Browse(BrowseMessage::Frame(result))
        });
    }

    /// Asks where to write the slice.
    pub(super) fn ask_export(&mut self) {
        let topic = self.state.browse.topic.clone().unwrap_or_default();
        self.ask_path(PathPrompt {
            title: "Export the slice".into(),
            verb: "Export".into(),
            kind: PathKind::Save,
            filter: ("Columns", &["parquet", "arrow", "csv", "jsonl"]),
            path: format!("{topic}.parquet"),
            then: export_to,
        });
    }

    /// Writes the slice to a file.
    pub(super) fn export(&mut self, path: PathBuf) {
        let Some(frame) = self.state.browse.frame.get().cloned() else { return };
        let shown = path.display().to_string();
        let work = move |context: &JobContext<Message>| {
            let format = ExportFormat::of(&path)?;
            export(&frame, &path, format, &context.progress, &context.cancel)?;
            Ok((path, frame.rows() as u64))
        };
        self.background.several("export", format!("Writing {shown}"), work, |result| {
            Message::Browse(BrowseMessage::Exported(result))
        });
    }
}
