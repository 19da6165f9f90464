//! A value that comes from elsewhere and takes its time: catalogue, timeline, page of records, profile.
//!
//! Panels draw all four states; while a new value is on its way the previous one stays.

use crate::jobs::Problem;

/// A value that a job brings.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Remote<T> {
    /// Nobody asked for it.
    #[default]
    NotRequested,
    /// On its way, with the value that was there before.
    Pending(Option<T>),
    /// There.
    Ready(T),
    /// It could not be had.
    Failed {
        /// Why, and what to do next.
        problem: Problem,
        /// The value that was there before.
        previous: Option<T>,
    },
}

impl<T> Remote<T> {
    /// The newest value that is there, also while another is on its way.
    pub fn get(&self) -> Option<&T> {
        match self {
            Self::NotRequested => None,
            Self::Pending(value) | Self::Failed { previous: value, .. } => value.as_ref(),
            Self::Ready(value) => Some(value),
        }
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::NotRequested => None,
            Self::Pending(value) | Self::Failed { previous: value, .. } => value.as_mut(),
            Self::Ready(value) => Some(value),
        }
    }

    /// Whether it is on its way.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Pending(_))
    }

    /// Whether nobody asked for it yet.
    pub fn is_not_requested(&self) -> bool {
        matches!(self, Self::NotRequested)
    }

    /// Why it could not be had.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Failed { problem, .. } => Some(problem),
            _ => None,
        }
    }

    /// A job has been started for it; the value that is there stays.
    pub fn begin(&mut self) {
        let previous = self.take();
        *self = Self::Pending(previous);
    }

    /// The job has ended. A cancelled one leaves what was there before.
    pub fn finish(&mut self, result: Result<T, Problem>) {
        *self = match (result, self.take()) {
            (Ok(value), _) => Self::Ready(value),
            (Err(problem), Some(previous)) if problem.cancelled => Self::Ready(previous),
            (Err(problem), None) if problem.cancelled => Self::NotRequested,
            (Err(problem), previous) => Self::Failed { problem, previous },
        };
    }

    /// A part of the result came; the job goes on.
    pub fn part(&mut self, value: T) {
        *self = Self::Pending(Some(value));
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self::NotRequested;
    }

    fn take(&mut self) -> Option<T> {
        match std::mem::take(self) {
            Self::NotRequested => None,
            Self::Pending(value) | Self::Failed { previous: value, .. } => value,
            Self::Ready(value) => Some(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_old_value_stays_until_the_new_one_is_there() {
        let mut value = Remote::Ready(1);
        value.begin();
        assert!(value.is_pending());
        assert_eq!(value.get(), Some(&1));
        value.finish(Ok(2));
        assert_eq!(value, Remote::Ready(2));
    }

    #[test]
    fn a_failure_keeps_the_old_value_and_a_cancelled_job_leaves_it_as_it_was() {
        let mut value = Remote::Ready(1);
        value.begin();
        value.finish(Err(Problem::cancelled("reading")));
        assert_eq!(value, Remote::Ready(1));
        value.begin();
        value.finish(Err(Problem::new("reading", "timed out", "try again")));
        assert_eq!(value.get(), Some(&1));
        assert_eq!(value.problem().map(|problem| problem.why.as_str()), Some("timed out"));
    }
}
