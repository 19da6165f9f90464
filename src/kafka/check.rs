//! The connection check: one step after the other, each with what was really tried.
//!
//! In: a profile with its secrets. Out: a [`CheckResult`] per step, as it comes, and the opened [`Cluster`] when it can be
//! used. Nothing is written: what cannot be known without writing is told as not tried.

mod probe;
mod steps;

use std::time::{Duration, Instant};

use serde::Serialize;

use super::client::Cluster;
use super::connection::{ConnectionProfile, Secrets};
use super::error::Result;
use crate::jobs::{Cancel, Problem};

/// The steps, in the order in which they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStep {
    /// The names of the bootstrap servers are looked up.
    Address,
    /// Their ports accept a link.
    Tcp,
    /// Encryption is agreed on and the broker's certificate verified.
    Tls,
    /// The broker accepts user and password.
    SignIn,
    /// The broker tells which requests it knows.
    Protocol,
    /// Brokers and topics are listed.
    Metadata,
    /// Offsets are looked up by time in a topic.
    OffsetsByTime,
    /// What this user may do.
    Permissions,
    /// Whether exactly once is possible.
    Transactions,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckOutcome {
    /// It was tried and works.
    Ok,
    /// This connection does without it.
    NotUsed,
    /// It was not tried; the detail says why.
    NotTried,
    /// It was tried and does not work.
    Failed(Problem),
}

/// One step of the check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckResult {
    /// Which step.
    pub step: CheckStep,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// What was found: `1 broker, 5 topics, 11 partitions`; the cause where it failed.
    pub detail: String,
    /// How long it took; zero where nothing was tried.
    pub took: Duration,
}

impl CheckStep {
    /// Every step, in order.
    pub const ALL: [Self; 9] = [
        Self::Address,
        Self::Tcp,
        Self::Tls,
        Self::SignIn,
        Self::Protocol,
        Self::Metadata,
        Self::OffsetsByTime,
        Self::Permissions,
        Self::Transactions,
    ];

    /// Its name, for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::Address => "Address",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::SignIn => "Sign-in",
            Self::Protocol => "Protocol",
            Self::Metadata => "Metadata",
            Self::OffsetsByTime => "Offsets by time",
            Self::Permissions => "Permissions",
            Self::Transactions => "Transactions",
        }
    }
}

/// Checks a connection. Every step is handed to `on_step` as it ends; those behind a failed one come as not tried. Returns
/// the opened cluster, or what made the first step fail that a connection cannot do without.
pub fn check_connection(
    profile: &ConnectionProfile,
    secrets: &Secrets,
    cancel: &Cancel,
    on_step: &mut dyn FnMut(CheckResult),
) -> Result<Cluster> {
    let mut told = Vec::new();
    let mut report = Report { on_step, told: &mut told };
    let result = steps::run(profile, secrets, cancel, &mut report);
    if let Err(error) = &result {
        let why = if matches!(error, super::KafkaError::Cancelled) {
            "cancelled"
        } else {
            "an earlier step failed"
        };
        for step in CheckStep::ALL {
            if !report.told.contains(&step) {
                report.tell(step, CheckOutcome::NotTried, why, Duration::ZERO);
            }
        }
    }
    result
}

/// Hands results on, and remembers which steps have one.
struct Report<'a> {
    on_step: &'a mut dyn FnMut(CheckResult),
    told: &'a mut Vec<CheckStep>,
}

impl Report<'_> {
    fn tell(&mut self, step: CheckStep, outcome: CheckOutcome, detail: impl Into<String>, took: Duration) {
        self.told.push(step);
        (self.on_step)(CheckResult { step, outcome, detail: detail.into(), took });
    }

    /// Runs a step that the connection cannot do without.
    fn need<T>(&mut self, step: CheckStep, run: impl FnOnce() -> Result<(T, String)>) -> Result<T> {
        let started = Instant::now();
        match run() {
            Ok((value, detail)) => {
                self.tell(step, CheckOutcome::Ok, detail, started.elapsed());
                Ok(value)
            }
            Err(error) => {
                self.fail(step, error.clone(), started.elapsed());
                Err(error)
            }
        }
    }

    fn fail(&mut self, step: CheckStep, error: super::KafkaError, took: Duration) {
        if matches!(error, super::KafkaError::Cancelled) {
            return;
        }
        let problem = Problem::from(error);
        let detail = problem.why.clone();
        self.tell(step, CheckOutcome::Failed(problem), detail, took);
    }
}
