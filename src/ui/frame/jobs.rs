//! The job list, under the top bar's job.

use eframe::egui::{Align2, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::overlay::{Behind, popup};
use crate::app::commands::WindowCommand;
use crate::jobs::{JobInfo, JobState};
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::{measures::TOP_BAR, tokens};
use crate::ui::widgets::{IconButton, progress_bar};
use crate::ui::{View, format, states, zone};

const WIDTH: f32 = 440.0;

/// Draws it.
pub(super) fn show(ui: &Ui, view: &View<'_>, window: Rect) {
    let at = pos2(window.right() - WIDTH - 14.0, window.top() + TOP_BAR + 4.0);
    popup(ui, view, "Jobs", at, WIDTH, Behind::Clear, |ui| {
        let running = view.state.active_jobs().count();
        let detail = if running > 0 { format!("{running} running") } else { String::new() };
        zone::header("Jobs").detail(&detail).tall().line().show(ui, |ui| {
            if view.state.jobs.len() > running {
                view.button_as(ui, WindowCommand::ClearJobs, |button| button.ghost().small());
            }
        });
        if view.state.jobs.is_empty() {
            note(ui, "Nothing has run yet.");
        }
        ScrollArea::vertical().max_height((window.height() - 160.0).max(120.0)).show(ui, |ui| {
            for job in view.state.jobs.iter().rev() {
                row(ui, view, job);
                zone::line(ui);
            }
        });
    });
}

fn note(ui: &mut Ui, said: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 48.0), Sense::hover());
    let inner = rect.shrink2(vec2(16.0, 0.0));
    text::put(ui, inner, Align2::LEFT_CENTER, said, Type::Body, tokens(ui).t3);
}

fn row(ui: &mut Ui, view: &View<'_>, job: &JobInfo) {
    ui.add_space(8.0);
    zone::padded(ui, 16.0, |ui| {
        ui.push_id(job.id, |ui| {
            head(ui, view, job);
            if job.is_active() {
                ui.add_space(2.0);
                progress_bar(ui, &job.title, ui.available_width(), job.progress.share());
                ui.add_space(4.0);
            }
            let tokens = tokens(ui);
            text::label(ui, &detail(job), Type::Cell, tokens.t3);
        });
    });
    ui.add_space(8.0);
}

fn head(ui: &mut Ui, view: &View<'_>, job: &JobInfo) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 24.0), Sense::hover());
    let mut right = rect.right();
    let state = match &job.state {
        JobState::Done => Some((Icon::CheckCircle, "done", tokens.good)),
        JobState::Failed(_) => Some((Icon::Alert, "failed", tokens.bad)),
        JobState::Cancelled => Some((Icon::X, "cancelled", tokens.t3)),
        _ => None,
    };
    if let Some((icon, word, color)) = state {
        let said = text::put(ui, rect, Align2::RIGHT_CENTER, word, Type::Cell, color).rect;
        icon.paint(ui.painter(), pos2(said.left() - 12.0, rect.center().y), 14.0, color);
        right = said.left() - 24.0;
    } else {
        let place = Rect::from_center_size(pos2(right - 12.0, rect.center().y), vec2(24.0, 24.0));
        let off = (job.state == JobState::Ending).then_some("it is ending");
        let name = format!("Cancel {}", job.title);
        let button = |ui: &mut Ui| IconButton::new(Icon::X, &name).size(vec2(24.0, 24.0)).off(off).show(ui);
        if ui.put(place, button).clicked() {
            view.send(WindowCommand::CancelJob(job.id));
        }
        right = place.left() - 8.0;
        if let Some(share) = job.progress.share() {
            let said = format!("{:.0} %", share * 100.0);
            let words = rect.with_max_x(right);
            right =
                text::put(ui, words, Align2::RIGHT_CENTER, &said, Type::Number, tokens.t1).rect.left() - 8.0;
        }
    }
    text::put(ui, rect.with_max_x(right), Align2::LEFT_CENTER, &job.title, Type::Name, tokens.t1);
}

/// The line below a job's name.
fn detail(job: &JobInfo) -> String {
    match &job.state {
        JobState::Waiting => "waits for the one before".into(),
        JobState::Ending => "is ending".into(),
        JobState::Running => {
            let pace = states::pace(job);
            let words = [job.progress.detail.as_str(), pace.as_str()];
            words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(", ")
        }
        JobState::Done | JobState::Cancelled => {
            format!("after {}", format::duration_ms(job.elapsed.as_secs_f64() * 1e3))
        }
        JobState::Failed(problem) => problem.why.clone(),
    }
}
