//! Stage Connect without a cluster: the form, what is brought in, and what a wrong address says.

use std::net::TcpListener;

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use forebay::app::Stage;
use forebay::app::commands::ConnectCommand;
use forebay::kafka::{Mechanism, Protocol};

use crate::harness::Window;

/// A port of this machine on which nobody listens.
fn dead_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_wrong_address_says_why_and_what_to_do() {
    let mut window = Window::open();
    window.button("New connection");
    window.fill("Name", "staging");
    let address = format!("127.0.0.1:{}", dead_port());
    window.fill("Bootstrap servers", &address);
    window.ctrl(Key::Enter);
    window.wait_for("the failed check", |window| {
        window.state().connect.shown().is_some_and(|shown| shown.check.problem.is_some())
    });

    let problem = window.state().connect.shown().and_then(|shown| shown.check.problem.clone()).unwrap();
    assert!(problem.to_string().contains(&address), "{problem}");
    assert!(!problem.next.is_empty(), "{problem}");
    assert!(window.sees(&problem.next), "{:?}", window.texts());
    assert!(window.sees("failed at TCP") && window.sees("failed"), "{:?}", window.texts());
    assert!(!window.state().connection.is_open());
    assert!(window.is_on(Role::Button, "Check again"));
}

#[test]
fn a_form_without_address_cannot_be_checked_and_says_so() {
    let mut window = Window::open();
    window.send(ConnectCommand::New);
    assert!(!window.is_on(Role::Button, "Connect"));
    window.fill("Bootstrap servers", "kafka-1:9092");
    window.press(Key::Tab);
    assert!(window.is_on(Role::Button, "Connect"));
}

#[test]
fn what_is_typed_is_kept_but_for_secrets() {
    let mut window = Window::open();
    window.send(ConnectCommand::New);
    window.fill("Name", "plant");
    window.fill("Bootstrap servers", "a:9093,b:9093");
    window.click(Role::RadioButton, "SASL_SSL");
    window.fill("User", "ada");
    window.fill("Password", "enigma");
    window.fill("Property name", "client.rack");
    window.fill("Property value", "eu-1");
    window.press(Key::Enter);
    assert!(window.has(Role::Button, "Remove client.rack"));
    let file = window.folder.path().join("connections.toml");
    let written = |file: &std::path::Path| std::fs::read_to_string(file).unwrap_or_default();
    window.wait_for("the connections", |_| written(&file).contains("client.rack"));
    assert!(!written(&file).contains("enigma"));

    let window = Window::open_in(window.close(), 1440.0, 900.0, |_| ());
    let shown = window.state().connect.shown().unwrap();
    assert_eq!((shown.profile.name.as_str(), shown.profile.bootstrap.as_str()), ("plant", "a:9093,b:9093"));
    assert_eq!(shown.profile.security.protocol, Protocol::SaslSsl);
    assert!(shown.secrets.is_empty());
    assert_eq!(window.value("User"), "ada");
}

#[test]
fn two_connections_of_one_name_are_told() {
    let mut window = Window::open();
    window.send(ConnectCommand::New);
    window.fill("Name", "plant");
    window.send(ConnectCommand::New);
    window.fill("Name", "plant");
    assert_eq!(window.state().connect.name_problem(), Some("another connection has this name"));
}

#[test]
fn a_client_properties_is_brought_in_from_a_typed_path() {
    let mut window = Window::open();
    let path = window.folder.path().join("client.properties");
    let jaas = "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"bob\" password=\"hush\";";
    let text = format!(
        "bootstrap.servers=kafka-1:9094\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config={jaas}\n"
    );
    std::fs::write(&path, text).unwrap();
    window.click(Role::ListBoxOption, "client.properties");
    window.fill("Path", &path.display().to_string());
    window.press(Key::Enter);
    window.wait_for("the connection", |window| window.state().connect.shown().is_some());
    let shown = window.state().connect.shown().unwrap();
    assert_eq!(shown.profile.security.mechanism, Mechanism::ScramSha512);
    assert_eq!(
        (shown.profile.security.username.as_str(), shown.secrets.get("sasl.password")),
        ("bob", Some("hush"))
    );
    assert!(!window.sees_part("hush"));
}

#[test]
fn a_connection_is_brought_in_from_the_clipboard() {
    let mut window = Window::open();
    window.click(Role::ListBoxOption, "Connection from clipboard");
    window.paste("bootstrap.servers=kafka-7:9092\n");
    let shown = window.state().connect.shown().unwrap();
    assert_eq!(shown.profile.bootstrap, "kafka-7:9092");
    assert_eq!(window.state().stage, Stage::Connect);
}

#[test]
fn deleting_asks_and_names_what_goes() {
    let mut window = Window::open();
    window.send(ConnectCommand::New);
    window.fill("Name", "plant");
    window.button("Delete connection");
    assert!(window.sees("Delete connection plant?"));
    window.press(Key::Escape);
    assert_eq!(window.state().connect.connections.len(), 1);
    window.send(ConnectCommand::AskDelete);
    window.confirm("Delete connection");
    assert!(window.state().connect.connections.is_empty());
}
