//! The chosen version: tabs, and its card.

use eframe::egui::{Rect, Ui, pos2};

use super::{lineage, signature, version_name};
use crate::app::commands::ModelsCommand;
use crate::app::state::models::ModelTab;
use crate::registry::VersionInfo;
use crate::ui::measures::PADDING;
use crate::ui::stages::alias_tone;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Chip, Tabs};
use crate::ui::{View, tokens, zone};

/// Height of the header with its tabs.
const HEADER: f32 = 40.0;

/// Draws the zone.
pub(super) fn card(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let Some(version) = view.state.models.chosen() else { return };
    let (head, body) = rect.split_top_bottom_at_y(rect.top() + HEADER);
    zone::fill(ui, head, |ui| header(ui, view, version));
    match view.state.models.tab {
        ModelTab::Lineage => lineage::lineage(ui, view, body, version),
        ModelTab::Card => markdown(ui, view, body),
        ModelTab::Signature => signature::signature(ui, view, body, version),
    }
}

fn header(ui: &mut Ui, view: &View<'_>, version: &VersionInfo) {
    let whole = ui.max_rect();
    zone::padded(ui, PADDING, |ui| {
        zone::row(ui, HEADER - 1.0, |ui| {
            let tokens = tokens(ui);
            text::label(ui, &version_name(version), Type::Zone, tokens.t1);
            for alias in &version.aliases {
                Chip::new(alias).tone(alias_tone(alias, tokens)).show(ui);
            }
            ui.add_space(4.0);
            let names = ModelTab::ALL.map(ModelTab::title);
            let chosen = ModelTab::ALL.iter().position(|tab| *tab == view.state.models.tab).unwrap_or(0);
            let tab = Tabs::new(&names, chosen).show(ui).and_then(|index| ModelTab::ALL.get(index));
            if let Some(tab) = tab {
                view.send(ModelsCommand::Tab(*tab));
            }
        });
    });
    ui.painter().hline(whole.x_range(), whole.bottom() - 0.5, (1.0, tokens(ui).line));
}

/// The card's Markdown: headings as headings, everything else as it is written.
fn markdown(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let inner =
        Rect::from_min_max(pos2(rect.left() + PADDING, rect.top()), pos2(rect.right(), rect.bottom()));
    zone::scroll(ui, inner, "model card", |ui| {
        ui.add_space(10.0);
        let tokens = tokens(ui);
        for line in &view.state.models.card {
            match line.trim_start_matches('#').trim_start() {
                "" => ui.add_space(8.0),
                heading if line.starts_with("# ") => {
                    text::label(ui, heading, Type::Title, tokens.t1);
                }
                heading if line.starts_with("## ") => {
                    text::label(ui, heading, Type::Zone, tokens.t1);
                }
                _ => {
                    text::label(ui, line, Type::Number, tokens.t2);
                }
            }
        }
        ui.add_space(12.0);
    });
}
