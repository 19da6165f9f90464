//! How a panel looks that has nothing to show yet, waits, failed, or has a part only.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align, Align2, Layout, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::format;
use super::icon::Icon;
use super::text::{self, Type};
use super::theme::{measures::RADIUS_POPUP, tokens};
use super::view::View;
use super::widgets::{Button, Chip, Tone, progress_bar};
use super::zone;
use crate::app::commands::WindowCommand;
use crate::jobs::{JobInfo, Problem};

/// What a stage or zone shows while there is nothing: what is missing, how to get it, a button or two.
pub fn empty(ui: &mut Ui, rect: Rect, icon: Icon, missing: &str, how: &str, buttons: impl FnOnce(&mut Ui)) {
    let tokens = tokens(ui);
    let width = rect.width().min(360.0) - 32.0;
    let block = Rect::from_center_size(rect.center(), vec2(width, 150.0)).translate(vec2(0.0, -20.0));
    icon.paint(ui.painter(), pos2(block.center().x, block.top() + 12.0), 24.0, tokens.t3);
    let title = Rect::from_min_size(pos2(block.left(), block.top() + 32.0), vec2(width, 20.0));
    text::put(ui, title, Align2::CENTER_CENTER, missing, Type::Name, tokens.t1);
    let mut job = text::Type::Body.job(how, tokens.t3, width);
    job.wrap = eframe::egui::text::TextWrapping::wrap_at_width(width);
    job.halign = Align::Center;
    let galley = ui.painter().layout_job(job);
    let below = block.top() + 54.0;
    ui.painter().galley(pos2(block.center().x, below), galley.clone(), tokens.t3);
    let words = Rect::from_min_size(pos2(block.left(), below), vec2(width, galley.size().y));
    let named = ui.interact(words, ui.next_auto_id(), Sense::hover());
    ui.skip_ahead_auto_ids(1);
    named.widget_info(|| WidgetInfo::labeled(Role::Label, true, how));
    let row = Rect::from_min_size(pos2(block.left(), words.bottom() + 12.0), vec2(width, 26.0));
    centred(ui, row, "empty buttons", buttons);
}

/// Buttons in the middle of a row: their width is known from the frame before.
fn centred(ui: &mut Ui, row: Rect, name: &str, contents: impl FnOnce(&mut Ui)) {
    let id = ui.scope_id().with((name, row.left() as i32, row.top() as i32));
    let width = ui.data(|data| data.get_temp::<f32>(id)).unwrap_or(row.width());
    let place = Align2::CENTER_CENTER.align_size_within_rect(vec2(width, row.height()), row);
    let layout = Layout::left_to_right(Align::Center);
    let mut child = ui.new_child(UiBuilder::new().max_rect(place).layout(layout));
    child.spacing_mut().item_spacing = vec2(8.0, 0.0);
    contents(&mut child);
    let used = child.min_rect().width();
    if (used - width).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, used));
        ui.ctx().request_repaint();
    }
}

/// What a running job reads: done of all, bar, rate, time left, rejected, and a way to end it.
pub fn reading(ui: &mut Ui, view: &View<'_>, job: &JobInfo, cancel: &str) {
    let tokens = tokens(ui);
    let progress = &job.progress;
    zone::row(ui, 28.0, |ui| {
        let whole = ui.max_rect();
        let title = if progress.detail.is_empty() { &job.title } else { &progress.detail };
        text::put(ui, whole, Align2::LEFT_CENTER, title, Type::Name, tokens.t1);
        if progress.total > 0 {
            let done = format!("{} of {}", format::integer(progress.done), format::integer(progress.total));
            text::put(ui, whole, Align2::RIGHT_CENTER, &done, Type::Number, tokens.t1);
        }
    });
    ui.add_space(4.0);
    progress_bar(ui, &job.title, ui.available_width(), progress.share());
    zone::row(ui, 28.0, |ui| {
        let whole = ui.max_rect();
        text::put(ui, whole, Align2::LEFT_CENTER, &pace(job), Type::Number, tokens.t2);
        if progress.rejected > 0 {
            let rejected = format!("{} rejected", format::integer(progress.rejected));
            text::put(ui, whole, Align2::RIGHT_CENTER, &rejected, Type::Cell, tokens.warn);
        }
    });
    ui.add_space(4.0);
    zone::row(ui, 28.0, |ui| {
        if Button::new(cancel).icon(Icon::X).show(ui).clicked() {
            view.send(WindowCommand::CancelJob(job.id));
        }
    });
}

/// Bytes so far, rate and time left of a job, as far as they are known.
pub fn pace(job: &JobInfo) -> String {
    let seconds = job.elapsed.as_secs_f64();
    let mut words = Vec::new();
    if job.progress.bytes > 0 {
        words.push(format::bytes(job.progress.bytes));
        if seconds > 0.2 {
            words.push(format::byte_rate(job.progress.bytes as f64 / seconds));
        }
    }
    if let Some(share) = job.progress.share().map(f64::from)
        && share > 0.02
        && share < 1.0
        && seconds > 0.2
    {
        words.push(format!("{} left", format::duration_ms(seconds * 1e3 * (1.0 - share) / share)));
    }
    words.join(", ")
}

/// A problem: what failed, why in the broker's own words, what to do next, and a way to take the details along.
pub fn error(ui: &mut Ui, view: &View<'_>, problem: &Problem, buttons: impl FnOnce(&mut Ui)) {
    let tokens = tokens(ui);
    let top = ui.cursor().top();
    Icon::Alert.paint(ui.painter(), pos2(ui.max_rect().left() + 8.0, top + 10.0), 16.0, tokens.bad);
    let inner = Rect::from_min_max(pos2(ui.max_rect().left() + 26.0, top), ui.max_rect().max);
    let mut child = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)));
    child.spacing_mut().item_spacing = vec2(8.0, 2.0);
    text::label(&mut child, &problem.what, Type::Name, tokens.t1);
    if !problem.why.is_empty() {
        text::label(&mut child, &problem.why, Type::Number, tokens.t2);
    }
    if !problem.next.is_empty() {
        text::label(&mut child, &problem.next, Type::Body, tokens.t2);
    }
    child.add_space(8.0);
    zone::row(&mut child, 28.0, |ui| {
        buttons(ui);
        if Button::new("Copy details").ghost().icon(Icon::Copy).show(ui).clicked() {
            view.send(WindowCommand::Copy(problem.to_string(), "the details"));
        }
    });
    let used = child.min_rect();
    ui.allocate_rect(
        Rect::from_min_max(pos2(ui.max_rect().left(), top), pos2(ui.max_rect().right(), used.bottom())),
        Sense::hover(),
    );
}

/// A banner that says why actions are off: the connection is read-only.
pub fn read_only(ui: &mut Ui, connection: &str, refused: &str) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 32.0), Sense::hover());
    ui.painter().rect_filled(rect, 0.0, tokens.bg3);
    Icon::Lock.paint(ui.painter(), pos2(rect.left() + 24.0, rect.center().y), 15.0, tokens.t2);
    let words = Rect::from_min_max(pos2(rect.left() + 40.0, rect.top()), rect.max);
    let said = format!("{connection} is read-only. {refused} refused.");
    text::put(ui, words, Align2::LEFT_CENTER, &said, Type::Body, tokens.t1);
}

/// The chip on everything that was made from a part only: `read in part, 232,254 of 254,369`.
pub fn partial(ui: &mut Ui, have: u64, of: u64) {
    let said = format!("read in part, {} of {}", format::integer(have), format::integer(of));
    Chip::new(&said).tone(Tone::Warn).icon(Icon::Warning).show(ui);
}

/// Rows without content, for the first load of a table or list.
pub fn skeleton(ui: &mut Ui, rows: usize) {
    let tokens = tokens(ui);
    for (row, share) in [0.6, 0.45, 0.7, 0.5].into_iter().cycle().take(rows).enumerate() {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
        if row == 0 {
            response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Loading"));
        }
        let bar = Rect::from_min_size(
            pos2(rect.left() + 16.0, rect.center().y - 3.0),
            vec2((rect.width() - 32.0) * share, 6.0),
        );
        ui.painter().rect_filled(bar, 2.0, tokens.bg3);
    }
}

/// A box with a border, such as one of the lineage of a version.
pub fn boxed<R>(ui: &mut Ui, rect: Rect, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let tokens = tokens(ui);
    let stroke = Stroke::new(1.0, tokens.line2);
    ui.painter().rect(rect, RADIUS_POPUP, tokens.bg2, stroke, StrokeKind::Inside);
    zone::fill(ui, rect.shrink2(vec2(10.0, 8.0)), contents)
}
