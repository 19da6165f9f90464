//! Answers on the wire: four bytes of length, then as many bytes, in parts that are sent from where they lie.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::frame::FrameError;
use crate::broker::log::{Extent, FilePart};

/// Parts in memory that one call of the operating system takes at most.
const PARTS_AT_ONCE: usize = 32;

/// How much of a file the system sends at most before others have their turn.
#[cfg(target_os = "linux")]
const SENT_AT_ONCE: usize = 1 << 20;

/// How much of a file is read at once where the system does not send it by itself.
const READ_AT_ONCE: usize = 1 << 16;

/// An answer in parts.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    parts: VecDeque<Extent>,
    length: usize,
}

impl Parts {
    /// Adds bytes at the end.
    pub fn push(&mut self, part: Bytes) {
        self.push_extent(Extent::Memory(part));
    }

    /// Adds records at the end.
    pub fn push_extent(&mut self, part: Extent) {
        if !part.is_empty() {
            self.length += part.len();
            self.parts.push_back(part);
        }
    }

    /// Writes a frame of these parts. The other side has `pause` to take some more of it.
    pub async fn write(mut self, stream: &mut TcpStream, pause: Duration) -> Result<(), FrameError> {
        let length = i32::try_from(self.length).map_err(io::Error::other)?;
        self.parts.push_front(Extent::Memory(Bytes::copy_from_slice(&length.to_be_bytes())));
        while !self.parts.is_empty() {
            let written = timeout(pause, self.write_some(stream)).await;
            let written = written.map_err(|_| FrameError::Stopped(pause))??;
            if written == 0 {
                return Err(io::Error::from(io::ErrorKind::WriteZero).into());
            }
            self.advance(written);
        }
        Ok(())
    }

    async fn write_some(&self, stream: &mut TcpStream) -> Result<usize, FrameError> {
        if let Some(Extent::File(part)) = self.parts.front() {
            return send(stream, part).await;
        }
        let in_memory = self.parts.iter().map_while(|part| match part {
            Extent::Memory(bytes) => Some(IoSlice::new(bytes)),
            Extent::File(_) => None,
        });
        let slices: Vec<IoSlice<'_>> = in_memory.take(PARTS_AT_ONCE).collect();
        Ok(stream.write_vectored(&slices).await?)
    }

    fn advance(&mut self, mut count: usize) {
        while let Some(part) = self.parts.front_mut() {
            if part.len() > count {
                match part {
                    Extent::Memory(bytes) => bytes.advance(count),
                    Extent::File(part) => part.advance(count),
                }
                return;
            }
            count -= part.len();
            self.parts.pop_front();
        }
    }

    /// All bytes in one piece.
    #[cfg(test)]
    pub fn joined(self) -> Vec<u8> {
        self.parts.into_iter().flat_map(|part| part.read().unwrap()).collect()
    }
}

/// Sends some bytes of a file, from the system's cache to the socket where it can do that.
#[cfg(target_os = "linux")]
async fn send(stream: &mut TcpStream, part: &FilePart) -> Result<usize, FrameError> {
    use rustix::io::Errno;

    let sent = stream.async_io(tokio::io::Interest::WRITABLE, || {
        let mut position = part.position();
        let count = part.len().min(SENT_AT_ONCE);
        Ok(rustix::fs::sendfile(&*stream, part.file(), Some(&mut position), count)?)
    });
    match sent.await {
        Ok(0) => Err(FrameError::Records(io::ErrorKind::UnexpectedEof.into())),
        Ok(count) => Ok(count),
        Err(error) => match Errno::from_io_error(&error) {
            // Not every file system can.
            Some(Errno::INVAL | Errno::NOSYS) => send_what_is_read(stream, part).await,
            Some(Errno::IO) => Err(FrameError::Records(error)),
            _ => Err(error.into()),
        },
    }
}

/// Sends some bytes of a file.
#[cfg(not(target_os = "linux"))]
async fn send(stream: &mut TcpStream, part: &FilePart) -> Result<usize, FrameError> {
    send_what_is_read(stream, part).await
}

async fn send_what_is_read(stream: &mut TcpStream, part: &FilePart) -> Result<usize, FrameError> {
    let bytes = part.read(READ_AT_ONCE).map_err(FrameError::Records)?;
    Ok(stream.write(&bytes).await?)
}

// What a log leaves in its file is in memory elsewhere.
#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::*;
    use crate::broker::log::{Compression, Durability, Isolation, LogConfig, LogPlace, PartitionLog};
    use crate::broker::server::client_for_tests::batch;

    const LONG: Duration = Duration::from_secs(60);

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    async fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (here, there) =
            tokio::join!(TcpStream::connect(listener.local_addr().unwrap()), listener.accept());
        (here.unwrap(), there.unwrap().0)
    }

    /// What arrives at the other side.
    fn sent(parts: Parts) -> Vec<u8> {
        run(async {
            let (mut here, mut there) = connection().await;
            let mut wire = Vec::new();
            let (written, read) = tokio::join!(
                async {
                    let written = parts.write(&mut here, LONG).await;
                    drop(here);
                    written
                },
                there.read_to_end(&mut wire)
            );
            written.unwrap();
            read.unwrap();
            wire
        })
    }

    /// A log in a folder with batches of 300,000 bytes, and its records as one extent.
    fn records_in_a_file(folder: &std::path::Path, batches: usize) -> (PartitionLog, FilePart) {
        let place = LogPlace::Folder(folder.to_owned());
        let (mut log, _) = PartitionLog::open(place, LogConfig::default(), Durability::System, 0).unwrap();
        for _ in 0..batches {
            log.append(batch(300_000, Compression::None), 0, 0).unwrap();
        }
        match log.read(0, usize::MAX, true, Isolation::Uncommitted).unwrap().records {
            Extent::File(part) => (log, part),
            Extent::Memory(bytes) => panic!("{} bytes in memory", bytes.len()),
        }
    }

    #[test]
    fn parts_in_memory_and_in_files_arrive_as_one_frame() {
        let folder = tempfile::tempdir().unwrap();
        let (_log, part) = records_in_a_file(folder.path(), 20);
        let mut parts = Parts::default();
        (0..100u8).for_each(|number| parts.push(Bytes::copy_from_slice(&[number])));
        parts.push(Bytes::new());
        parts.push_extent(Extent::File(part.clone()));
        parts.push(Bytes::from(vec![7; 3 << 20]));
        parts.push_extent(Extent::File(part));
        let expected = parts.clone().joined();
        let wire = sent(parts);
        assert_eq!(wire[..4], i32::try_from(expected.len()).unwrap().to_be_bytes());
        assert!(wire[4..] == expected);
        assert_eq!(wire[4..104], (0..100).collect::<Vec<u8>>());
    }

    #[test]
    fn a_file_that_the_system_does_not_send_is_read_and_written() {
        let folder = tempfile::tempdir().unwrap();
        let (_log, mut part) = records_in_a_file(folder.path(), 5);
        let expected = Extent::File(part.clone()).read().unwrap();
        let wire = run(async {
            let (mut here, mut there) = connection().await;
            let mut wire = vec![0; expected.len()];
            let write = async {
                while !part.is_empty() {
                    let count = send_what_is_read(&mut here, &part).await.unwrap();
                    part.advance(count);
                }
            };
            tokio::join!(write, async { there.read_exact(&mut wire).await.unwrap() });
            wire
        });
        assert!(wire == expected);
    }

    #[test]
    fn records_arrive_although_their_segment_is_deleted_meanwhile() {
        let folder = tempfile::tempdir().unwrap();
        let (log, part) = records_in_a_file(folder.path(), 5);
        let expected = Extent::File(part.clone()).read().unwrap();
        drop(log);
        std::fs::remove_dir_all(folder.path()).unwrap();
        let mut parts = Parts::default();
        parts.push_extent(Extent::File(part));
        assert!(sent(parts)[4..] == expected);
    }

    #[test]
    fn a_file_that_became_shorter_ends_the_connection() {
        let folder = tempfile::tempdir().unwrap();
        let (_log, part) = records_in_a_file(folder.path(), 2);
        let file = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let file = file.into_iter().find(|path| path.extension().is_some_and(|end| end == "log")).unwrap();
        std::fs::File::options().write(true).open(file).unwrap().set_len(1000).unwrap();
        let mut parts = Parts::default();
        parts.push_extent(Extent::File(part));
        let written = run(async {
            let (mut here, mut there) = connection().await;
            let mut wire = Vec::new();
            let write = async {
                let written = parts.write(&mut here, LONG).await;
                drop(here);
                written
            };
            tokio::join!(write, there.read_to_end(&mut wire)).0
        });
        assert!(matches!(written, Err(FrameError::Records(_))), "{written:?}");
    }

    #[test]
    fn who_takes_nothing_is_told_apart() {
        let mut parts = Parts::default();
        parts.push(Bytes::from(vec![7; 64 << 20]));
        let stopped = run(async {
            let (mut here, _there) = connection().await;
            parts.write(&mut here, Duration::from_millis(50)).await
        });
        assert!(matches!(stopped, Err(FrameError::Stopped(_))));
    }
}
