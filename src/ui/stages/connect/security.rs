//! The part of the form that says how to talk and sign in.

use eframe::egui::Ui;

use super::form::{AT, edit};
use crate::app::commands::connect::Edit;
use crate::app::state::connect::SavedConnection;
use crate::kafka::{Mechanism, Protocol};
use crate::ui::View;
use crate::ui::theme::measures::PADDING;
use crate::ui::widgets::{Segmented, Select, TextField};
use crate::ui::zone;

const PROTOCOLS: [Protocol; 4] =
    [Protocol::Plaintext, Protocol::Ssl, Protocol::SaslPlaintext, Protocol::SaslSsl];
const MECHANISMS: [Mechanism; 3] = [Mechanism::Plain, Mechanism::ScramSha256, Mechanism::ScramSha512];

/// Draws it.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, shown: &SavedConnection) {
    zone::header("Security").plain(ui);
    zone::padded(ui, PADDING, |ui| {
        protocol(ui, view, shown);
        mechanism(ui, view, shown);
        if shown.profile.security.protocol.signs_in() {
            sign_in(ui, view, shown);
        } else {
            zone::form_row(ui, "Secret", AT, |ui| {
                let off = "a secret is used with the SASL protocols";
                TextField::new("Secret", "").hint("none").off(off).show(ui);
            });
        }
        if has_key(shown) {
            secret(ui, view, shown, "Key password", "ssl.key.password", "FOREBAY_SSL_KEY_PASSWORD");
        }
    });
    ui.add_space(8.0);
}

fn protocol(ui: &mut Ui, view: &View<'_>, shown: &SavedConnection) {
    let words = PROTOCOLS.map(Protocol::as_str).map(str::to_uppercase);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let chosen = PROTOCOLS.iter().position(|protocol| *protocol == shown.profile.security.protocol);
    zone::form_row(ui, "Protocol", AT, |ui| {
        let wide = Segmented::new("Protocol", &words, chosen);
        let new = if wide.measure(ui) <= ui.available_width() {
            wide.show(ui)
        } else {
            Select::new("Protocol", &words, chosen).show(ui)
        };
        if let Some(protocol) = new.and_then(|index| PROTOCOLS.get(index)) {
            edit(view, Edit::Protocol(*protocol));
        }
    });
}

fn mechanism(ui: &mut Ui, view: &View<'_>, shown: &SavedConnection) {
    let security = &shown.profile.security;
    let words = MECHANISMS.map(Mechanism::as_str);
    let used = security.protocol.signs_in();
    let hint = format!("not used with {}", security.protocol.as_str().to_uppercase());
    let chosen = MECHANISMS.iter().position(|mechanism| *mechanism == security.mechanism).filter(|_| used);
    zone::form_row(ui, "Mechanism", AT, |ui| {
        let select =
            Select::new("Mechanism", &words, chosen).hint(&hint).off((!used).then_some(hint.as_str()));
        if let Some(mechanism) = select.show(ui).and_then(|index| MECHANISMS.get(index)) {
            edit(view, Edit::Mechanism(*mechanism));
        }
    });
}

fn sign_in(ui: &mut Ui, view: &View<'_>, shown: &SavedConnection) {
    zone::form_row(ui, "User", AT, |ui| {
        let field = TextField::new("User", &shown.profile.security.username).mono();
        if let Some(username) = field.show(ui).changed {
            edit(view, Edit::Username(username));
        }
    });
    secret(ui, view, shown, "Password", "sasl.password", "FOREBAY_SASL_PASSWORD");
}

/// A secret is typed for the session; the field says from where else it may come.
fn secret(
    ui: &mut Ui,
    view: &View<'_>,
    shown: &SavedConnection,
    name: &'static str,
    property: &'static str,
    variable: &str,
) {
    zone::form_row(ui, name, AT, |ui| {
        let hint = format!("for this session, or {variable}");
        let typed = shown.secrets.get(property).unwrap_or_default();
        if let Some(value) = TextField::new(name, typed).password().hint(&hint).show(ui).changed {
            edit(view, Edit::Secret(property, value));
        }
    });
}

/// Whether the connection signs in with a key of its own, which may have a password.
fn has_key(shown: &SavedConnection) -> bool {
    let names = ["ssl.key.location", "ssl.key.pem", "ssl.keystore.location"];
    shown.profile.security.protocol.is_encrypted()
        && names.iter().any(|name| shown.profile.properties.contains_key(*name))
}
