//! What to do about an error of the cluster: give up, or take back and try again, later each time.

use std::time::Duration;

use crate::kafka::KafkaError;

/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(5);
const SHORTEST: Duration = Duration::from_millis(50);
/// Attempts in a row, with nothing committed between them, at what is not known to pass by itself.
const ATTEMPTS: u32 = 12;

/// Attempts since the last commit.
#[derive(Debug, Default)]
pub(super) struct Recovery {
    attempts: u32,
    /// Those that were not for a cluster that was away: a long outage must not use up the patience with what follows it.
    unclear: u32,
}

/// What an error means for a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    /// The cluster is away; it is waited for, however long.
    Away,
    /// The group or another writer was faster; at once again.
    Overtaken,
    /// Perhaps it passes.
    Unclear,
    /// It will not pass.
    Final,
}

pub(super) fn severity(error: &KafkaError) -> Severity {
    match error {
        KafkaError::Unreachable { .. } | KafkaError::TimedOut { .. } => Severity::Away,
        KafkaError::Rebalanced { .. } | KafkaError::Fenced { .. } => Severity::Overtaken,
        // A broker that stops may break off a handshake.
        KafkaError::Stopped { .. } | KafkaError::Tls { .. } | KafkaError::Other { .. } => Severity::Unclear,
        _ => Severity::Final,
    }
}

impl Recovery {
    /// Something was committed: all is well.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }

    /// Whether it is worth another attempt.
    pub(super) fn may_retry(&self, error: &KafkaError) -> bool {
        match severity(error) {
            Severity::Away => true,
            Severity::Overtaken | Severity::Unclear => self.unclear < ATTEMPTS,
            Severity::Final => false,
        }
    }

    /// How long to wait before the next attempt, after this error.
    pub(super) fn next_pause(&mut self, error: &KafkaError) -> Duration {
        if severity(error) != Severity::Away {
            self.unclear += 1;
        }
        let pause = SHORTEST.saturating_mul(1 << self.attempts.min(10)).min(LONGEST);
        self.attempts += 1;
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_will_not_pass_is_not_tried_again() {
        let recovery = Recovery::default();
        assert!(!recovery.may_retry(&KafkaError::NoTopic { topic: "flights".into() }));
        assert!(!recovery.may_retry(&KafkaError::ReadOnly { connection: "a".into(), action: "b".into() }));
    }

    #[test]
    fn a_cluster_that_is_away_is_waited_for_and_others_get_a_bounded_number_of_attempts() {
        let mut recovery = Recovery::default();
        let fenced = KafkaError::Fenced { what: "transaction".into() };
        let handshake = KafkaError::Tls { bootstrap: "b:1".into(), why: String::new(), next: String::new() };
        let away =
            KafkaError::Unreachable { bootstrap: "b:1".into(), why: String::new(), next: String::new() };
        for _ in 0..100 {
            assert!(recovery.may_retry(&away));
            assert!(recovery.next_pause(&away) <= LONGEST);
        }
        for _ in 0..ATTEMPTS {
            assert!(recovery.may_retry(&fenced), "an outage before does not count");
            assert!(recovery.may_retry(&handshake));
            recovery.next_pause(&fenced);
        }
        assert!(!recovery.may_retry(&fenced));
        assert!(!recovery.may_retry(&handshake));
        assert!(recovery.may_retry(&away));
        recovery.succeeded();
        assert!(recovery.may_retry(&fenced));
    }
}
