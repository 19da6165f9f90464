//! One connection: requests in, answers out, one after the other in their order.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::dispatch::{self, Outcome};
use super::frame::{Body, FrameError, read_length};
use super::memory::Held;
use super::node::Node;
use crate::broker::malformed::Malformed;

/// How long a client may pause within a request, and before it takes some more of an answer, which it may do when it gets to
/// it. Others cannot have the memory meanwhile.
const PAUSE_IN_REQUEST: Duration = Duration::from_secs(10);
const PAUSE_IN_ANSWER: Duration = Duration::from_mins(1);

/// Why a connection ended before the client closed it.
#[derive(Debug, thiserror::Error)]
pub enum Ended {
    /// It sent something that is no frame, or it broke.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// It sent something that is no request.
    #[error(transparent)]
    Request(#[from] Malformed),
    /// It sent nothing for too long.
    #[error("idle for {} s", .0.as_secs())]
    Idle(Duration),
}

/// Serves a connection until it ends.
///
/// # Errors
/// It ended for another reason than that the client closed it.
pub async fn serve(stream: &mut TcpStream, node: &Arc<Node>) -> Result<(), Ended> {
    stream.set_nodelay(true).map_err(FrameError::from)?;
    let idle = node.config.limits.idle;
    let pause = idle.min(PAUSE_IN_ANSWER);
    loop {
        let next = read_length(stream, node.config.limits.request_bytes);
        let Some(length) = timeout(idle, next).await.map_err(|_| Ended::Idle(idle))?? else { return Ok(()) };
        let (request, memory) = read(stream, length, node).await?;
        let Some(outcome) = unless_gone(stream, dispatch::serve(node, request, memory)).await else {
            return Ok(());
        };
        match outcome? {
            Outcome::Nothing => {}
            Outcome::Answer(parts, _memory) => parts.write(stream, pause).await?,
            Outcome::Close(None) => return Ok(()),
            Outcome::Close(Some(parts)) => return Ok(parts.write(stream, pause).await?),
        }
    }
}

/// Reads what follows a length. A client gets memory for a small part first, and for all of a large request only when that
/// part is there: a length alone takes nothing from others.
async fn read(stream: &mut TcpStream, length: usize, node: &Node) -> Result<(Bytes, Held), FrameError> {
    let pause = node.config.limits.idle.min(PAUSE_IN_REQUEST);
    let mut body = Body::of(length);
    let mut memory = node.requests_memory.take(body.allowed()).await;
    body.read(stream, pause).await?;
    if !body.is_allowed() {
        drop(memory);
        memory = node.requests_memory.take(length).await;
        body.allow();
        body.read(stream, pause).await?;
    }
    Ok((body.freeze(), memory))
}

/// The answer; `None` when the client has gone while the answer was waiting for something.
async fn unless_gone<T>(stream: &TcpStream, answer: impl Future<Output = T>) -> Option<T> {
    let mut answer = pin!(answer);
    let mut gone = pin!(gone(stream));
    poll_fn(|context| {
        // What need not wait is not asked after its client, which would cost a call of the operating system.
        if let Poll::Ready(answer) = answer.as_mut().poll(context) {
            return Poll::Ready(Some(answer));
        }
        gone.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// Returns when the client has closed the connection. One that has sent another request is not watched any longer, since
/// its end is behind that.
async fn gone(stream: &TcpStream) {
    let mut byte = [0];
    if let Ok(1..) = stream.peek(&mut byte).await {
        std::future::pending::<()>().await;
    }
}
