//! What a person reads of the commands of stage Train.

use super::TrainCommand;
use crate::app::commands::About;
use crate::app::state::State;
use crate::app::state::train::Preparation;
use crate::ui::Icon;
use crate::ui::format;

/// `None` for edits that a control sends.
pub(super) fn about(command: &TrainCommand, state: &State) -> Option<About> {
    Some(match command {
        TrainCommand::Train => {
            let count = state.chosen_learners().len() as u64;
            let steps = state.train.preparation.as_ref().map_or("", Preparation::title);
            let help = format!("Fits each on the train part, prepared by {steps}, one run each");
            About::new(format!("Train {}", format::count(count, "learner", "learners")), help)
                .icon(Icon::Play)
        }
        TrainCommand::Stop(name) => {
            About::new(format!("Stop run {name}"), "Ends the training; nothing of it is kept")
                .icon(Icon::Stop)
        }
        TrainCommand::Dismiss(name) => {
            About::new(format!("Dismiss run {name}"), "Takes the failed run from the leaderboard")
                .icon(Icon::X)
        }
        TrainCommand::OpenTest(_) => {
            let help = "Shows the run on the test part; what was chosen by looking at it is no longer a test";
            About::new("Open test", help).icon(Icon::Lock)
        }
        TrainCommand::Repeat(name) => {
            let help = "Trains the same run file on the same slice again and compares metrics and digest";
            About::new(format!("Repeat run {name}"), help).icon(Icon::Refresh)
        }
        TrainCommand::Publish(_) => {
            About::new("Publish", "Writes the package to the model topic as a new version").icon(Icon::Box)
        }
        TrainCommand::SaveRunFile => {
            About::new("Save run file", "Writes the run as TOML, for forebay train and for others")
                .icon(Icon::File)
        }
        TrainCommand::SavePackage => {
            About::new("Save package", "Writes model and preparation to a file").icon(Icon::Download)
        }
        TrainCommand::Delete(name) => {
            About::new(format!("Delete run {name}"), "Takes the run from the workspace; undo brings it back")
                .icon(Icon::Trash)
        }
        _ => return None,
    })
}
