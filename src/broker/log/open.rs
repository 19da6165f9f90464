//! Opening a log: what a crash left behind is mended, what was not closed properly is checked batch by batch.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use super::answers::Recovery;
use super::batch::{check_whole, damaged};
use super::config::{Durability, LogConfig, LogPlace};
use super::decode::marker_of;
use super::files;
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
                let active = Segment::create(None, 0, now_ms, config.index_interval_bytes)?;
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
            in_use: None,
            failed: false,
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
            None => {
                let first = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.offset);
                Segment::create(Some(&self.folder), first, self.now_ms, self.config.index_interval_bytes)?
            }
        };
        let folder = Some(self.folder.clone());
        let mut log = PartitionLog::assemble(folder, self.config.clone(), self.durability, active);
        log.active.make_active()?;
        log.sealed = segments;
        log.start_offset = log.segment_at(0).summary.base_offset;
        self.restore_knowledge(&mut log)?;
        if self.recovery.unclean {
            log.checkpoint()?;
        }
        Ok((log, self.recovery))
    }

    /// Opens all segments, those that may be damaged with a check of every batch.
    fn open_segments(&mut self) -> io::Result<VecDeque<Segment>> {
        let paths = files::files_in(&self.folder)?;
        let logs: Vec<(i64, PathBuf)> =
            paths.into_iter().filter_map(|path| Some((files::base_offset_of(&path, "log")?, path))).collect();
        let mut segments = VecDeque::with_capacity(logs.len());
        for (at, (base, path)) in logs.iter().enumerate() {
            let next = logs.get(at + 1).map(|(base, _)| *base);
            let trusted = self.is_trusted(*base, next, path)?;
            let indexed = match trusted {
                true => Segment::with_index_file(path, self.config.index_interval_bytes)?,
                false => None,
            };
            let segment = match indexed {
                Some(segment) => segment,
                None => self.check_segment(*base, path, trusted, next.is_none())?,
            };
            segments.push_back(segment);
        }
        Ok(segments)
    }

    /// Whether the snapshot says that all of a segment was on disk.
    fn is_trusted(&self, base: i64, next: Option<i64>, path: &Path) -> io::Result<bool> {
        let Some(snapshot) = &self.snapshot else { return Ok(false) };
        Ok(match next {
            Some(next) => next <= snapshot.offset,
            None => base == snapshot.last_segment && path.metadata()?.len() == snapshot.last_size,
        })
    }

    /// Builds a segment's index from its batches, and cuts the segment off where a batch is cut or damaged.
    fn check_segment(&mut self, base: i64, path: &Path, trusted: bool, last: bool) -> io::Result<Segment> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if trusted {
            self.recovery
                .notes
                .push(format!("the index of {name} was missing or damaged and was built again"));
        }
        self.recovery.unclean |= !trusted && path.metadata()?.len() > 0;
        let store = Store::existing(path)?;
        let interval = self.config.index_interval_bytes;
        let mut segment = Segment::with_store(store, base, self.now_ms, interval);
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
            log.start_offset = log.start_offset.max(snapshot.start_offset).min(log.high_watermark());
            log.compacted_to = snapshot.compacted_to;
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
