//! Stage Connect: a cluster that answers. The list of connections, the form of the one that is shown, its check, and what is
//! on the cluster.

mod check;
mod cluster;
mod demo;
mod form;
mod list;
mod properties;
mod security;

use eframe::egui::{Rect, Ui};

use crate::app::Remote;
use crate::app::commands::{ConnectCommand, DemoCommand};
use crate::app::state::connect::SavedConnection;
use crate::ui::theme::measures::WidthClass;
use crate::ui::widgets::Tone;
use crate::ui::zone::Zones;
use crate::ui::{Icon, StageBar, View, states};

/// What the stage bar says.
pub(super) fn bar(view: &View<'_>) -> StageBar {
    let Some(shown) = view.state.connect.shown() else { return StageBar::new("Connect") };
    let profile = &shown.profile;
    let mut bar = StageBar::new(&profile.name);
    bar = match standing(view, shown) {
        Standing::Open => bar.state("connected", Tone::Good, Icon::CheckCircle),
        Standing::Checking => bar.state("checking", Tone::Neutral, Icon::Clock),
        Standing::Failed => bar.state("failed", Tone::Bad, Icon::Alert),
        Standing::Closed => bar.chip("not connected", Tone::Neutral),
    };
    if profile.read_only {
        bar = bar.state("read-only", Tone::Neutral, Icon::Lock);
    }
    let facts = match demo::is_demo(view, shown) {
        true => "embedded broker, in this window's process",
        false => &profile.bootstrap,
    };
    bar = bar.facts(facts);
    if view.state.is_connected_to(&profile.name) {
        bar = bar.button(ConnectCommand::Disconnect).button(ConnectCommand::CheckAgain);
    }
    bar
}

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Open,
    Checking,
    Failed,
    Closed,
}

fn standing(view: &View<'_>, connection: &SavedConnection) -> Standing {
    if connection.check.running {
        Standing::Checking
    } else if view.state.is_connected_to(&connection.profile.name) {
        Standing::Open
    } else if connection.check.problem.is_some() {
        Standing::Failed
    } else {
        Standing::Closed
    }
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let mut zones = Zones::new(ui, rect);
    view.left_panel(ui, &mut zones, "connect list", 264.0, |ui, rect| list::show(ui, view, rect));
    if demo::starting(ui, view, zones.rest()) {
        return;
    }
    let Some(shown) = view.state.connect.shown() else {
        return nothing(ui, view, zones.rest());
    };
    let full = view.width_class(ui) == WidthClass::Full;
    let form = if full { 540.0 } else { (zones.rest().width() * 0.5).min(420.0) };
    let form = zones.resizable_left(ui, "connect form", form, 320.0..=640.0);
    form::show(ui, view, form, shown);
    right(ui, view, zones.rest(), shown);
}

fn nothing(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let how = "Start the demo cluster, or paste a client.properties.";
    states::empty(ui, rect, Icon::Plug, "No connection yet", how, |ui| {
        view.button(ui, DemoCommand::Start);
        view.button(ui, ConnectCommand::ImportClipboard);
    });
}

fn right(ui: &mut Ui, view: &View<'_>, rect: Rect, shown: &SavedConnection) {
    let mut zones = Zones::new(ui, rect);
    if shown.check.steps.is_empty() && !shown.check.running && shown.check.problem.is_none() {
        let how = "Connect checks address, TCP, TLS, sign-in and what this user may do, one after the other.";
        return states::empty(ui, rect, Icon::CheckCircle, "Not checked yet", how, |ui| {
            view.button(ui, ConnectCommand::Connect);
        });
    }
    let height = check::height(ui, shown, rect.width()).min(rect.height());
    check::show(ui, view, zones.top(ui, height), shown);
    let open = view.state.is_connected_to(&shown.profile.name);
    match (&view.state.connection.catalogue, open) {
        (Remote::NotRequested, _) | (_, false) => check::failure(ui, view, zones.rest(), shown),
        _ => cluster::show(ui, view, zones.rest()),
    }
}
