//! What was said to the user: shown for a moment, kept in the history.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::app::commands::Command;
use crate::jobs::Problem;

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Done as asked.
    Good,
    /// For information.
    Info,
    /// Needs a look.
    Warn,
    /// Failed.
    Bad,
}

/// Something that was said.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Its number.
    pub id: u64,
    /// How grave it is.
    pub level: Level,
    /// What, in a few words.
    pub title: String,
    /// The rest.
    pub detail: String,
    /// When, ms since 1970.
    pub at: i64,
    /// A button to go on with: its text and what it does.
    pub action: Option<(String, Command)>,
    /// Until when it lies over the window; `None` until it is dismissed.
    until: Option<Instant>,
    shown: bool,
}

/// All that was said.
#[derive(Debug, Default)]
pub struct Notifications {
    all: Vec<Notification>,
    last_id: u64,
    unread: usize,
}

impl Notifications {
    /// A toast stays so long; errors stay until they are dismissed.
    const SHOWN: Duration = Duration::from_secs(6);
    /// Toasts shown at most.
    const TOASTS: usize = 3;
    /// Notifications kept at most.
    const KEPT: usize = 500;

    /// Done as asked.
    pub fn good(&mut self, title: impl Into<String>, detail: impl Into<String>) {
        self.push(Level::Good, title.into(), detail.into(), None);
    }

    /// For information.
    pub fn info(&mut self, title: impl Into<String>, detail: impl Into<String>) {
        self.push(Level::Info, title.into(), detail.into(), None);
    }

    /// Needs a look.
    pub fn warn(&mut self, title: impl Into<String>, detail: impl Into<String>) {
        self.push(Level::Warn, title.into(), detail.into(), None);
    }

    /// Something that needs no toast: it stands in the status bar and in the history.
    pub fn quiet(&mut self, title: impl Into<String>) {
        self.push(Level::Info, title.into(), String::new(), None);
        if let Some(newest) = self.all.last_mut() {
            newest.shown = false;
        }
    }

    /// A problem; says nothing of one that the user cancelled.
    pub fn problem(&mut self, problem: &Problem) {
        if !problem.cancelled {
            self.push(Level::Bad, problem.what.clone(), problem_detail(problem), None);
        }
    }

    /// Something with a button to go on with.
    pub fn with_action(
        &mut self,
        level: Level,
        title: impl Into<String>,
        detail: impl Into<String>,
        button: impl Into<String>,
        command: impl Into<Command>,
    ) {
        self.push(level, title.into(), detail.into(), Some((button.into(), command.into())));
    }

    fn push(&mut self, level: Level, title: String, detail: String, action: Option<(String, Command)>) {
        self.last_id += 1;
        let until = (level != Level::Bad).then(|| Instant::now() + Self::SHOWN);
        let at = Timestamp::now().as_millisecond();
        let id = self.last_id;
        self.all.push(Notification { id, level, title, detail, at, action, until, shown: true });
        self.unread += 1;
        if self.all.len() > Self::KEPT {
            self.all.remove(0);
        }
    }

    /// All, oldest first.
    pub fn all(&self) -> &[Notification] {
        &self.all
    }

    /// The newest.
    pub fn newest(&self) -> Option<&Notification> {
        self.all.last()
    }

    /// How many came since the history was last opened.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// The history was opened.
    pub fn mark_read(&mut self) {
        self.unread = 0;
    }

    /// Those that lie over the window now, oldest first.
    pub fn toasts(&self) -> Vec<&Notification> {
        let mut toasts: Vec<_> =
            self.all.iter().rev().filter(|notification| notification.shown).take(Self::TOASTS).collect();
        toasts.reverse();
        toasts
    }

    /// Takes one off the window.
    pub fn dismiss(&mut self, id: u64) {
        if let Some(notification) = self.all.iter_mut().find(|notification| notification.id == id) {
            notification.shown = false;
        }
    }

    /// Takes those off the window whose time is over; says how long until the next one's is.
    pub fn expire(&mut self, now: Instant) -> Option<Duration> {
        let mut next = None;
        for notification in self.all.iter_mut().filter(|notification| notification.shown) {
            match notification.until {
                Some(until) if until <= now => notification.shown = false,
                Some(until) => next = Some(next.map_or(until, |other: Instant| other.min(until))),
                None => {}
            }
        }
        next.map(|until| until.saturating_duration_since(now))
    }

    /// Empties the history.
    pub fn clear(&mut self) {
        self.all.clear();
        self.unread = 0;
    }
}

fn problem_detail(problem: &Problem) -> String {
    match (problem.why.is_empty(), problem.next.is_empty()) {
        (false, false) => format!("{}. {}", problem.why, problem.next),
        (false, true) => problem.why.clone(),
        (true, _) => problem.next.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stay_and_others_leave_the_window_but_not_the_history() {
        let mut notifications = Notifications::default();
        notifications.good("Version 7 published", "3 records");
        notifications.problem(&Problem::new("Reading flights", "timed out", "Try again"));
        assert!(notifications.expire(Instant::now()).is_some());
        assert_eq!(notifications.toasts().len(), 2);

        assert_eq!(notifications.expire(Instant::now() + Duration::from_secs(7)), None);
        let toasts = notifications.toasts();
        assert_eq!(toasts.len(), 1);
        assert_eq!((toasts[0].level, toasts[0].detail.as_str()), (Level::Bad, "timed out. Try again."));
        assert_eq!(notifications.all().len(), 2);
    }

    #[test]
    fn what_the_user_cancelled_is_not_told() {
        let mut notifications = Notifications::default();
        notifications.problem(&Problem::cancelled("Reading flights"));
        assert!(notifications.all().is_empty());
    }
}
