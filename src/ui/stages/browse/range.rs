//! The fields of the range: what the ends are, the ends themselves, partitions, snap.

use eframe::egui::Ui;

use crate::app::commands::BrowseCommand;
use crate::app::state::browse::{RangeBy, Snap};
use crate::kafka::{PartitionId, Timeline};
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Segmented, Select, TextField};
use crate::ui::{View, tokens, zone};

/// Width of a field that holds a time.
const TIME: f32 = 136.0;

/// Draws the fields in a row.
pub(super) fn fields(ui: &mut Ui, view: &View<'_>) {
    let range = &view.state.browse.range;
    zone::row(ui, 42.0, |ui| {
        let kinds = RangeBy::ALL.map(RangeBy::title);
        let chosen = RangeBy::ALL.iter().position(|kind| *kind == range.by);
        if let Some(index) = Select::new("Range by", &kinds, chosen).fit(ui).show(ui)
            && let Some(kind) = RangeBy::ALL.get(index)
        {
            view.send(BrowseCommand::RangeBy(*kind));
        }
        let last = range.by == RangeBy::Last;
        text::label(ui, if last { "the last" } else { "from" }, Type::Body, tokens(ui).t3);
        let from = TextField::new("From", &range.from)
            .hint(range.by.hint())
            .error(range.from_problem.as_deref())
            .mono()
            .width(TIME)
            .show(ui);
        if let Some(text) = from.committed {
            view.send(BrowseCommand::TypeFrom(text));
        }
        if !last {
            text::label(ui, "to", Type::Body, tokens(ui).t3);
            let to = TextField::new("To", &range.to)
                .hint("end")
                .error(range.to_problem.as_deref())
                .mono()
                .width(TIME)
                .show(ui);
            if let Some(text) = to.committed {
                view.send(BrowseCommand::TypeTo(text));
            }
        }
        partitions(ui, view);
        if ui.available_width() > 180.0 {
            text::label(ui, "snap to", Type::Body, tokens(ui).t3);
            let chosen = Snap::ALL.iter().position(|snap| *snap == range.snap);
            if let Some(index) = Segmented::new("Snap to", &Snap::TITLES, chosen).small().show(ui)
                && let Some(snap) = Snap::ALL.get(index)
            {
                view.send(BrowseCommand::Snap(*snap));
            }
        }
    });
}

fn partitions(ui: &mut Ui, view: &View<'_>) {
    let Some(timeline) = view.state.browse.timeline.get() else { return };
    let numbers: Vec<PartitionId> = partition_numbers(timeline);
    if numbers.len() < 2 {
        return;
    }
    let mut options = vec!["All partitions".to_owned()];
    options.extend(numbers.iter().map(|number| format!("Only {number}")));
    let chosen = match view.state.browse.range.partitions.as_deref() {
        Some([only]) => numbers.iter().position(|number| number == only).map(|index| index + 1),
        _ => Some(0),
    };
    if let Some(index) = Select::new("Partitions", &options, chosen).fit(ui).show(ui) {
        let only = index.checked_sub(1).and_then(|index| numbers.get(index)).map(|number| vec![*number]);
        view.send(BrowseCommand::Partitions(only));
    }
}

fn partition_numbers(timeline: &Timeline) -> Vec<PartitionId> {
    timeline.partitions.iter().map(|row| row.partition).collect()
}
