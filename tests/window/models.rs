//! Stage Models on a real model topic: versions that others publish, aliases, packages in and out.

use eframe::egui::Key;
use eframe::egui::accesskit::Role;
use forebay::app::Stage;
use forebay::jobs::Cancel;
use forebay::kafka::ConnectionProfile;
use forebay::registry::{Package, Registry};

use crate::brokers::{Kafka, unique};
use crate::harness::Window;
use crate::packages::registry;
use crate::samples;

/// A window that shows the models of a topic.
fn window(topic: &str) -> Window {
    let mut window = Window::on(Kafka::shared());
    window.go(Stage::Models);
    // What comes moves the field.
    window.wait_for("the default topic", |window| window.state().models.listing.get().is_some());
    window.enter("Model topic", topic);
    window.wait_for("the models", |window| {
        let models = &window.state().models;
        models.topic == topic && !models.listing.is_pending() && models.listing.get().is_some()
    });
    window
}

/// Waits until an alias of the shown model points there.
#[track_caller]
fn points(window: &mut Window, alias: &str, version: Option<u32>) {
    window.wait_for(&format!("{alias} at {version:?}"), |window| {
        let models = &window.state().models;
        !models.listing.is_pending() && models.aliased(alias) == version
    });
}

/// Makes the chosen version the champion, by keys and the dialog's button.
#[track_caller]
fn promote(window: &mut Window, version: u32) {
    window.ctrl(Key::Enter);
    window.confirm(&format!("Promote {version} to champion"));
    points(window, "champion", Some(version));
}

#[test]
fn a_topic_that_is_not_there_yet_says_how_a_model_gets_into_it() {
    let mut window = window(&unique("models"));
    assert!(window.sees("No model published"), "{:?}", window.texts());
    assert!(window.sees("It is not there yet. Publishing makes it."), "{:?}", window.texts());
    window.button("Go to Train");
    assert_eq!(window.state().stage, Stage::Train);
}

#[test]
fn the_newest_version_is_shown_and_what_others_publish_comes_with_f5() {
    let topic = samples::model_topic(Kafka::shared(), 2);
    let mut window = window(&topic);
    assert!(window.sees("delay") && window.sees("2 versions"), "{:?}", window.texts());
    assert!(window.sees("Version 2 compared with version 1"), "{:?}", window.texts());
    samples::publish_versions(Kafka::shared(), &topic, 1);
    window.press(Key::F5);
    window.wait_for("the third version", |window| window.sees("3 versions"));
    assert_eq!(window.state().models.version, Some(2), "what is looked at stays");

    window.row("3 ");
    window.click(Role::CheckBox, "Compare version 3");
    assert!(window.sees("Version 3 compared with version 2"), "{:?}", window.texts());
    for (tab, part) in [("Card", "Model card"), ("Signature", "dep_delay"), ("Lineage", "seed 42")] {
        window.click(Role::Tab, tab);
        assert!(window.sees_part(part), "{tab}: {:?}", window.texts());
    }
    window.press(Key::Slash);
    assert_eq!(window.focused().as_deref(), Some("Search models"));
    window.type_text("weather");
    assert!(window.sees("No model has this in its name."), "{:?}", window.texts());
}

#[test]
fn the_champion_is_promoted_by_keys_and_rolled_back() {
    let mut window = window(&samples::model_topic(Kafka::shared(), 2));
    window.row("1 ");
    window.ctrl(Key::Enter);
    assert!(window.sees("delay@champion is new and becomes version 1."), "{:?}", window.texts());
    window.press(Key::Escape);
    assert_eq!(window.state().models.aliased("champion"), None, "nothing is written without the button");
    promote(&mut window, 1);
    assert!(!window.is_on(Role::Button, "Promote 1 to champion"));
    window.row("2 ");
    promote(&mut window, 2);
    assert!(window.sees("champion none → 1") && window.sees("champion 1 → 2"), "{:?}", window.texts());

    window.button("Roll back to 1");
    assert!(window.sees("delay@champion is version 2 and becomes version 1."), "{:?}", window.texts());
    window.confirm("Roll back to 1");
    points(&mut window, "champion", Some(1));
}

#[test]
fn an_alias_is_named_refused_and_removed() {
    let mut window = window(&samples::model_topic(Kafka::shared(), 1));
    window.button("Set alias of 1");
    window.fill("Alias", "7");
    assert!(window.sees("an alias begins with a letter"), "{:?}", window.texts());
    assert!(!window.is_on(Role::Button, "Set alias"));
    window.enter("Alias", "night");
    points(&mut window, "night", Some(1));
    assert!(!window.is_on(Role::Button, "Delete version 1"), "an alias points to it");
    window.button("Remove alias night");
    assert!(window.sees("delay@night is version 1. The version stays."), "{:?}", window.texts());
    window.confirm("Remove alias night");
    points(&mut window, "night", None);
}

#[test]
fn deleting_a_version_names_what_goes_and_takes_it_from_the_topic() {
    let topic = samples::model_topic(Kafka::shared(), 2);
    let mut window = window(&topic);
    window.button("Delete version 2");
    assert!(window.sees_part(&format!("is taken from topic {topic}.")), "{:?}", window.texts());
    window.press(Key::Escape);
    assert_eq!(window.state().models.shown().unwrap().versions.len(), 2);
    window.button("Delete version 2");
    window.confirm("Delete version 2");
    window.wait_for("one version", |window| window.sees("1 version"));
    assert_eq!(window.state().models.version, Some(1));
}

#[test]
fn a_package_is_exported_and_imported_as_the_next_version() {
    let topic = samples::model_topic(Kafka::shared(), 1);
    let mut window = window(&topic);
    window.button("Export");
    let path = window.folder.path().join("delay@1.zip");
    window.enter("Path", &path.display().to_string());
    window.wait_for("the file", |window| window.sees("delay@1 exported"));
    let digest = Package::open(&path).unwrap().manifest.digest;

    window.button("Import");
    window.enter("Path", &path.display().to_string());
    assert_eq!(window.value("Model"), "delay", "the name before the @");
    window.press(Key::Enter);
    window.wait_for("the second version", |window| window.sees("2 versions"));
    assert_eq!(window.state().models.chosen().unwrap().manifest.digest, digest);

    std::fs::write(&path, "not a zip").unwrap();
    window.button("Import");
    window.enter("Path", &path.display().to_string());
    window.press(Key::Enter);
    window.wait_for("the refusal", |window| window.sees_part("delay@1.zip") && window.sees_part("not a"));
    let models = registry(&Kafka::shared().connect(), &topic).models(&Cancel::new()).unwrap();
    assert_eq!(models[0].versions.len(), 2);
}

#[test]
fn a_read_only_connection_shows_models_and_refuses_to_change_them() {
    let topic = samples::model_topic(Kafka::shared(), 1);
    let mut window = Window::connected(ConnectionProfile { read_only: true, ..Kafka::shared().profile() });
    window.go(Stage::Models);
    window.enter("Model topic", &topic);
    window.wait_for("the models", |window| window.sees("1 version"));
    assert!(window.sees_part("is read-only."), "{:?}", window.texts());
    for button in ["Promote 1 to champion", "Set alias of 1", "Delete version 1", "Import"] {
        assert!(!window.is_on(Role::Button, button), "{button}");
    }
    assert!(window.is_on(Role::Button, "Export"));
}
