//! Whatever can be clicked, typed into or reached by Tab has a name, in every stage, popup and dialog, dark and light, at
//! every size; and none of them breaks a stage.

use eframe::egui::Key;
use forebay::app::Stage;
use forebay::app::commands::{
    BrowseCommand, ConnectCommand, LiveCommand, ModelsCommand, PrepareCommand, TrainCommand, WindowCommand,
    WorkspaceCommand,
};
use forebay::app::state::live::Field;
use forebay::learn::TaskKind;
use forebay::workspace::Theme;

use crate::brokers::Kafka;
use crate::harness::Window;
use crate::samples;

const SIZES: [(f32, f32); 3] = [(1440.0, 900.0), (1024.0, 700.0), (900.0, 600.0)];

/// Fails where something in sight has no name; `what` says what is looked at.
#[track_caller]
fn all_named(window: &mut Window, what: &str) {
    let nameless = window.nameless();
    assert!(nameless.is_empty(), "{what}: {nameless:#?}");
}

/// Looks at every stage in both themes and at all sizes, with its left panel as it stands and put away or opened.
fn look_everywhere(window: &mut Window, what: &str) {
    for theme in [Theme::Dark, Theme::Light] {
        window.send(WindowCommand::Theme(theme));
        for (width, height) in SIZES {
            window.resize(width, height);
            for stage in Stage::ALL {
                window.send(WindowCommand::Go(stage));
                for panel in ["", ", other panel"] {
                    all_named(window, &format!("{stage:?} {what}, {theme:?}, {width} x {height}{panel}"));
                    window.ctrl(Key::B);
                }
            }
        }
    }
}

/// A window in which every stage has what it shows: a cluster, a slice, steps, a run, versions, a deployment at work.
fn full() -> Window {
    let kafka = Kafka::shared();
    let (topic, models) = (samples::topic(kafka, 600), samples::model_topic(kafka, 2));
    let mut window = Window::on(kafka);
    window.send(BrowseCommand::Open(topic.clone()));
    window.send(BrowseCommand::WholeTopic);
    window.wait_for("the plan", |window| window.state().browse.plan.get().is_some());
    window.send(BrowseCommand::Read);
    window.wait_for("the slice", |window| window.state().browse.frame.get().is_some());
    window.send(BrowseCommand::Step(0));
    window.wait_for("the columns", |window| window.state().prepare.profile.get().is_some());
    window.send(PrepareCommand::Suggest);
    window.send(WindowCommand::Go(Stage::Train));
    window.send(TrainCommand::Target("arr_delay".into()));
    window.send(TrainCommand::Kind(TaskKind::Regression));
    window.send(TrainCommand::Choose("boosted-trees", false));
    window.send(TrainCommand::Choose("ridge-regression", true));
    window.send(TrainCommand::OpenLearner("ridge-regression"));
    window.wait_for("what training needs", |window| window.offers("Train 1 learner"));
    window.send(TrainCommand::Train);
    window.wait_for("the run", |window| window.state().runs().len() == 1);
    window.send(ModelsCommand::Topic(models.clone()));
    window.wait_for("the models", |window| window.state().models.chosen().is_some());
    window.send(LiveCommand::New);
    window.send(LiveCommand::Type(Field::ModelTopic, models));
    window.send(LiveCommand::Type(Field::Model, "delay@2".into()));
    window.send(LiveCommand::Type(Field::Input, topic.clone()));
    window.send(LiveCommand::Type(Field::Group, format!("score-{topic}")));
    window.send(LiveCommand::FromBeginning(true));
    window.send(LiveCommand::Deploy);
    window.send(WindowCommand::Go(Stage::Live));
    window.wait_for("predictions", |window| {
        window.state().live.session().is_some_and(|session| !session.snapshot.scored.is_empty())
    });
    window
}

#[test]
fn without_data_everything_has_a_name() {
    let mut window = Window::open();
    look_everywhere(&mut window, "without data");
    window.send(ConnectCommand::New);
    window.send(LiveCommand::New);
    window.send(LiveCommand::WantLabels(true));
    look_everywhere(&mut window, "with forms");
}

#[test]
fn with_data_everything_has_a_name() {
    let mut window = full();
    look_everywhere(&mut window, "with data");
    window.send(PrepareCommand::AddLabel);
    window.send(PrepareCommand::LabelFields("carrier".into(), "airline".into()));
    look_everywhere(&mut window, "with a label join");
}

#[test]
fn popups_and_dialogs_have_names_too() {
    let mut window = full();
    let popups: [(&str, WindowCommand); 5] = [
        ("palette", WindowCommand::OpenPalette("")),
        ("jobs", WindowCommand::ToggleJobs),
        ("history", WindowCommand::ToggleHistory),
        ("settings", WindowCommand::ToggleSettings),
        ("help", WindowCommand::ToggleHelp),
    ];
    for (width, height) in SIZES {
        window.resize(width, height);
        for (name, command) in popups.clone() {
            window.send(command);
            all_named(&mut window, name);
            window.press(Key::Escape);
        }
        window.send(WindowCommand::ToggleWorkspaceMenu);
        all_named(&mut window, "workspace menu");
        window.press(Key::Escape);
        window.send(WorkspaceCommand::SaveAs);
        all_named(&mut window, "dialog for a path");
        window.press(Key::Escape);
        window.send(TrainCommand::Publish("1".into()));
        all_named(&mut window, "dialog for a name");
        window.press(Key::Escape);
        window.send(ModelsCommand::Promote);
        all_named(&mut window, "question");
        window.press(Key::Escape);
    }
}

#[test]
fn no_size_breaks_a_stage() {
    let mut window = full();
    for (width, height) in
        [(2560.0, 1440.0), (1280.0, 760.0), (1279.0, 759.0), (640.0, 400.0), (320.0, 200.0)]
    {
        window.resize(width, height);
        for stage in Stage::ALL {
            window.send(WindowCommand::Go(stage));
            assert_eq!(window.state().stage, stage);
        }
    }
}
