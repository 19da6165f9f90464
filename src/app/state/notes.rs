//! The guided notes of the demo: one per stage, which says what to try there. A note that was dismissed stays away, also in
//! later sessions, until all are asked for again.

use super::State;
use crate::app::stage::Stage;

impl State {
    /// Whether what is shown is the demo's.
    pub fn in_demo(&self) -> bool {
        self.demo.is_reached_by(&self.connection.name)
    }

    /// The note of the stage that is shown. There is none outside the demo, and none once it was dismissed.
    pub fn note(&self) -> Option<&'static str> {
        let shown = self.in_demo() && !self.settings.dismissed_notes.contains(&key(self.stage));
        shown.then(|| said(self.stage))
    }

    /// Whether notes were dismissed that could be shown again here.
    pub fn has_dismissed_notes(&self) -> bool {
        self.in_demo() && Stage::ALL.iter().any(|stage| self.settings.dismissed_notes.contains(&key(*stage)))
    }

    pub(in crate::app) fn dismiss_note(&mut self) {
        self.settings.dismissed_notes.insert(key(self.stage));
    }
}

/// The stage's name as the settings keep it.
fn key(stage: Stage) -> String {
    stage.title().to_lowercase()
}

/// What to try in a stage.
fn said(stage: Stage) -> &'static str {
    match stage {
        Stage::Connect => {
            "A Kafka cluster runs inside this window, and the flights that left New York in 2013 are replayed into it. \
             Change the speed under Demo stream, or give the address to any other Kafka client."
        }
        Stage::Browse => {
            "Open flights and drag over the timeline: the plan says what reading that range costs, and Read slice reads \
             exactly those offsets. A few records are broken on purpose, to show what happens to them."
        }
        Stage::Prepare => {
            "A departure does not know yet how late it will arrive: the first step joins arr_delay from flights.arrived by \
             key. Choose a step to change it, then press Check to compare a batch with a stream."
        }
        Stage::Train => {
            "Two runs are here already: choose one to see where it is wrong. Change a learner's settings and train again, \
             then publish the better run as the next version of arrival-delay."
        }
        Stage::Models => {
            "Every version lies in the topic models. Tick two to compare them on the same rows, then promote one to \
             champion: the deployment in Live takes it over without losing a record."
        }
        Stage::Live => {
            "Each departure is scored as it comes, and judged when its arrival comes hours later. Press the replay clock in \
             the status bar to let the hours pass faster, and watch the labels catch up with the predictions."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::state::Settings;

    #[test]
    fn outside_the_demo_there_is_no_note() {
        let state = State::default();
        assert_eq!((state.note(), state.has_dismissed_notes()), (None, false));
    }

    #[test]
    fn a_dismissed_note_is_kept_by_its_stage() {
        let mut state = State { stage: Stage::Train, ..State::default() };
        state.dismiss_note();
        let again = Settings::of(&state.settings.kept());
        assert_eq!(again.dismissed_notes.into_iter().collect::<Vec<_>>(), ["train"]);
    }
}
