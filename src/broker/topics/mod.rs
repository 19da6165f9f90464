//! Topics: which there are, their configuration, their partitions.
//!
//! A topic is a value that never changes; a change puts another in its place. Readers therefore hold no lock while they
//! work with one.

pub mod config;
mod folder;
pub mod id;
mod log_config;
pub mod names;
pub mod partition;
pub mod refused;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard};

use kafka_protocol::ResponseError;

use self::config::Effective;
use self::folder::{Catalogue, Folder, StoredTopic};
use self::id::Id;
use self::log_config::log_config;
use self::partition::Partition;
use self::refused::Refused;
use super::config::{BrokerConfig, LogSink, Storage, TopicDefaults};
use super::error::BrokerError;
use super::lock::wait;
use super::log::{Durability, LogPlace, PartitionLog};

/// A topic.
#[derive(Debug, Clone)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its id, which no other topic ever gets, also none of the same name.
    pub id: Id,
    /// What it says of its configuration; defaults hold for the rest.
    pub config: BTreeMap<String, String>,
    /// Its partitions, by number.
    pub partitions: Vec<Arc<Partition>>,
    /// Epoch of the leader of all its partitions.
    pub leader_epoch: i32,
}

impl Topic {
    /// The partition of this number.
    pub fn partition(&self, number: i32) -> Option<&Arc<Partition>> {
        usize::try_from(number).ok().and_then(|number| self.partitions.get(number))
    }

    /// How many partitions it lacks to have so many.
    ///
    /// # Errors
    /// It would not get more.
    pub fn growth_to(&self, count: i64) -> Result<usize, Refused> {
        let have = self.partitions.len();
        let more = usize::try_from(count).unwrap_or_default().saturating_sub(have);
        if more > 0 {
            return Ok(more);
        }
        let message = if usize::try_from(count) == Ok(have) {
            format!("Topic already has {have} partition(s).")
        } else {
            let name = &self.name;
            format!("The topic {name} currently has {have} partition(s); {count} would not be an increase.")
        };
        Err(Refused::new(ResponseError::InvalidPartitions, message))
    }
}

/// What a new topic shall be.
#[derive(Debug, Clone)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// How many partitions it gets.
    pub partitions: usize,
    /// What it says of its configuration.
    pub config: BTreeMap<String, String>,
}

/// All topics of the cluster.
#[derive(Debug)]
pub struct Topics {
    /// The cluster's id.
    pub cluster_id: Id,
    /// How often a broker was started on these topics.
    pub starts: i32,
    defaults: TopicDefaults,
    most_partitions: usize,
    durability: Durability,
    folder: Option<Folder>,
    log: LogSink,
    /// Held while topics change, so that one change follows the other.
    changes: Mutex<()>,
    /// The broker has ended: the folder may be another's.
    is_closed: AtomicBool,
    known: RwLock<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_name: BTreeMap<String, Arc<Topic>>,
    names: HashMap<Id, String>,
}

impl Known {
    fn put(&mut self, topic: Topic) {
        self.names.insert(topic.id, topic.name.clone());
        self.by_name.insert(topic.name.clone(), Arc::new(topic));
    }
}

impl Topics {
    /// Opens what the storage holds.
    ///
    /// # Errors
    /// The folder is used by another broker, or it cannot be read.
    pub fn open(config: &BrokerConfig, now_ms: i64) -> Result<Self, BrokerError> {
        if let Some(problem) = config::problem(&BTreeMap::new(), &config.topics.config) {
            return Err(BrokerError::Defaults(problem));
        }
        let folder = match &config.storage {
            Storage::Memory => None,
            Storage::Folder(root) => Some(Folder::take(root)?),
        };
        let stored = folder.as_ref().map(Folder::load).transpose()?.flatten();
        let mut catalogue = stored.unwrap_or_else(Catalogue::new);
        catalogue.starts += 1;
        let unreadable = |reason: &str| BrokerError::content("cluster.json", reason);
        let topics = Self {
            cluster_id: Id::from_hex(&catalogue.cluster_id)
                .ok_or_else(|| unreadable("the cluster's id is none"))?,
            starts: catalogue.starts,
            defaults: config.topics.clone(),
            most_partitions: config.limits.partitions,
            durability: config.durability,
            folder,
            log: config.log.clone(),
            changes: Mutex::new(()),
            is_closed: AtomicBool::new(false),
            known: RwLock::default(),
        };
        if let Some(folder) = &topics.folder {
            folder.remove_orphans(&catalogue).map_err(BrokerError::files(folder.own("topics")))?;
            folder.save(&catalogue).map_err(BrokerError::files(folder.own("cluster.json")))?;
        }
        for stored in catalogue.topics {
            let id = Id::from_hex(&stored.id).ok_or_else(|| unreadable("the id of a topic is none"))?;
            let mut topic = Topic {
                name: stored.name,
                id,
                config: stored.config,
                partitions: Vec::new(),
                leader_epoch: catalogue.starts - stored.created_in,
            };
            let place = topics.folder.as_ref().map_or_else(Default::default, |folder| folder.topic(id));
            topics
                .open_partitions(&mut topic, stored.partitions, now_ms)
                .map_err(BrokerError::files(place))?;
            topics.known.write().unwrap_or_else(PoisonError::into_inner).put(topic);
        }
        Ok(topics)
    }

    /// The broker's folder, or what stands in it under a name; `None` in memory.
    pub fn own_folder(&self, name: &str) -> Option<std::path::PathBuf> {
        self.folder.as_ref().map(|folder| folder.own(name))
    }

    /// What a topic gets when its creator does not say.
    pub fn defaults(&self) -> &TopicDefaults {
        &self.defaults
    }

    /// The topic of this name.
    pub fn named(&self, name: &str) -> Option<Arc<Topic>> {
        self.known().by_name.get(name).cloned()
    }

    /// The topic of this id.
    pub fn with_id(&self, id: Id) -> Option<Arc<Topic>> {
        let known = self.known();
        known.names.get(&id).and_then(|name| known.by_name.get(name)).cloned()
    }

    /// All topics, by name.
    pub fn all(&self) -> Vec<Arc<Topic>> {
        self.known().by_name.values().cloned().collect()
    }

    /// What holds for a topic.
    pub fn effective<'a>(&'a self, own: &'a BTreeMap<String, String>) -> Effective<'a> {
        Effective { own, broker: &self.defaults.config }
    }

    /// Creates a topic, or only looks whether that could be done.
    ///
    /// # Errors
    /// The name, the configuration or the number of partitions is none, or the topic is there already.
    pub fn create(&self, new: NewTopic, validate_only: bool, now_ms: i64) -> Result<Arc<Topic>, Refused> {
        self.changing(|| {
            self.check_name(&new.name)?;
            if let Some(problem) = config::problem(&new.config, &self.defaults.config) {
                return Err(Refused::config(problem));
            }
            self.check_partitions(new.partitions)?;
            let mut topic = Topic {
                name: new.name,
                id: Id::random(),
                config: new.config,
                partitions: Vec::new(),
                leader_epoch: 0,
            };
            if validate_only {
                return Ok(Arc::new(topic));
            }
            let opened = self.grow(&mut topic, new.partitions, now_ms).map_err(Refused::from);
            if let Err(refused) = opened.and_then(|()| self.change(topic.clone())) {
                self.discard(&topic);
                return Err(refused);
            }
            Ok(Arc::new(topic))
        })
    }

    /// Deletes a topic with all that is in it.
    ///
    /// # Errors
    /// It is not there, or the folder cannot be written.
    pub fn delete(&self, name: &str) -> Result<Arc<Topic>, Refused> {
        self.changing(|| {
            let topic = self.named(name).ok_or_else(Refused::unknown_topic)?;
            let rest: Vec<_> = self.all().into_iter().filter(|other| other.name != name).collect();
            self.save(rest.iter().map(Arc::as_ref))?;
            {
                let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
                known.by_name.remove(name);
                known.names.remove(&topic.id);
            }
            self.discard(&topic);
            Ok(topic)
        })
    }

    /// Gives a topic more partitions, or only looks whether that could be done.
    ///
    /// # Errors
    /// The topic is not there, or would not get more.
    pub fn add_partitions(
        &self,
        name: &str,
        count: usize,
        validate_only: bool,
        now_ms: i64,
    ) -> Result<(), Refused> {
        self.changing(|| {
            let topic = self.named(name).ok_or_else(Refused::unknown_topic)?;
            self.check_partitions(topic.growth_to(i64::try_from(count).unwrap_or(i64::MAX))?)?;
            if validate_only {
                return Ok(());
            }
            let mut topic = Topic::clone(&topic);
            self.grow(&mut topic, count, now_ms)?;
            self.change(topic)
        })
    }

    /// Gives a topic another configuration, or only looks whether that could be done.
    ///
    /// # Errors
    /// The topic is not there, or a value is none for its configuration.
    pub fn configure(
        &self,
        name: &str,
        change: impl FnOnce(&mut BTreeMap<String, String>) -> Result<(), Refused>,
        validate_only: bool,
    ) -> Result<(), Refused> {
        self.changing(|| {
            let mut topic = Topic::clone(&*self.named(name).ok_or_else(Refused::unknown_topic)?);
            change(&mut topic.config)?;
            if let Some(problem) = config::problem(&topic.config, &self.defaults.config) {
                return Err(Refused::config(problem));
            }
            if validate_only {
                return Ok(());
            }
            let log_config = log_config(self.effective(&topic.config));
            let partitions = topic.partitions.clone();
            self.change(topic)?;
            for partition in partitions {
                partition.with_log(|log| log.set_config(log_config.clone()));
            }
            Ok(())
        })
    }

    /// Closes all logs, so that the next start need not check them. Topics cannot be changed any more.
    pub fn close(&self) {
        let _no_change = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_closed.store(true, Ordering::Relaxed);
        for topic in self.all() {
            for partition in &topic.partitions {
                let closed = partition.take_log().map_or(Ok(()), PartitionLog::close);
                if let Err(error) = closed {
                    self.log.line(&format!("{}-{} was not closed: {error}", topic.name, partition.number));
                }
            }
        }
    }

    /// Lets another broker have the folder, when everything is closed.
    pub fn release(&self) {
        if let Some(folder) = &self.folder {
            folder.release();
        }
    }

    /// Changes topics. Files are forced to disk meanwhile, whatever the durability of records is, so that this is done beside
    /// the threads that serve connections.
    fn changing<T>(&self, change: impl FnOnce() -> T) -> T {
        wait(|| {
            let _change = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
            change()
        })
    }

    fn known(&self) -> RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn check_name(&self, name: &str) -> Result<(), Refused> {
        if let Some(problem) = names::problem(name) {
            return Err(Refused::new(ResponseError::InvalidTopicException, problem));
        }
        let known = self.known();
        if known.by_name.contains_key(name) {
            let message = format!("Topic '{name}' already exists.");
            return Err(Refused::new(ResponseError::TopicAlreadyExists, message));
        }
        let key = names::collision_key(name);
        match known.by_name.keys().find(|other| names::collision_key(other) == key) {
            Some(other) => {
                let message = format!("Topic '{name}' collides with existing topic: {other}");
                Err(Refused::new(ResponseError::InvalidTopicException, message))
            }
            None => Ok(()),
        }
    }

    fn check_partitions(&self, more: usize) -> Result<(), Refused> {
        let have: usize = self.known().by_name.values().map(|topic| topic.partitions.len()).sum();
        if have.saturating_add(more) <= self.most_partitions {
            return Ok(());
        }
        let message = format!(
            "The broker holds {have} partitions and may hold {}; {more} more would be too many.",
            self.most_partitions
        );
        Err(Refused::new(ResponseError::PolicyViolation, message))
    }

    /// Opens partitions that are not there yet, and has their names on disk.
    fn grow(&self, topic: &mut Topic, count: usize, now_ms: i64) -> std::io::Result<()> {
        self.open_partitions(topic, count, now_ms)?;
        self.folder.as_ref().map_or(Ok(()), |folder| folder.force_names(topic.id))
    }

    fn open_partitions(&self, topic: &mut Topic, count: usize, now_ms: i64) -> std::io::Result<()> {
        let config = log_config(self.effective(&topic.config));
        for number in (0..).zip(0..count).map(|(number, _)| number).skip(topic.partitions.len()) {
            let place = match &self.folder {
                None => LogPlace::Memory,
                Some(folder) => LogPlace::Folder(folder.partition(topic.id, number)),
            };
            let (log, recovery) = PartitionLog::open(place, config.clone(), self.durability, now_ms)?;
            for note in recovery.notes {
                self.log.line(&format!("{}-{number}: {note}", topic.name));
            }
            topic.partitions.push(Arc::new(Partition::new(number, log)));
        }
        Ok(())
    }

    /// Writes the catalogue with this topic in it and lets readers see it.
    fn change(&self, topic: Topic) -> Result<(), Refused> {
        let all = self.all();
        let others = all.iter().map(Arc::as_ref).filter(|other| other.name != topic.name);
        self.save(others.chain([&topic]))?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).put(topic);
        Ok(())
    }

    /// Writes these topics down as those that there are.
    fn save<'a>(&self, topics: impl Iterator<Item = &'a Topic>) -> Result<(), Refused> {
        let Some(folder) = &self.folder else { return Ok(()) };
        if self.is_closed.load(Ordering::Relaxed) {
            return Err(std::io::Error::other("the broker has ended").into());
        }
        let saved = folder.save(&self.catalogue(topics));
        if saved.is_err() {
            // The new file may stand there all the same, only its name not forced to disk. What stays in force is written
            // again; where that fails, too, the start tells.
            let _as_it_was_at_best = folder.save(&self.catalogue(self.all().iter().map(Arc::as_ref)));
        }
        Ok(saved?)
    }

    fn catalogue<'a>(&self, topics: impl Iterator<Item = &'a Topic>) -> Catalogue {
        let stored = topics.map(|topic| StoredTopic {
            name: topic.name.clone(),
            id: topic.id.hex(),
            partitions: topic.partitions.len(),
            created_in: self.starts - topic.leader_epoch,
            config: topic.config.clone(),
        });
        let mut catalogue = Catalogue::new();
        catalogue.cluster_id = self.cluster_id.hex();
        catalogue.starts = self.starts;
        catalogue.topics = stored.collect();
        catalogue
    }

    /// Removes the logs of a topic. What cannot be removed now is when the broker starts again.
    fn discard(&self, topic: &Topic) {
        for partition in &topic.partitions {
            if let Some(Err(error)) = partition.take_log().map(PartitionLog::remove) {
                self.log.line(&format!("{}-{} is not removed yet: {error}", topic.name, partition.number));
            }
        }
        if let Some(folder) = &self.folder {
            let _gone_at_the_next_start_otherwise = std::fs::remove_dir_all(folder.topic(topic.id));
        }
    }
}
