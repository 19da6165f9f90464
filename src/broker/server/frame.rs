//! Requests on the wire: four bytes of length, then as many bytes.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

/// What a frame may take before any of its bytes are there.
const TRUSTED_BYTES: usize = 1 << 18;

/// Room that is reserved for a frame at first; the operating system gives memory for it as it is filled.
const RESERVED_BYTES: usize = 1 << 20;

/// What is wrong with a frame.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// It says that it is longer than allowed, or of negative length.
    #[error("a frame of {length} bytes, where 0 to {limit} are allowed")]
    Length {
        /// What the frame says.
        length: i32,
        /// What is allowed.
        limit: usize,
    },
    /// The other side stopped within a frame.
    #[error("it stopped for {} s within a frame", .0.as_secs())]
    Stopped(Duration),
    /// Records of an answer could not be read when it was their turn, and what was sent before them cannot be taken back.
    #[error("records of an answer could not be read: {0}")]
    Records(io::Error),
    /// The connection broke.
    #[error(transparent)]
    Broken(#[from] io::Error),
}

/// Reads the length of the next frame; `None` when the other side has closed the connection between two frames.
pub async fn read_length(
    stream: &mut (impl AsyncRead + Unpin),
    limit: usize,
) -> Result<Option<usize>, FrameError> {
    let mut head = [0; 4];
    let mut have = 0;
    while let Some(rest) = head.get_mut(have..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest).await? {
            0 if have == 0 => return Ok(None),
            0 => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            count => have += count,
        }
    }
    let length = i32::from_be_bytes(head);
    match usize::try_from(length) {
        Ok(bytes) if bytes <= limit => Ok(Some(bytes)),
        _ => Err(FrameError::Length { length, limit }),
    }
}

/// What follows the length, as far as it has arrived. Memory grows with what arrives, not with what the length promises.
pub struct Body {
    bytes: BytesMut,
    length: usize,
    /// How much may be taken for now.
    allowed: usize,
}

impl Body {
    /// A body of this length, of which a small part is allowed.
    pub fn of(length: usize) -> Self {
        let bytes = BytesMut::with_capacity(length.min(RESERVED_BYTES));
        Self { bytes, length, allowed: length.min(TRUSTED_BYTES) }
    }

    /// How much is allowed.
    pub fn allowed(&self) -> usize {
        self.allowed
    }

    /// Whether all of it is allowed.
    pub fn is_allowed(&self) -> bool {
        self.allowed == self.length
    }

    /// Allows all of it: somebody has seen to it that there is memory.
    pub fn allow(&mut self) {
        self.allowed = self.length;
        self.bytes.reserve(self.length.saturating_sub(self.bytes.len()));
    }

    /// Reads all that is allowed. Every part of a trusted size has `pause` to arrive, so that a byte now and then does not
    /// keep the memory of a large frame.
    pub async fn read(
        &mut self,
        stream: &mut (impl AsyncRead + Unpin),
        pause: Duration,
    ) -> Result<(), FrameError> {
        while self.bytes.len() < self.allowed {
            let next = self.allowed.min(self.bytes.len() + TRUSTED_BYTES);
            let part = timeout(pause, self.read_to(next, stream)).await;
            part.map_err(|_| FrameError::Stopped(pause))??;
        }
        Ok(())
    }

    async fn read_to(&mut self, end: usize, stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
        while self.bytes.len() < end {
            let missing = self.allowed - self.bytes.len();
            if (&mut *stream).take(missing as u64).read_buf(&mut self.bytes).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// What was read.
    pub fn freeze(self) -> Bytes {
        self.bytes.freeze()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    async fn frame(mut bytes: &[u8], limit: usize) -> Result<Option<Bytes>, FrameError> {
        let Some(length) = read_length(&mut bytes, limit).await? else { return Ok(None) };
        let mut body = Body::of(length);
        body.read(&mut bytes, LONG).await?;
        body.allow();
        body.read(&mut bytes, LONG).await?;
        Ok(Some(body.freeze()))
    }

    #[test]
    fn no_more_is_read_than_allowed_and_who_stops_in_between_is_told_apart() {
        let mut body = Body::of(3 << 20);
        let wire = vec![7; 2 << 20];
        run(body.read(&mut &wire[..], LONG)).unwrap();
        assert_eq!((body.allowed(), body.is_allowed(), body.bytes.len()), (1 << 18, false, 1 << 18));
        body.allow();
        let (mut here, _there) = tokio::io::duplex(64);
        let stopped = run(body.read(&mut here, Duration::from_millis(1)));
        assert!(matches!(stopped, Err(FrameError::Stopped(_))));
    }

    #[test]
    fn the_end_between_frames_is_no_error_and_within_one_is() {
        assert!(run(frame(b"", 10)).unwrap().is_none());
        assert!(matches!(run(frame(b"\0\0", 10)), Err(FrameError::Broken(_))));
        assert!(matches!(run(frame(b"\0\0\0\x05abc", 10)), Err(FrameError::Broken(_))));
    }

    #[test]
    fn a_frame_over_the_limit_or_of_negative_length_is_refused_before_it_is_read() {
        assert!(matches!(run(frame(b"\0\0\0\x0b", 10)), Err(FrameError::Length { length: 11, limit: 10 })));
        assert!(matches!(run(frame(b"\xff\xff\xff\xff", 10)), Err(FrameError::Length { length: -1, .. })));
    }
}
