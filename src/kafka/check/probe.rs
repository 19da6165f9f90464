//! A first link to the cluster, watched: how long each part took and what the broker offers.
//!
//! librdkafka makes the link in one go; its debug lines tell when it passes from one state to the next.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, ConsumerContext};
use rdkafka::error::{KafkaError as LibraryError, RDKafkaErrorCode as Code};

use crate::jobs::Cancel;
use crate::kafka::client::refused_configuration;
use crate::kafka::config::{client_config, request_timeout};
use crate::kafka::connection::{ConnectionProfile, Secrets};
use crate::kafka::context::ForebayContext;
use crate::kafka::error::Result;
use crate::kafka::explain::{Asked, explain, is_hopeless};

/// The parts of a link that can be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Tls,
    SignIn,
    Protocol,
}

/// What the first link showed.
#[derive(Clone, Debug, Default)]
pub(super) struct Probed {
    tls: Duration,
    sign_in: Duration,
    protocol: Duration,
    /// Whether a part was passed at all.
    passed_tls: bool,
    /// Numbers of the requests that the broker knows.
    pub requests: BTreeSet<i16>,
    up: bool,
    since: Option<(Part, Instant)>,
}

impl Probed {
    /// How long a part took.
    pub fn took(&self, part: Part) -> Duration {
        match part {
            Part::Tls => self.tls,
            Part::SignIn => self.sign_in,
            Part::Protocol => self.protocol,
        }
    }

    /// Whether encryption was agreed on.
    pub fn has_tls(&self) -> bool {
        self.passed_tls
    }

    fn enter(&mut self, state: &str) {
        let now = Instant::now();
        if let Some((part, since)) = self.since.take() {
            let took = now.duration_since(since);
            match part {
                Part::Tls => {
                    self.tls += took;
                    self.passed_tls |= state != "DOWN";
                }
                Part::SignIn => self.sign_in += took,
                Part::Protocol => self.protocol += took,
            }
        }
        self.up |= state == "UP";
        let part = match state {
            "SSL_HANDSHAKE" => Part::Tls,
            "AUTH_HANDSHAKE" | "AUTH_REQ" | "AUTH_LEGACY" => Part::SignIn,
            "APIVERSION_QUERY" => Part::Protocol,
            _ => return,
        };
        self.since = Some((part, now));
    }

    /// `  ApiKey Produce (0) Versions 0..12`
    fn hear_request(&mut self, line: &str) {
        let Some((_, rest)) = line.split_once("ApiKey ") else { return };
        let number = rest.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        self.requests.extend(number.and_then(|(number, _)| number.parse::<i16>().ok()));
    }
}

#[derive(Clone, Default)]
struct Watch {
    heard: ForebayContext,
    probed: Arc<Mutex<Probed>>,
}

impl ClientContext for Watch {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        let mut probed = self.probed.lock().unwrap_or_else(PoisonError::into_inner);
        match facility {
            "STATE" => {
                if let Some((_, state)) = line.rsplit_once("-> ") {
                    probed.enter(state.trim());
                }
            }
            "APIVERSION" => probed.hear_request(line),
            _ => self.heard.log(level, facility, line),
        }
    }

    fn error(&self, error: LibraryError, reason: &str) {
        self.heard.error(error, reason);
    }
}

impl ConsumerContext for Watch {}

/// Opens a link and closes it again: what was seen of it, and what made it fail.
pub(super) fn probe(profile: &ConnectionProfile, secrets: &Secrets, cancel: &Cancel) -> (Probed, Result<()>) {
    let watch = Watch::default();
    let opened = open(profile, secrets, cancel, &watch);
    let probed = watch.probed.lock().unwrap_or_else(PoisonError::into_inner).clone();
    (probed, opened)
}

fn open(profile: &ConnectionProfile, secrets: &Secrets, cancel: &Cancel, watch: &Watch) -> Result<()> {
    let mut config = client_config(profile, secrets);
    config.set("debug", "broker,feature").set_log_level(RDKafkaLogLevel::Debug);
    let timeout = request_timeout(&config);
    let client: BaseConsumer<Watch> = config
        .create_with_context(watch.clone())
        .map_err(|error| refused_configuration(profile, secrets, error))?;
    let started = Instant::now();
    let asked = Asked { what: "connecting", topic: "", bootstrap: &profile.bootstrap, timeout };
    loop {
        while client.poll(Duration::from_millis(1)).is_some() {}
        if watch.probed.lock().unwrap_or_else(PoisonError::into_inner).up {
            return Ok(());
        }
        cancel.check()?;
        let causes = watch.heard.causes(timeout);
        if is_hopeless(&causes, &profile.bootstrap, started.elapsed()) || started.elapsed() >= timeout {
            let error = LibraryError::MetadataFetch(Code::BrokerTransportFailure);
            return Err(explain(&asked, &error, &watch.heard));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_and_requests_are_read_from_the_debug_lines() {
        let watch = Watch::default();
        let state = |state: &str| {
            let line = format!("[thrd:x]: ssl://k:1/bootstrap: Broker changed state X -> {state}");
            watch.log(RDKafkaLogLevel::Debug, "STATE", &line);
        };
        state("SSL_HANDSHAKE");
        state("APIVERSION_QUERY");
        watch.log(RDKafkaLogLevel::Debug, "APIVERSION", "ssl://k:1/1:   ApiKey Produce (0) Versions 0..12");
        watch.log(
            RDKafkaLogLevel::Debug,
            "APIVERSION",
            "ssl://k:1/1:   ApiKey InitProducerId (22) Versions 0..5",
        );
        assert!(!watch.probed.lock().unwrap().up);
        state("UP");
        let probed = watch.probed.lock().unwrap();
        assert!(probed.has_tls() && probed.up);
        assert_eq!(probed.requests.iter().copied().collect::<Vec<_>>(), [0, 22]);
    }
}
