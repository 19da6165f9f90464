//! One connection: requests in, answers out, one after the other in their order.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dispatch::{self, Outcome};
use super::frame::{self, FrameError, Parts};
use super::node::Node;
use crate::broker::malformed::Malformed;

/// Why a connection ended before the client closed it.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// It sent something that is no frame, or it broke.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// It sent something that is no request.
    #[error(transparent)]
    Request(#[from] Malformed),
    /// It neither sent nor took anything for too long.
    #[error("idle for {} s", .0.as_secs())]
    Idle(Duration),
    /// The broker ends.
    #[error("the broker ends")]
    Stopping,
}

/// Serves a connection until it ends.
///
/// # Errors
/// It ended for another reason than that the client closed it.
pub async fn serve(mut stream: TcpStream, node: &Arc<Node>) -> Result<(), Ended> {
    stream.set_nodelay(true).map_err(FrameError::from)?;
    let idle = node.config.limits.idle;
    let late = |_| Ended::Idle(idle);
    loop {
        let next = frame::read_length(&mut stream, node.config.limits.request_bytes);
        let Some(length) = timeout(idle, next).await.map_err(late)?? else { return Ok(()) };
        let _memory = node.memory_for_request(length).await.ok_or(Ended::Stopping)?;
        let request = timeout(idle, frame::read_body(&mut stream, length)).await.map_err(late)??;
        match dispatch::serve(node, request).await? {
            Outcome::Nothing => {}
            Outcome::Answer(parts, _memory) => write(parts, &mut stream, idle).await?,
            Outcome::Close(None) => return Ok(()),
            Outcome::Close(Some(parts)) => return write(parts, &mut stream, idle).await,
        }
    }
}

async fn write(
    parts: Parts,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    idle: Duration,
) -> Result<(), Ended> {
    let written = timeout(idle, parts.write(stream)).await.map_err(|_| Ended::Idle(idle))?;
    Ok(written.map_err(FrameError::from)?)
}
