//! Memory for decompressing, bounded for all logs of the process together.
//!
//! Nothing tells beforehand how large a batch becomes. It is therefore tried with a little memory, which many may have at a
//! time, and if that is not enough again with as much as its topic allows, which one at a time may have. Nobody waits for
//! anything else while it has some.

use std::borrow::Cow;
use std::io;
use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::compression::{Compression, decompress};

/// Enough for a batch of Kafka's default size, unless it shrinks very well.
const LITTLE: usize = 4 << 20;

/// How many may have a little at a time.
const MOST_WITH_A_LITTLE: usize = 16;

static LITTLES: Littles = Littles { taken: Mutex::new(0), given_back: Condvar::new() };
static ALL: Mutex<()> = Mutex::new(());

/// Decompressed bytes, and the memory that they are in.
#[derive(Debug)]
pub(super) struct Body<'a> {
    bytes: Cow<'a, [u8]>,
    _room: Room,
}

#[derive(Debug)]
enum Room {
    /// Nothing had to be decompressed.
    None,
    Little(#[allow(dead_code, reason = "given back when it is dropped")] Little),
    All(#[allow(dead_code, reason = "given back when it is dropped")] MutexGuard<'static, ()>),
}

impl<'a> Body<'a> {
    /// Decompresses `data`, which may give at most `limit` bytes; waits until there is memory for it.
    ///
    /// # Errors
    /// The data are damaged, or would grow beyond the limit.
    pub(super) fn of(compression: Compression, data: &'a [u8], limit: usize) -> io::Result<Body<'a>> {
        if compression == Compression::None {
            return Ok(Body { bytes: Cow::Borrowed(data), _room: Room::None });
        }
        let little = LITTLES.take();
        match decompress(compression, data, limit.min(LITTLE)) {
            Ok(bytes) => return Ok(Body { bytes, _room: Room::Little(little) }),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge && limit > LITTLE => {}
            Err(error) => return Err(error),
        }
        drop(little);
        let all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Body { bytes: decompress(compression, data, limit)?, _room: Room::All(all) })
    }
}

impl Deref for Body<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

#[derive(Debug)]
struct Littles {
    taken: Mutex<usize>,
    given_back: Condvar,
}

/// A little memory, given back when this is dropped.
#[derive(Debug)]
struct Little;

impl Littles {
    fn take(&self) -> Little {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let too_many = |taken: &mut usize| *taken >= MOST_WITH_A_LITTLE;
        let mut taken = self.given_back.wait_while(taken, too_many).unwrap_or_else(PoisonError::into_inner);
        *taken += 1;
        Little
    }
}

impl Drop for Little {
    fn drop(&mut self) {
        *LITTLES.taken.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        LITTLES.given_back.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::super::compression::compress;
    use super::*;

    /// Many threads decompress at once; gives how many had their bytes at the same time.
    fn most_at_a_time(size: usize) -> usize {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let zeros = vec![0; size];
        let data = compress(Compression::Zstd, &zeros).unwrap();
        std::thread::scope(|scope| {
            for _ in 0..40 {
                scope.spawn(|| {
                    let body = Body::of(Compression::Zstd, &data, 64 << 20).unwrap();
                    assert_eq!(body.len(), size);
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        most.into_inner()
    }

    #[test]
    fn batches_that_become_large_are_decompressed_one_at_a_time() {
        assert_eq!(most_at_a_time(LITTLE + 1), 1);
    }

    #[test]
    fn others_are_decompressed_together_up_to_a_bound() {
        let data = compress(Compression::Zstd, &[0; 1000]).unwrap();
        let [one, other] = [(); 2].map(|()| Body::of(Compression::Zstd, &data, 1000).unwrap());
        assert_eq!(one.len(), other.len());
        drop((one, other));
        assert!(most_at_a_time(1 << 20) <= MOST_WITH_A_LITTLE);
    }

    #[test]
    fn damage_and_bombs_are_refused_and_give_their_memory_back() {
        let zeros = vec![0; LITTLE * 3];
        let bomb = compress(Compression::Zstd, &zeros).unwrap();
        for _ in 0..2 * MOST_WITH_A_LITTLE {
            let error = Body::of(Compression::Zstd, &bomb, LITTLE * 2).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
            assert!(Body::of(Compression::Gzip, &bomb, LITTLE * 2).is_err());
        }
    }
}
