//! Opening a log: what a crash left behind is mended, what was not closed properly is checked batch by batch.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use super::answers::Recovery;
use super::batch::{check_whole, damaged};
use super::config::{Durability, LogConfig, LogPlace};
use super::decode::marker_of;
use super::files;
use super::health::Health;
use super::partition::{PartitionLog, SNAPSHOT_FILE};
use super::replace;
use super::scan::Scan;
use super::segment::{LONG_WALK, Segment};
use super::snapshot::{Knowledge, Snapshot};
use super::store::Store;

impl PartitionLog {
    /// Opens the log, mending what a crash left behind.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read or written.
    pub fn open(
        place: LogPlace,
        config: LogConfig,
        durability: Durability,
        now_ms: i64,
    ) -> io::Result<(PartitionLog, Recovery)> {
        let folder = match place {
            LogPlace::Folder(folder) => folder,
            LogPlace::Memory => {
                let active = Segment::create(None, 0, now_ms, config.index_interval_bytes, durability)?;
                let log = PartitionLog::assemble(None, config, durability, active);
                return Ok((log, Recovery::default()));
            }
        };
        std::fs::create_dir_all(&folder)?;
        Opening::new(folder, config, durability, now_ms)?.run()
    }

    fn assemble(
        folder: Option<PathBuf>,
        config: LogConfig,
        durability: Durability,
        active: Segment,
    ) -> PartitionLog {
        PartitionLog {
            folder,
            config,
            durability,
            sealed: VecDeque::new(),
            start_offset: active.summary.base_offset,
            active,
            compacted_to: 0,
            knowledge: Knowledge::default(),
            synced_to: 0,
            has_new_name: false,
            in_use: None,
            health: Health::Sound,
            has_damage: false,
            compaction_rests_until: i64::MIN,
        }
    }
}

/// A log in a folder that is being opened.
struct Opening {
    folder: PathBuf,
    config: LogConfig,
    durability: Durability,
    now_ms: i64,
    snapshot: Option<Snapshot>,
    recovery: Recovery,
}

/// A segment's file.
struct Found {
    base: i64,
    size: u64,
    path: PathBuf,
}

impl Opening {
    fn new(folder: PathBuf, config: LogConfig, durability: Durability, now_ms: i64) -> io::Result<Opening> {
        let mut recovery = Recovery::default();
        let snapshot = match std::fs::read(folder.join(SNAPSHOT_FILE)) {
            Ok(content) => Snapshot::decode(&content),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        recovery.notes.extend(replace::finish(&folder)?);
        Ok(Opening { folder, config, durability, now_ms, snapshot, recovery })
    }

    fn run(mut self) -> io::Result<(PartitionLog, Recovery)> {
        let mut segments = self.open_segments()?;
        let active = match segments.pop_back() {
            Some(active) => active,
            None => self.create_segment(self.snapshot.as_ref().map_or(0, |snapshot| snapshot.offset))?,
        };
        let folder = Some(self.folder.clone());
        let mut log = PartitionLog::assemble(folder, self.config.clone(), self.durability, active);
        log.active.make_active()?;
        log.sealed = segments;
        log.start_offset = log.segment_at(0).summary.base_offset;
        log.has_new_name = !self.is_last_of_snapshot(log.active.summary.base_offset);
        self.restore_knowledge(&mut log)?;
        if self.recovery.unclean {
            log.checkpoint()?;
        } else if self.durability == Durability::Always {
            log.force_new_name()?;
        }
        // Of many logs most are not used at first.
        log.active.store.close();
        Ok((log, self.recovery))
    }

    fn create_segment(&self, base: i64) -> io::Result<Segment> {
        let interval = self.config.index_interval_bytes;
        Segment::create(Some(&self.folder), base, self.now_ms, interval, self.durability)
    }

    /// Opens all segments, those that may be damaged with a check of every batch.
    fn open_segments(&mut self) -> io::Result<VecDeque<Segment>> {
        let mut found = self.find_segments()?;
        // A roll has made this one and gone no further, or has even failed, so that the log grew on before it.
        let begun = found.pop_if(|last| last.size == 0 && !self.is_last_of_snapshot(last.base));
        let mut segments: VecDeque<Segment> = VecDeque::with_capacity(found.len() + 1);
        for (at, one) in found.iter().enumerate() {
            let next = found.get(at + 1).map(|next| next.base);
            let segment = self.open_segment(one, next)?;
            if let Some(before) = segments.back().filter(|before| before.summary.next_offset > one.base) {
                return Err(both_hold(before, &segment));
            }
            segments.push_back(segment);
        }
        match (begun, segments.back_mut()) {
            (Some(begun), Some(last)) if last.summary.next_offset > begun.base => {
                self.remove_empty(&begun)?
            }
            (Some(begun), last) => {
                if let Some(full) = last {
                    full.write_index()?;
                    full.rest();
                }
                segments.push_back(self.open_segment(&begun, None)?);
            }
            (None, _) => {}
        }
        Ok(segments)
    }

    /// The files of segments in the order of their offsets. Empty ones are there only at the end, for what comes.
    fn find_segments(&mut self) -> io::Result<Vec<Found>> {
        let mut found: Vec<Found> = Vec::new();
        for path in files::files_in(&self.folder)? {
            let Some(base) = files::base_offset_of(&path, "log") else { continue };
            let size = path.metadata()?.len();
            if let Some(before) = found.pop_if(|before| before.size == 0) {
                self.remove_empty(&before)?;
            }
            found.push(Found { base, size, path });
        }
        Ok(found)
    }

    fn remove_empty(&mut self, segment: &Found) -> io::Result<()> {
        files::delete(&segment.path)?;
        files::delete(&segment.path.with_extension("index"))?;
        let name = name_of(&segment.path);
        self.recovery.notes.push(format!("{name} was removed: it is empty and not the log's end"));
        Ok(())
    }

    fn open_segment(&mut self, found: &Found, next: Option<i64>) -> io::Result<Segment> {
        let trusted = self.is_trusted(found, next);
        let indexed = match trusted {
            true => Segment::with_index_file(&found.path, self.config.index_interval_bytes)?,
            false => None,
        };
        match indexed {
            Some(segment) => Ok(segment),
            None => self.check_segment(found, trusted, next.is_none()),
        }
    }

    /// Whether the snapshot says that all of a segment was on disk.
    fn is_trusted(&self, found: &Found, next: Option<i64>) -> bool {
        self.snapshot.as_ref().is_some_and(|snapshot| match next {
            Some(next) => next <= snapshot.offset,
            None => found.base == snapshot.last_segment && found.size == snapshot.last_size,
        })
    }

    fn is_last_of_snapshot(&self, base: i64) -> bool {
        self.snapshot.as_ref().is_some_and(|snapshot| snapshot.last_segment == base)
    }

    /// Builds a segment's index from its batches, and cuts the segment off where a batch is cut or damaged.
    fn check_segment(&mut self, found: &Found, trusted: bool, last: bool) -> io::Result<Segment> {
        let name = name_of(&found.path);
        // The last one gets its index when it is full or the log is closed.
        if trusted && !last {
            self.recovery
                .notes
                .push(format!("the index of {name} was missing or damaged and was built again"));
        }
        self.recovery.unclean |= !trusted && found.size > 0;
        let store = Store::existing(&found.path)?;
        let interval = self.config.index_interval_bytes;
        let mut segment = Segment::with_store(store, found.base, self.now_ms, interval);
        if let Err(reason) = note_sound_batches(&mut segment)? {
            let kept = segment.summary.size;
            let dropped = segment.store.size() - kept;
            segment.store.truncate(kept)?;
            self.recovery.unclean = true;
            self.recovery.dropped_bytes += dropped;
            self.recovery.notes.push(format!("{dropped} bytes at {kept} of {name} were dropped: {reason}"));
        }
        if !last {
            segment.write_index()?;
            segment.rest();
        }
        Ok(segment)
    }

    /// Takes what is known from the snapshot and from the batches after it, or from all batches.
    fn restore_knowledge(&mut self, log: &mut PartitionLog) -> io::Result<()> {
        let mut replay_from = i64::MIN;
        if let Some(snapshot) = self.snapshot.take() {
            // The first segment may begin before it, and where compaction has taken the first ones also after it.
            log.start_offset = snapshot.start_offset.min(log.high_watermark());
            log.compacted_to = snapshot.compacted_to.min(log.high_watermark());
            if snapshot.offset <= log.high_watermark() {
                replay_from = snapshot.offset;
                log.synced_to = snapshot.offset;
                log.knowledge = snapshot.knowledge;
            }
        }
        for at in 0..=log.sealed.len() {
            if log.segment_at(at).summary.next_offset > replay_from {
                self.replay(log, at, replay_from)?;
            }
        }
        let start = log.start_offset;
        log.knowledge.epochs.forget_before(start);
        log.knowledge.transactions.forget_before(start);
        Ok(())
    }

    fn replay(&self, log: &mut PartitionLog, at: usize, from: i64) -> io::Result<()> {
        let mut store = log.segment_at(at).store.clone();
        let mut scan = Scan::new(&mut store, 0, LONG_WALK);
        while let Some(placed) = scan.next()? {
            let header = placed.header;
            if header.base_offset < from {
                continue;
            }
            log.knowledge.epochs.note(header.leader_epoch, header.base_offset);
            if !header.is_control() {
                log.knowledge.note_data(&header, self.now_ms);
            } else if let Some((marker, coordinator)) = marker_of(&header, &scan.bytes(&placed)?) {
                log.knowledge.note_marker(&header, marker, coordinator, self.now_ms);
            }
        }
        Ok(())
    }
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn both_hold(one: &Segment, other: &Segment) -> io::Error {
    let [one_name, other_name] =
        [one, other].map(|segment| segment.store.path().map(name_of).unwrap_or_default());
    damaged(format!(
        "{one_name} and {other_name} both hold the offset {}; move the one away that does not belong there",
        other.summary.base_offset
    ))
}

/// Notes the segment's batches up to the first that is not whole. The inner error says what is wrong with that one.
fn note_sound_batches(segment: &mut Segment) -> io::Result<Result<(), String>> {
    let mut store = segment.store.clone();
    let mut scan = Scan::new(&mut store, 0, LONG_WALK);
    loop {
        let placed = match scan.next() {
            Ok(Some(placed)) => placed,
            Ok(None) => return Ok(Ok(())),
            Err(error) if error.kind() == damaged("").kind() => return Ok(Err(error.to_string())),
            Err(error) => return Err(error),
        };
        if let Err(reason) = check_whole(&scan.bytes(&placed)?) {
            return Ok(Err(reason));
        }
        if placed.header.base_offset < segment.summary.next_offset {
            return Ok(Err(format!(
                "a batch begins at offset {}, which is taken",
                placed.header.base_offset
            )));
        }
        segment.note(&placed.header);
    }
}
