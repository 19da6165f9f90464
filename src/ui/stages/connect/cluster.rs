//! What is on the cluster: brokers and topics.

use eframe::egui::{Rect, Ui};

use crate::app::commands::ConnectCommand;
use crate::kafka::{Catalogue, TopicSummary};
use crate::ui::table::{Cell, Column, Table};
use crate::ui::zone::{self, Zones};
use crate::ui::{View, format};
use crate::workspace::Workspace;

/// Draws it.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let Some(catalogue) = view.state.connection.catalogue.get() else { return };
    let mut zones = Zones::new(ui, rect);
    let height = (32.0 + 26.0 + catalogue.brokers.len() as f32 * 24.0 + 8.0).min(rect.height() * 0.4);
    brokers(ui, zones.top(ui, height), catalogue);
    topics(ui, view, zones.rest(), catalogue);
}

fn brokers(ui: &mut Ui, rect: Rect, catalogue: &Catalogue) {
    zone::fill(ui, rect, |ui| {
        let id = format!("cluster {}", catalogue.cluster_id);
        zone::header("Brokers").numbers(&id).plain(ui);
        let columns = [
            Column::number("id", 60.0),
            Column::text("address", 220.0).grow(),
            Column::number("leads", 80.0),
        ];
        let table = Table::new("Brokers").columns(&columns).rows(catalogue.brokers.len() as u64).facts();
        table.show(ui, |cell| {
            let Some(broker) = catalogue.brokers.get(cell.row() as usize) else { return };
            match cell.column() {
                0 => cell.number(&broker.id.to_string()),
                1 => cell.number(&broker.address),
                _ => cell.number(&format::integer(broker.leads as u64)),
            }
        });
    });
}

fn topics(ui: &mut Ui, view: &View<'_>, rect: Rect, catalogue: &Catalogue) {
    let shown: Vec<&TopicSummary> = catalogue.topics.iter().filter(|topic| !topic.internal).collect();
    let internal = catalogue.topics.len() - shown.len();
    let columns = [
        Column::text("topic", 180.0).grow(),
        Column::number("partitions", 80.0),
        Column::number("records", 96.0),
        Column::text("used for", 120.0),
    ];
    let workspace = view.state.workspace.get();
    zone::fill(ui, rect, |ui| {
        let detail = format!("{}, and {internal} internal", shown.len());
        zone::header("Topics").detail(&detail).tall().show(ui, |ui| {
            view.icon_button(ui, ConnectCommand::Refresh);
        });
        let table = Table::new("Topics").columns(&columns).rows(shown.len() as u64).facts();
        table.show(ui, |cell| {
            if let Some(topic) = shown.get(cell.row() as usize) {
                topic_cell(cell, topic, workspace);
            }
        });
    });
}

fn topic_cell(cell: &mut Cell<'_>, topic: &TopicSummary, workspace: &Workspace) {
    match cell.column() {
        0 => cell.number(&topic.name),
        1 => cell.number(&format::integer(topic.partitions.len() as u64)),
        2 if topic.problem.is_some() => cell.rejected("not known"),
        2 => cell.number(&format::integer(topic.records())),
        _ => cell.quiet(&used_for(&topic.name, workspace)),
    }
}

/// What the workspace does with a topic.
fn used_for(topic: &str, workspace: &Workspace) -> String {
    let slices =
        workspace.slices.iter().filter(|saved| saved.slice.topics.iter().any(|part| part.topic == topic));
    let deployments = workspace.deployments.iter().filter(|saved| {
        let request = &saved.request;
        request.input == topic || request.output == topic || request.dead_letter.as_deref() == Some(topic)
    });
    let counts = [
        (slices.count() as u64, "slice", "slices"),
        (deployments.count() as u64, "deployment", "deployments"),
    ];
    let words = counts.into_iter().filter(|(count, ..)| *count > 0);
    words.map(|(count, one, many)| format::count(count, one, many)).collect::<Vec<_>>().join(", ")
}
