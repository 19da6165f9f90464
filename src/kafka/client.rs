//! An opened connection.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::admin::AdminClient;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError as LibraryError;

use super::config::{client_config, request_timeout};
use super::connection::{ConnectionProfile, Secrets};
use super::context::ForebayContext;
use super::error::{KafkaError, Result};
use super::explain::{Asked, explain, is_hopeless};
use super::native;
use crate::jobs::Cancel;

/// An opened connection to a cluster. Cheap to clone; clones share their clients.
#[derive(Clone)]
pub struct Cluster {
    shared: Arc<Shared>,
}

struct Shared {
    profile: ConnectionProfile,
    config: ClientConfig,
    context: ForebayContext,
    id: String,
    lookup: BaseConsumer<ForebayContext>,
    admin: OnceLock<AdminClient<ForebayContext>>,
}

/// The right to write, which a read-only connection does not give. Every function that writes asks for one.
pub struct WriteAccess<'a> {
    /// Where to write.
    pub cluster: &'a Cluster,
    _given: Given,
}

/// Keeps everybody else from making a [`WriteAccess`].
struct Given;

impl Cluster {
    /// Opens a connection and asks the cluster for its id, so that a wrong address, a TLS failure or a wrong password is
    /// known at once and with its cause (blocks for up to the connection's `socket.timeout.ms`, 10 s by default).
    pub fn connect(profile: &ConnectionProfile, secrets: &Secrets) -> Result<Self> {
        Self::connect_or_cancel(profile, secrets, &Cancel::new())
    }

    /// [`Self::connect`] that ends with [`KafkaError::Cancelled`] soon after `cancel`.
    pub fn connect_or_cancel(
        profile: &ConnectionProfile,
        secrets: &Secrets,
        cancel: &Cancel,
    ) -> Result<Self> {
        check_bootstrap(profile)?;
        let config = client_config(profile, secrets);
        let context = ForebayContext::default();
        let lookup: BaseConsumer<ForebayContext> = config
            .create_with_context(context.clone())
            .map_err(|error| refused_configuration(profile, secrets, error))?;
        let id = wait_for_id(&lookup, profile, request_timeout(&config), cancel)?;
        let admin = OnceLock::new();
        Ok(Self { shared: Arc::new(Shared { profile: profile.clone(), config, context, id, lookup, admin }) })
    }

    /// The profile it was opened with.
    pub fn profile(&self) -> &ConnectionProfile {
        &self.shared.profile
    }

    /// The cluster's own id.
    pub fn id(&self) -> &str {
        &self.shared.id
    }

    /// The right to write; `action` says what for (`publish to models`), for the refusal of a read-only connection.
    pub fn write_access(&self, action: &str) -> Result<WriteAccess<'_>> {
        let profile = self.profile();
        if profile.read_only {
            return Err(KafkaError::ReadOnly { connection: profile.name.clone(), action: action.into() });
        }
        Ok(WriteAccess { cluster: self, _given: Given })
    }

    /// The configuration of a further client: profile, secrets and our defaults. A consumer's properties in it do no harm
    /// to a producer.
    pub(super) fn client_config(&self) -> ClientConfig {
        self.shared.config.clone()
    }

    /// The context of a further client, so that [`Self::explain`] knows what that client heard. A client with a context of
    /// its own passes `log` and `error` on to a clone of this one.
    pub(super) fn context(&self) -> ForebayContext {
        self.shared.context.clone()
    }

    /// The shared client for metadata, watermarks and times: no group, never assigned, `read_committed` (so its "end" is
    /// the last stable offset).
    pub(super) fn lookup(&self) -> &BaseConsumer<ForebayContext> {
        drain(&self.shared.lookup);
        &self.shared.lookup
    }

    /// The shared client for administration.
    pub(super) fn admin(&self) -> Result<&AdminClient<ForebayContext>> {
        if let Some(admin) = self.shared.admin.get() {
            return Ok(admin);
        }
        // Nothing polls this client's log, so it must not write one.
        let mut config = self.client_config();
        config.set_log_level(RDKafkaLogLevel::Emerg);
        let admin = config
            .create_with_context(self.context())
            .map_err(|error| self.explain("opening a client for administration", error))?;
        Ok(self.shared.admin.get_or_init(|| admin))
    }

    /// How long one request may take.
    pub(super) fn timeout(&self) -> Duration {
        request_timeout(&self.shared.config)
    }

    /// Joins librdkafka's error with what its clients said lately. `what` is what was being done: `reading flights`.
    pub(super) fn explain(&self, what: &str, error: LibraryError) -> KafkaError {
        self.explain_on(what, "", error)
    }

    /// [`Self::explain`] for a request about one topic.
    pub(super) fn explain_on(&self, what: &str, topic: &str, error: LibraryError) -> KafkaError {
        drain(&self.shared.lookup);
        let asked = Asked { what, topic, bootstrap: &self.shared.profile.bootstrap, timeout: self.timeout() };
        let explained = explain(&asked, &error, &self.shared.context);
        if matches!(explained, KafkaError::Unreachable { .. } | KafkaError::TimedOut { .. }) {
            self.find_back();
        }
        explained
    }

    /// The next request finds the cluster again when it is there: see [`super::way_back`].
    fn find_back(&self) {
        let servers = &self.shared.profile.bootstrap;
        native::bootstrap_again(self.shared.lookup.client(), servers);
        if let Some(admin) = self.shared.admin.get() {
            native::bootstrap_again(admin.inner(), servers);
        }
    }
}

/// Hands what a client has to say over to its context.
fn drain(client: &BaseConsumer<ForebayContext>) {
    while client.poll(Duration::from_millis(1)).is_some() {}
}

fn wait_for_id(
    lookup: &BaseConsumer<ForebayContext>,
    profile: &ConnectionProfile,
    timeout: Duration,
    cancel: &Cancel,
) -> Result<String> {
    let started = Instant::now();
    let asked = Asked { what: "connecting", topic: "", bootstrap: &profile.bootstrap, timeout };
    loop {
        drain(lookup);
        if let Some(id) = lookup.client().fetch_cluster_id(Duration::from_millis(10)) {
            return Ok(id);
        }
        cancel.check()?;
        let context = lookup.client().context();
        let causes = context.causes(timeout);
        if is_hopeless(&causes, &profile.bootstrap, started.elapsed()) || started.elapsed() >= timeout {
            let error = LibraryError::MetadataFetch(rdkafka::types::RDKafkaErrorCode::BrokerTransportFailure);
            return Err(explain(&asked, &error, context));
        }
    }
}

/// librdkafka would take an address without a port as port 9092, and an empty one as something to wait for.
pub(super) fn check_bootstrap(profile: &ConnectionProfile) -> Result<()> {
    let faulty = profile.bootstrap.split(',').map(str::trim).find(|server| {
        let port = server.rsplit_once(':').map(|(_, port)| port.parse::<u16>());
        !matches!(port, Some(Ok(_)))
    });
    match faulty {
        None => Ok(()),
        Some(server) => Err(KafkaError::Profile {
            name: profile.name.clone(),
            why: format!("bootstrap server \"{server}\" is not host:port"),
            next: "Write it as kafka.example.org:9092, several parted by commas.".into(),
        }),
    }
}

/// A property that librdkafka does not take. The words of a secret property are left out: they may quote it.
pub(super) fn refused_configuration(
    profile: &ConnectionProfile,
    secrets: &Secrets,
    error: LibraryError,
) -> KafkaError {
    let why = match &error {
        LibraryError::ClientConfig(_, _, name, _) if secrets.get(name).is_some() => {
            format!("the value of {name} is not accepted")
        }
        LibraryError::ClientConfig(_, words, _, _) => words.clone(),
        LibraryError::ClientCreation(words) => words.clone(),
        other => other.to_string(),
    };
    let next = "Correct or remove it under Properties.".to_string();
    KafkaError::Profile { name: profile.name.clone(), why, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(bootstrap: &str) -> ConnectionProfile {
        ConnectionProfile { name: "staging".into(), bootstrap: bootstrap.into(), ..Default::default() }
    }

    #[test]
    fn an_address_without_a_port_is_refused_before_anything_is_sent() {
        for bootstrap in ["", "kafka", "kafka:", "kafka:99999", "a:9092,,b:9092"] {
            let error = Cluster::connect(&profile(bootstrap), &Secrets::new()).err().unwrap();
            assert!(matches!(error, KafkaError::Profile { .. }), "{bootstrap}: {error}");
        }
        assert_eq!(check_bootstrap(&profile("a:9092, [::1]:9093")), Ok(()));
    }

    #[test]
    fn an_unknown_property_is_named() {
        let mut profile = profile("127.0.0.1:1");
        profile.properties.insert("fetch.speed".into(), "high".into());
        let error = Cluster::connect(&profile, &Secrets::new()).err().unwrap();
        assert!(error.to_string().contains("fetch.speed"), "{error}");
    }

    #[test]
    fn a_faulty_secret_is_named_but_not_quoted() {
        let mut secrets = Secrets::new();
        secrets.set("ssl.key.pem", "not a key at all");
        let mut profile = profile("127.0.0.1:1");
        profile.security.protocol = crate::kafka::Protocol::Ssl;
        let error = Cluster::connect(&profile, &secrets).err().unwrap();
        assert!(!error.to_string().contains("not a key at all"), "{error}");
    }
}
