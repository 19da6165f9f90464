//! Which cluster: from options, a saved connection, a properties file, and the environment.

use std::path::PathBuf;

use clap::Args;

use crate::jobs::{Cancel, Problem};
use crate::kafka::{Cluster, ConnectionProfile, Secrets, read_properties};
use crate::workspace::{ConfigFolder, SECRET_VARIABLES, secrets_from_environment};

/// Options that say which cluster. Passwords come from the file or from the environment, never from an option, where
/// other users of the machine could see them.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct ConnectionArgs {
    /// Brokers to begin with, parted by commas.
    #[arg(long, global = true, value_name = "HOST:PORT", help_heading = "Connection")]
    pub bootstrap: Option<String>,

    /// A connection saved in the window, by its name.
    #[arg(long, global = true, value_name = "NAME", help_heading = "Connection")]
    pub connection: Option<String>,

    /// A client.properties, with Java's names or librdkafka's.
    #[arg(long, global = true, value_name = "FILE", help_heading = "Connection")]
    pub config: Option<PathBuf>,
}

/// Variables of the environment that stand in for options that are not given.
const BOOTSTRAP: &str = "FOREBAY_BOOTSTRAP";
const CONNECTION: &str = "FOREBAY_CONNECTION";
const CONFIG: &str = "FOREBAY_CONFIG";

impl ConnectionArgs {
    /// The options, with what the environment says where none of them is given.
    pub fn or_environment(self) -> Self {
        if self.is_given() {
            return self;
        }
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let text = |name| variable(name).and_then(|value| value.into_string().ok());
        Self {
            bootstrap: text(BOOTSTRAP),
            connection: text(CONNECTION),
            config: variable(CONFIG).map(PathBuf::from),
        }
    }

    /// Whether anything says which cluster.
    pub fn is_given(&self) -> bool {
        self.bootstrap.is_some() || self.connection.is_some() || self.config.is_some()
    }

    /// Connects.
    pub fn connect(&self, cancel: &Cancel) -> Result<Cluster, Problem> {
        let (profile, secrets) = self.profile()?;
        Ok(Cluster::connect_or_cancel(&profile, &secrets, cancel)?)
    }

    /// The profile with its secrets. A properties file comes before a saved connection; `--bootstrap` replaces the
    /// address of either; secrets of the environment replace those of the file.
    pub fn profile(&self) -> Result<(ConnectionProfile, Secrets), Problem> {
        let (mut profile, mut secrets) = match (&self.config, &self.connection) {
            (Some(path), _) => {
                let imported = read_properties(path)?;
                (imported.profile, imported.secrets)
            }
            (None, Some(name)) => (saved(name)?, Secrets::new()),
            (None, None) => (ConnectionProfile::default(), Secrets::new()),
        };
        if let Some(bootstrap) = &self.bootstrap {
            profile.bootstrap.clone_from(bootstrap);
        }
        if profile.bootstrap.is_empty() {
            return Err(Problem::new(
                "Connecting",
                "nothing says which cluster",
                "Give --bootstrap HOST:PORT, --connection NAME or --config FILE",
            ));
        }
        if profile.name.is_empty() {
            profile.name.clone_from(&profile.bootstrap);
        }
        let environment = secrets_from_environment();
        for (_, property) in SECRET_VARIABLES {
            if let Some(value) = environment.get(property) {
                secrets.set(property, value);
            }
        }
        Ok((profile, secrets))
    }
}

fn saved(name: &str) -> Result<ConnectionProfile, Problem> {
    let connections = ConfigFolder::find()?.connections()?;
    let names: Vec<_> = connections.iter().map(|connection| connection.name.as_str()).collect();
    let known = match names.is_empty() {
        true => "None is saved; the window saves them".to_string(),
        false => format!("Saved are: {}", names.join(", ")),
    };
    let found = connections.iter().find(|connection| connection.name == name).cloned();
    found.ok_or_else(|| Problem::new(format!("Connection {name}"), "is not saved", known))
}
