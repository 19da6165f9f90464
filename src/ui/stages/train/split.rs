//! The split over the slice's rows in time; its two borders can be dragged.

use eframe::egui::accesskit::Role;
use eframe::egui::{CursorIcon, Id, Key, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use super::parts;
use super::setup::with_shares;
use crate::app::Remote;
use crate::app::commands::TrainCommand;
use crate::app::state::train::SliceFacts;
use crate::kafka::parse_span;
use crate::ui::measures::{PADDING, WidthClass};
use crate::ui::plot::{Axis, Canvas, Plot, Shown};
use crate::ui::text::{self, Type};
use crate::ui::widgets::focus;
use crate::ui::{View, format, states, tokens, zone};

/// Width of the table of parts.
const PARTS: f32 = 210.0;
/// So near to a border the pointer takes it, in points.
const GRIP: f32 = 6.0;
/// Arrows move a border by this share of the rows.
const STEP: f64 = 0.01;

/// Draws the zone at the top.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut zones = zone::Zones::new(ui, rect);
    let wide = if view.width_class(ui) == WidthClass::Full { PARTS } else { 190.0 };
    let table = zones.right(ui, wide);
    parts::show(ui, view, table);
    let rest = zones.rest();
    zone::fill(ui, rect.intersect(rest), |ui| {
        zone::header("Split by time").detail(&gap_in_words(view)).plain(ui);
    });
    let plot = Rect::from_min_max(pos2(rest.left() + PADDING, rest.top() + 46.0), rest.max - vec2(12.0, 4.0));
    match &view.state.train.facts {
        Remote::Ready(facts) => density(ui, view, plot, facts),
        Remote::Failed { problem, .. } => zone::fill(ui, plot, |ui| states::error(ui, view, problem, |_| ())),
        Remote::Pending(_) => zone::fill(ui, plot, |ui| states::skeleton(ui, 3)),
        Remote::NotRequested => {
            let said = "No slice is in memory. The runs below are those of the workspace.";
            text::put(ui, plot, eframe::egui::Align2::LEFT_TOP, said, Type::Body, tokens(ui).t3);
        }
    }
}

fn gap_in_words(view: &View<'_>) -> String {
    match parse_span(&view.state.training().split.gap) {
        Ok(0) | Err(_) => "no gap between the parts".into(),
        Ok(ms) => format!("{} gap, so that no window reaches across", format::duration_ms(ms as f64)),
    }
}

fn density(ui: &mut Ui, view: &View<'_>, rect: Rect, facts: &SliceFacts) {
    let split = &view.state.training().split;
    let shares = [split.train, split.train + split.valid];
    let held = held(ui);
    let shares = match held {
        Some((border, share)) => moved(shares, border, share),
        None => shares,
    };
    let borders = match (view.state.train.split.get(), held) {
        // The job knows where the gaps end; while a border is dragged only its own place is known.
        (Some(split), None) => split.borders,
        _ => {
            let [first, second] = shares.map(|share| facts.time_at(share));
            [first, first, second, second]
        }
    };
    let most = facts.counts.iter().copied().max().unwrap_or(1);
    let x = Axis::times(facts.first, facts.end, view.state.zone());
    let plot = Plot::new("Rows of the slice over time, by part", x, Axis::from_zero(most as f64)).left(38.0);
    let shown = plot.show(ui, rect, |canvas| bars(canvas, facts, borders));
    titles(ui, &shown, borders, split.test > 0.0);
    for (index, name) in
        ["Border of train and validation", "Border of validation and test"].iter().enumerate()
    {
        border(ui, view, &shown, facts, shares, index, name);
    }
}

/// Each part in its colour; rows in a gap are grey.
fn bars(canvas: &mut Canvas<'_>, facts: &SliceFacts, borders: [i64; 4]) {
    let tokens = canvas.tokens();
    let [train_end, valid_begin, valid_end, test_begin] = borders;
    let mut parts: [Vec<(f64, f64, f64)>; 4] = Default::default();
    for (index, count) in facts.counts.iter().enumerate() {
        let from = facts.first + index as i64 * facts.bucket_ms;
        let to = from + facts.bucket_ms;
        let part = if from <= train_end {
            0
        } else if to > valid_begin && from <= valid_end {
            1
        } else if to > test_begin {
            2
        } else {
            3
        };
        if let Some(bars) = parts.get_mut(part) {
            bars.push((from as f64, to as f64, *count as f64));
        }
    }
    let colors = [tokens.series(0), tokens.series(1), tokens.series(2), tokens.bar];
    for (bars, color) in parts.iter().zip(colors) {
        canvas.bars(bars.iter().copied(), color.gamma_multiply(0.42), 0.0);
    }
    for (bars, color) in parts.iter().zip(colors).take(3).filter(|(bars, _)| !bars.is_empty()) {
        canvas.steps(bars, color, 1.0);
    }
}

fn titles(ui: &Ui, shown: &Shown, borders: [i64; 4], test: bool) {
    let tokens = tokens(ui);
    let [_, valid_begin, _, test_begin] = borders;
    let starts =
        [shown.area.left(), shown.at_x(valid_begin as f64) + 8.0, shown.at_x(test_begin as f64) + 8.0];
    let names = ["Train", "Validation", if test { "Test, sealed" } else { "" }];
    let mut free = shown.area.left();
    for (x, name) in starts.into_iter().zip(names) {
        let at = pos2(x.max(free), shown.area.top() - 10.0);
        let taken =
            text::paint(ui.painter(), at, eframe::egui::Align2::LEFT_CENTER, name, Type::Zone, tokens.t1);
        free = taken.right() + 10.0;
    }
}

/// The border that is dragged, with the share of the rows before it.
fn held(ui: &Ui) -> Option<(usize, f64)> {
    ui.data(|data| data.get_temp(held_id()))
}

fn held_id() -> Id {
    Id::unique("dragged border of the split")
}

/// Shares before the two borders, with one of them moved; they do not pass each other.
fn moved(shares: [f64; 2], border: usize, share: f64) -> [f64; 2] {
    let [first, second] = shares;
    if border == 0 { [share.clamp(STEP, second), second] } else { [first, share.clamp(first, 1.0)] }
}

fn border(
    ui: &mut Ui,
    view: &View<'_>,
    shown: &Shown,
    facts: &SliceFacts,
    shares: [f64; 2],
    index: usize,
    name: &str,
) {
    let tokens = tokens(ui);
    let share = shares.get(index).copied().unwrap_or_default();
    let x = shown.at_x(facts.time_at(share) as f64).round();
    let grip = Rect::from_x_y_ranges(x - GRIP..=x + GRIP, shown.area.y_range());
    let response = ui
        .interact(grip, Id::unique(("border of the split", index)), Sense::click_and_drag())
        .on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Slider, true, name);
        info.value = Some(share);
        info
    });
    if response.drag_started() || response.clicked() {
        response.request_focus();
    }
    if let (true, Some(at)) = (response.dragged(), response.interact_pointer_pos()) {
        let share = facts.share_before(shown.x_of(at.x) as i64);
        ui.data_mut(|data| data.insert_temp(held_id(), (index, share)));
    }
    if response.drag_stopped() {
        ui.data_mut(|data| data.remove::<(usize, f64)>(held_id()));
        send(view, shares);
    }
    if focus::takes_arrows(&response) {
        let steps = ui.input(|input| {
            input.num_presses(Key::ArrowRight) as f64 - input.num_presses(Key::ArrowLeft) as f64
        });
        if steps != 0.0 {
            send(view, moved(shares, index, share + steps * STEP));
        }
    }
    let line = Rect::from_x_y_ranges(x - 1.5..=x + 1.5, shown.area.top() - 6.0..=shown.area.bottom());
    ui.painter().rect_filled(line, 0.0, tokens.bg1);
    ui.painter().vline(x, line.y_range(), (1.0, tokens.t1));
    let handle = Rect::from_center_size(pos2(x, shown.area.center().y), vec2(6.0, 18.0));
    ui.painter().rect_filled(handle, 2.0, if response.hovered() { tokens.t1 } else { tokens.t2 });
    focus::ring(ui, &response, handle, 2.0);
}

fn send(view: &View<'_>, [first, second]: [f64; 2]) {
    if let Some(split) = with_shares(&view.state.training().split, first, second - first) {
        view.send(TrainCommand::Split(split));
    }
}
