//! The configuration folder: settings, saved connections, recent files. What belongs to the user and not to a workspace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::files;
use crate::jobs::Problem;
use crate::kafka::ConnectionProfile;

/// The configuration folder, by default the desktop's own (`~/.config/forebay` on Linux).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFolder {
    path: PathBuf,
}

/// What the user set for the window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub theme: Theme,
    /// IANA name of the zone in which times are shown.
    pub time_zone: String,
    /// Bytes that slices may take in memory.
    pub memory_budget: u64,
    /// Stages, in lower case, whose note in the demo was dismissed.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub dismissed_notes: BTreeSet<String>,
}

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[allow(missing_docs)]
    #[default]
    Dark,
    #[allow(missing_docs)]
    Light,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::Dark,
            time_zone: "UTC".into(),
            memory_budget: 4_000_000_000,
            dismissed_notes: BTreeSet::new(),
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Connections {
    #[serde(default)]
    connections: Vec<ConnectionProfile>,
}

#[derive(Default, Serialize, Deserialize)]
struct Recent {
    #[serde(default)]
    files: Vec<PathBuf>,
}

impl ConfigFolder {
    /// The environment variable that names another folder.
    pub const VARIABLE: &str = "FOREBAY_CONFIG_DIR";

    const RECENT: usize = 12;
    const LIMIT: u64 = 16 << 20;

    /// The user's folder, or the one that `FOREBAY_CONFIG_DIR` names. It is made when something is first kept in it.
    pub fn find() -> Result<Self, Problem> {
        if let Some(path) = std::env::var_os(Self::VARIABLE).filter(|path| !path.is_empty()) {
            return Ok(Self::at(path));
        }
        match directories::ProjectDirs::from("", "", "forebay") {
            Some(folders) => Ok(Self::at(folders.config_dir())),
            None => Err(Problem::new(
                "Finding the configuration folder",
                "this user has no home folder",
                format!("Set {}", Self::VARIABLE),
            )),
        }
    }

    /// A folder of one's own choosing.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The settings; the defaults when none were kept.
    pub fn settings(&self) -> Result<Settings, Problem> {
        self.load("settings.toml")
    }

    /// Keeps the settings.
    pub fn save_settings(&self, settings: &Settings) -> Result<(), Problem> {
        self.store("settings.toml", settings)
    }

    /// The saved connections, in the user's order.
    pub fn connections(&self) -> Result<Vec<ConnectionProfile>, Problem> {
        Ok(self.load::<Connections>("connections.toml")?.connections)
    }

    /// Keeps the connections.
    pub fn save_connections(&self, connections: &[ConnectionProfile]) -> Result<(), Problem> {
        self.store("connections.toml", &Connections { connections: connections.to_vec() })
    }

    /// Workspaces opened or saved lately, newest first.
    pub fn recent(&self) -> Result<Vec<PathBuf>, Problem> {
        Ok(self.load::<Recent>("recent.toml")?.files)
    }

    /// Puts a workspace first among the recent ones.
    pub fn remember(&self, file: &Path) -> Result<(), Problem> {
        let mut files = self.recent().unwrap_or_default();
        files.retain(|known| known != file);
        files.insert(0, file.to_path_buf());
        files.truncate(Self::RECENT);
        self.store("recent.toml", &Recent { files })
    }

    fn load<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, Problem> {
        let path = self.path.join(name);
        if !path.exists() {
            return Ok(T::default());
        }
        let text = files::read_text(&path, Self::LIMIT)?;
        toml::from_str(&text).map_err(|error| {
            let next = "The file is left as it is. Correct it, or move it away";
            Problem::new(format!("Reading {}", path.display()), error.to_string(), next)
        })
    }

    fn store(&self, name: &str, content: &impl Serialize) -> Result<(), Problem> {
        let path = self.path.join(name);
        let text = toml::to_string(content).map_err(|error| {
            Problem::new(format!("Writing {}", path.display()), error.to_string(), "Nothing was replaced")
        })?;
        files::make_folder(&self.path)?;
        Ok(files::write(&path, text.as_bytes())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{Mechanism, Protocol, SecurityProfile};

    fn folder() -> (tempfile::TempDir, ConfigFolder) {
        let folder = tempfile::tempdir().unwrap();
        let config = ConfigFolder::at(folder.path().join("forebay"));
        (folder, config)
    }

    #[test]
    fn what_was_kept_is_read_again() {
        let (_folder, config) = folder();
        assert_eq!(config.settings().unwrap(), Settings::default());
        let settings = Settings { theme: Theme::Light, ..Settings::default() };
        config.save_settings(&settings).unwrap();
        assert_eq!(config.settings().unwrap(), settings);

        let connection = ConnectionProfile {
            name: "plant".into(),
            bootstrap: "a:9093,b:9093".into(),
            security: SecurityProfile {
                protocol: Protocol::SaslSsl,
                mechanism: Mechanism::ScramSha512,
                username: "ada".into(),
            },
            properties: [("client.id".into(), "forebay".into())].into(),
            ..ConnectionProfile::default()
        };
        config.save_connections(std::slice::from_ref(&connection)).unwrap();
        assert_eq!(config.connections().unwrap(), [connection]);
    }

    #[test]
    fn recent_files_stand_newest_first_and_once() {
        let (_folder, config) = folder();
        for number in 0..20 {
            config.remember(Path::new(&format!("/w/{}.forebay", number % 15))).unwrap();
        }
        let recent = config.recent().unwrap();
        assert_eq!(recent.len(), 12);
        assert_eq!(recent[..2], [PathBuf::from("/w/4.forebay"), PathBuf::from("/w/3.forebay")]);
        assert_eq!(recent.iter().filter(|file| file.ends_with("4.forebay")).count(), 1);
    }

    #[test]
    fn a_damaged_file_is_a_problem_and_stays() {
        let (_folder, config) = folder();
        files::make_folder(config.path()).unwrap();
        let path = config.path().join("settings.toml");
        files::write(&path, b"theme = \"mauve\"").unwrap();
        let problem = config.settings().unwrap_err();
        assert!(problem.why.contains("mauve"), "{problem}");
        assert_eq!(files::read(&path, 100).unwrap(), b"theme = \"mauve\"");
    }
}
