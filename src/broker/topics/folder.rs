//! The broker's folder: who works on it, which topics it holds, and where each partition lies.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::id::Id;
use crate::broker::disk;
use crate::broker::error::BrokerError;

/// Version of `cluster.json`.
const FORMAT: u32 = 1;
const LOCK: &str = "lock";
const CATALOGUE: &str = "cluster.json";
const TOPICS: &str = "topics";

/// What `cluster.json` says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Catalogue {
    format: u32,
    /// The cluster's id, as [`Id::hex`].
    pub cluster_id: String,
    /// How often a broker was started on the folder; each start begins a leader epoch.
    pub starts: i32,
    /// All topics.
    pub topics: Vec<StoredTopic>,
}

/// A topic in `cluster.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredTopic {
    /// Its name.
    pub name: String,
    /// Its id, as [`Id::hex`]; the name of its folder.
    pub id: String,
    /// How many partitions it has.
    pub partitions: usize,
    /// The start in which it was created.
    pub created_in: i32,
    /// What it says of its configuration.
    pub config: BTreeMap<String, String>,
}

impl Catalogue {
    /// Of a cluster that begins.
    pub fn new() -> Self {
        Self { format: FORMAT, cluster_id: Id::random().hex(), starts: 0, topics: Vec::new() }
    }
}

/// A folder on which no other broker works.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    /// Locked as long as it is open.
    lock: File,
}

impl Folder {
    /// Takes the folder; it is created when it is missing.
    ///
    /// # Errors
    /// Another broker has it, or it cannot be written.
    pub fn take(root: &Path) -> Result<Self, BrokerError> {
        disk::create_folders(&root.join(TOPICS)).map_err(BrokerError::files(root))?;
        let path = root.join(LOCK);
        let lock = File::create(&path).map_err(BrokerError::files(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { root: root.to_path_buf(), lock }),
            Err(TryLockError::WouldBlock) => Err(BrokerError::FolderInUse(root.to_path_buf())),
            Err(TryLockError::Error(error)) => Err(BrokerError::files(&path)(error)),
        }
    }

    /// Lets others have the folder. Nothing may be done in it any more.
    pub fn release(&self) {
        // It is given back in any case when the file is closed.
        let _given_back_later = self.lock.unlock();
    }

    /// What the folder holds; `None` when it is new.
    ///
    /// # Errors
    /// The file cannot be read, or it is of a later version.
    pub fn load(&self) -> Result<Option<Catalogue>, BrokerError> {
        let path = self.root.join(CATALOGUE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(BrokerError::files(&path)(error)),
        };
        let catalogue: Catalogue =
            serde_json::from_slice(&text).map_err(|error| BrokerError::content(&path, error))?;
        if catalogue.format != FORMAT {
            let reason = format!("format {} is newer than {FORMAT}", catalogue.format);
            return Err(BrokerError::content(&path, reason));
        }
        Ok(Some(catalogue))
    }

    /// Writes what the folder holds, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, catalogue: &Catalogue) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(catalogue)?;
        disk::replace(&self.root.join(CATALOGUE), &text)
    }

    /// Where a partition lies.
    pub fn partition(&self, topic: Id, number: i32) -> PathBuf {
        self.topic(topic).join(number.to_string())
    }

    /// Where a topic lies.
    pub fn topic(&self, topic: Id) -> PathBuf {
        self.root.join(TOPICS).join(topic.hex())
    }

    /// Forces to disk that a topic is there, and that its partitions are.
    ///
    /// # Errors
    /// The disk fails.
    pub fn force_names(&self, topic: Id) -> io::Result<()> {
        let place = self.topic(topic);
        disk::sync_folder(&place)?;
        disk::sync_name(&place)
    }

    /// Where something of the broker's own lies.
    pub fn own(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Removes folders of topics that the catalogue does not know: they were being created or deleted when the broker
    /// ended.
    ///
    /// # Errors
    /// A folder cannot be read or removed.
    pub fn remove_orphans(&self, catalogue: &Catalogue) -> io::Result<usize> {
        let mut removed = 0;
        for entry in fs::read_dir(self.root.join(TOPICS))? {
            let entry = entry?;
            let name = entry.file_name();
            let is_known = catalogue.topics.iter().any(|topic| *topic.id == *name);
            let is_ours = name.to_str().is_some_and(|name| Id::from_hex(name).is_some());
            if is_ours && !is_known {
                fs::remove_dir_all(entry.path())?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_broker_does_not_get_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let first = Folder::take(root.path()).unwrap();
        assert!(matches!(Folder::take(root.path()), Err(BrokerError::FolderInUse(_))));
        drop(first);
        assert!(Folder::take(root.path()).is_ok());
    }

    #[test]
    fn a_later_format_is_refused_and_left_untouched() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::take(root.path()).unwrap();
        assert!(folder.load().unwrap().is_none());
        let mut catalogue = Catalogue::new();
        folder.save(&catalogue).unwrap();
        assert_eq!(folder.load().unwrap().unwrap().cluster_id, catalogue.cluster_id);
        catalogue.format = 2;
        folder.save(&catalogue).unwrap();
        let before = fs::read(root.path().join(CATALOGUE)).unwrap();
        assert!(matches!(folder.load(), Err(BrokerError::Content { .. })));
        assert_eq!(fs::read(root.path().join(CATALOGUE)).unwrap(), before);
    }

    #[test]
    fn folders_of_topics_that_are_not_known_go() {
        let root = tempfile::tempdir().unwrap();
        let folder = Folder::take(root.path()).unwrap();
        let (known, orphan) = (Id::random(), Id::random());
        let mut catalogue = Catalogue::new();
        catalogue.topics.push(StoredTopic {
            name: "kept".to_string(),
            id: known.hex(),
            partitions: 1,
            created_in: 1,
            config: BTreeMap::new(),
        });
        for id in [known, orphan] {
            fs::create_dir_all(folder.partition(id, 0)).unwrap();
        }
        fs::create_dir_all(root.path().join(TOPICS).join("mine")).unwrap();
        assert_eq!(folder.remove_orphans(&catalogue).unwrap(), 1);
        assert!(folder.topic(known).exists() && !folder.topic(orphan).exists());
        assert!(root.path().join(TOPICS).join("mine").exists());
    }
}
