//! The top bar: workspace, undo, redo, palette, running job, deployments at work, connection. What does not fit beside the
//! palette's field is cut or left out; the connection is always there.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align, Align2, Layout, Rect, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::app::commands::{WindowCommand, WorkspaceCommand};
use crate::app::{LIVE_JOB, Remote, Stage};
use crate::jobs::JobInfo;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{RADIUS_CONTROL, WidthClass};
use crate::ui::theme::tokens;
use crate::ui::widgets::{focus, text_field};
use crate::ui::{View, format, mark};

/// Draws it.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let tokens = tokens(ui);
    mark::paint(ui.painter(), pos2(rect.left() + 31.0, rect.center().y), tokens);
    let left = Rect::from_min_max(pos2(rect.left() + 56.0, rect.top()), rect.max);
    let mut row = ui.new_child(UiBuilder::new().max_rect(left).layout(Layout::left_to_right(Align::Center)));
    row.spacing_mut().item_spacing = vec2(6.0, 0.0);
    workspace(&mut row, view);
    view.icon_button(&mut row, WorkspaceCommand::Undo);
    view.icon_button(&mut row, WorkspaceCommand::Redo);
    let field = palette_field(ui, view, rect);

    let mut right = rect.with_min_x(field.right() + 8.0);
    connection(ui, view, &mut right);
    deployments(ui, view, &mut right);
    if let Some(job) = view.state.active_jobs().filter(|job| job.key != LIVE_JOB).last() {
        running(ui, view, &mut right, job);
    }
}

fn workspace(ui: &mut Ui, view: &View<'_>) {
    let tokens = tokens(ui);
    let name = view.state.workspace.name();
    let dirty = view.state.workspace.is_dirty();
    let width = text::width(ui, &name, Type::Name) + if dirty { 42.0 } else { 34.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, 26.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Workspace {name}")));
    if response.hovered() {
        ui.painter().rect_filled(rect, RADIUS_CONTROL, tokens.bg3);
    }
    focus::ring(ui, &response, rect, RADIUS_CONTROL);
    let at = pos2(rect.left() + 8.0, rect.center().y);
    let said = text::paint(ui.painter(), at, Align2::LEFT_CENTER, &name, Type::Name, tokens.t1);
    let mut x = said.right() + 13.0;
    if dirty {
        ui.painter().circle_filled(pos2(said.right() + 7.0, rect.center().y), 2.5, tokens.warn);
        x += 6.0;
    }
    Icon::ChevronDown.paint(ui.painter(), pos2(x, rect.center().y), 12.0, tokens.t3);
    let tooltip = if dirty { "There are changes that are not saved" } else { "All is saved" };
    if response.on_hover_text(tooltip).clicked() {
        view.send(WindowCommand::ToggleWorkspaceMenu);
    }
}

fn palette_field(ui: &mut Ui, view: &View<'_>, bar: Rect) -> Rect {
    let tokens = tokens(ui);
    let width = if view.width_class(ui) == WidthClass::Full { 380.0 } else { 280.0 };
    let rect = Rect::from_center_size(bar.center(), vec2(width, 28.0));
    let response = ui.interact(rect, ui.scope_id().with("palette field"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Search or run a command"));
    let border = if response.hovered() { tokens.t4 } else { tokens.line2 };
    ui.painter().rect(rect, RADIUS_CONTROL, tokens.bg1, Stroke::new(1.0, border), StrokeKind::Inside);
    Icon::Search.paint(ui.painter(), pos2(rect.left() + 16.0, rect.center().y), 13.5, tokens.t3);
    let at = pos2(rect.left() + 29.0, rect.center().y);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, "Search or run a command", Type::Body, tokens.t3);
    text_field::key_cap(ui, pos2(rect.right() - 8.0, rect.center().y), "Ctrl K");
    focus::ring(ui, &response, rect, RADIUS_CONTROL);
    if response.clicked() {
        view.send(WindowCommand::OpenPalette(""));
    }
    rect
}

/// The connection at the right end; cuts its width off `bar`.
fn connection(ui: &mut Ui, view: &View<'_>, bar: &mut Rect) {
    let tokens = tokens(ui);
    let connection = &view.state.connection;
    let (color, name, note) = match &connection.cluster {
        Remote::NotRequested => (None, "not connected".to_owned(), String::new()),
        Remote::Pending(_) => (Some(tokens.warn), connection.name.clone(), "connecting".to_owned()),
        Remote::Failed { .. } => (Some(tokens.bad), connection.name.clone(), "failed".to_owned()),
        Remote::Ready(_) => {
            let brokers = connection.catalogue.get().map(|catalogue| catalogue.brokers.len() as u64);
            let note = brokers.map(|brokers| format::count(brokers, "broker", "brokers")).unwrap_or_default();
            (Some(tokens.good), connection.name.clone(), note)
        }
    };
    let locked = connection.read_only().is_some();
    let note = if view.width_class(ui) == WidthClass::Full { note } else { String::new() };
    let note_width = if note.is_empty() { 0.0 } else { text::width(ui, &note, Type::Body) + 8.0 };
    let lock_width = if locked { 20.0 } else { 0.0 };
    let room = bar.width() - 48.0 - note_width - lock_width;
    let name_width = text::width(ui, &name, Type::Name).min(room.max(40.0));
    let width = 16.0 + 16.0 + name_width + note_width + lock_width + 16.0;
    let (rest, rect) = bar.split_left_right_at_x((bar.right() - width).round());
    *bar = rest;
    ui.painter().vline(rect.left() + 0.5, rect.y_range(), (1.0, tokens.line));
    let response = ui.interact(rect, ui.scope_id().with("connection"), Sense::click());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("Connection {name} {note}").trim_end())
    });
    if response.hovered() {
        ui.painter().rect_filled(rect.shrink2(vec2(1.0, 0.0)), 0.0, tokens.bg2);
    }
    let middle = rect.center().y;
    let dot = pos2(rect.left() + 20.0, middle);
    match color {
        Some(color) => ui.painter().circle_filled(dot, 4.0, color),
        None => ui.painter().circle_stroke(dot, 3.4, Stroke::new(1.4, tokens.t3)),
    };
    let place = Rect::from_min_size(pos2(rect.left() + 32.0, rect.top()), vec2(name_width, rect.height()));
    let ink = if color.is_some() { tokens.t1 } else { tokens.t2 };
    let said = text::paint_in(ui.painter(), place, Align2::LEFT_CENTER, &name, Type::Name, ink);
    let mut x = said.right() + 8.0;
    if !note.is_empty() {
        x = text::paint(ui.painter(), pos2(x, middle), Align2::LEFT_CENTER, &note, Type::Body, tokens.t3)
            .right()
            + 8.0;
    }
    if locked {
        Icon::Lock.paint(ui.painter(), pos2(x + 6.0, middle), 14.0, tokens.t2);
    }
    focus::ring_inside(ui, &response, rect);
    if response.clicked() {
        view.send(WindowCommand::Go(Stage::Connect));
    }
}

/// How many deployments are at work; they have no end, so no bar. Leads to them.
fn deployments(ui: &mut Ui, view: &View<'_>, bar: &mut Rect) {
    let tokens = tokens(ui);
    let count = view.state.active_jobs().filter(|job| job.key == LIVE_JOB).count() as u64;
    if count == 0 {
        return;
    }
    let said = format::count(count, "deployment", "deployments");
    let running = "running";
    let words = text::width(ui, &said, Type::Body);
    let width = 16.0 + words + 8.0 + text::width(ui, running, Type::Body) + 16.0;
    if bar.width() < width {
        return;
    }
    let (rest, rect) = bar.split_left_right_at_x((bar.right() - width).round());
    *bar = rest;
    ui.painter().vline(rect.left() + 0.5, rect.y_range(), (1.0, tokens.line));
    let response = ui.interact(rect, ui.scope_id().with("deployments"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{said} {running}")));
    if response.hovered() {
        ui.painter().rect_filled(rect.shrink2(vec2(1.0, 0.0)), 0.0, tokens.bg2);
    }
    let at = pos2(rect.left() + 16.0, rect.center().y);
    let end = text::paint(ui.painter(), at, Align2::LEFT_CENTER, &said, Type::Body, tokens.t1).right() + 8.0;
    let at = pos2(end, rect.center().y);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, running, Type::Body, tokens.good);
    focus::ring_inside(ui, &response, rect);
    if response.clicked() {
        view.send(WindowCommand::Go(Stage::Live));
    }
}

/// The newest running job with its bar; how many more there are. Its title is cut to what room there is.
fn running(ui: &mut Ui, view: &View<'_>, bar: &mut Rect, job: &JobInfo) {
    let tokens = tokens(ui);
    let more = view.state.active_jobs().filter(|job| job.key != LIVE_JOB).count() - 1;
    let more = if more > 0 { format!("+{more}") } else { String::new() };
    let share = job.progress.share();
    let percent = share.map(|share| format!("{:.0} %", share * 100.0)).unwrap_or_default();
    let tail = text::width(ui, &percent, Type::Number) + text::width(ui, &more, Type::Number) + 16.0;
    let others = 16.0 + 8.0 + 56.0 + 8.0 + tail + 16.0;
    let room = bar.width() - others;
    if room < 0.0 {
        return;
    }
    let words = text::width(ui, &job.title, Type::Body).min(220.0).min(room);
    let width = others + words;
    let (rest, rect) = bar.split_left_right_at_x((bar.right() - width).round());
    *bar = rest;
    ui.painter().vline(rect.left() + 0.5, rect.y_range(), (1.0, tokens.line));
    let response = ui.interact(rect, ui.scope_id().with("running job"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Jobs, {}", job.title)));
    if response.hovered() {
        ui.painter().rect_filled(rect.shrink2(vec2(1.0, 0.0)), 0.0, tokens.bg2);
    }
    let middle = rect.center().y;
    let title = Rect::from_min_size(pos2(rect.left() + 16.0, rect.top()), vec2(words, rect.height()));
    text::paint_in(ui.painter(), title, Align2::LEFT_CENTER, &job.title, Type::Body, tokens.t1);
    let track = Rect::from_min_size(pos2(title.right() + 8.0, middle - 2.0), vec2(56.0, 4.0));
    ui.painter().rect_filled(track, 2.0, tokens.bg4);
    let done = Rect::from_min_size(track.min, vec2(track.width() * share.unwrap_or(0.33), 4.0));
    ui.painter().rect_filled(done, 2.0, if share.is_some() { tokens.accent } else { tokens.t4 });
    let at = pos2(track.right() + 8.0, middle);
    let said = text::paint(ui.painter(), at, Align2::LEFT_CENTER, &percent, Type::Number, tokens.t1);
    let at = pos2(said.right() + 8.0, middle);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, &more, Type::Number, tokens.t3);
    focus::ring_inside(ui, &response, rect);
    if response.clicked() {
        view.send(WindowCommand::ToggleJobs);
    }
}
