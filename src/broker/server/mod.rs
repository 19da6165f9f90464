//! The running broker: a listener on the loopback interface, a task per connection, and housekeeping beside them.

pub mod clock;
mod connection;
pub mod dispatch;
pub mod frame;
mod housekeeping;
mod journal_log;
pub mod memory;
pub mod node;
pub mod parts;
pub mod settings;
mod shape;
pub mod versions;

use std::future::poll_fn;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinError, JoinHandle, JoinSet};

use self::connection::Ended;
use self::frame::FrameError;
use self::node::Node;
use super::config::BrokerConfig;
use super::error::BrokerError;

/// Threads that serve connections.
const THREADS: usize = 2;

/// How long the end of the broker waits for what is being done.
const PATIENCE: Duration = Duration::from_secs(5);

/// A running broker. It ends when it is dropped or told to [`Broker::stop`]; what it kept in a folder is there when another one
/// is started on it.
pub struct Broker {
    address: SocketAddr,
    node: Arc<Node>,
    /// Taken when the broker ends.
    running: Option<Running>,
}

struct Running {
    runtime: Runtime,
    serving: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

impl Running {
    fn begin(listener: TcpListener, node: &Arc<Node>) -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .thread_name("embedded-broker")
            .enable_io()
            .enable_time()
            .build()?;
        let context = runtime.enter();
        let listener = tokio::net::TcpListener::from_std(listener);
        drop(context);
        let listener = match listener {
            Ok(listener) => listener,
            Err(error) => {
                // The caller may be a thread of another runtime, which must not wait for the end of this one.
                runtime.shutdown_background();
                return Err(error);
            }
        };
        let (stop, stopped) = oneshot::channel();
        let serving = runtime.spawn(serve(listener, Arc::clone(node), stopped));
        Ok(Self { runtime, serving, stop })
    }
}

impl Broker {
    /// Starts a broker. When this returns, it answers.
    ///
    /// # Errors
    /// The folder or the port is used by somebody else, or cannot be used at all.
    pub fn start(config: BrokerConfig) -> Result<Self, BrokerError> {
        let port = config.port;
        let refused = |error| BrokerError::Port { port, error };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(refused)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let node = Arc::new(Node::open(config, address.port())?);
        match Running::begin(listener, &node) {
            Ok(running) => Ok(Self { address, node, running: Some(running) }),
            Err(error) => {
                node.close();
                Err(error.into())
            }
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a Kafka client takes as its bootstrap servers.
    pub fn bootstrap(&self) -> String {
        self.address.to_string()
    }

    /// Ends the broker: connections close, then everything is written to disk.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let Some(Running { runtime, serving, stop }) = self.running.take() else { return };
        self.node.end();
        let _ended_already = stop.send(());
        let node = Arc::clone(&self.node);
        // A runtime must not be waited for by a thread of another one, and the caller may be such.
        let ending = std::thread::spawn(move || {
            let _ended_or_late = runtime.block_on(async { tokio::time::timeout(PATIENCE, serving).await });
            runtime.shutdown_timeout(PATIENCE);
            node.close();
        });
        let _panicked_at_worst = ending.join();
    }
}

/// Takes connections until the broker ends.
async fn serve(listener: tokio::net::TcpListener, node: Arc<Node>, mut stop: oneshot::Receiver<()>) {
    let mut tasks = JoinSet::new();
    housekeeping::start(&node, &mut tasks);
    let most = node.config.limits.connections + tasks.len();
    loop {
        match next(&listener, &mut tasks, &mut stop).await {
            Event::Stop => break,
            Event::Connection(Ok(_)) if tasks.len() >= most => {
                node.config.log.line("a connection was refused: there are as many as the limit allows");
            }
            Event::Connection(Ok((mut stream, peer))) => {
                let node = Arc::clone(&node);
                // The connection is there until it is said why it ends: who sees it closed finds the line.
                tasks.spawn(async move { report(connection::serve(&mut stream, &node).await, peer, &node) });
            }
            Event::Connection(Err(error)) => {
                // Out of files, most likely: some connection has to end first.
                node.config.log.line(&format!("no connection can be taken: {error}"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            Event::Ended(Ok(())) => {}
            Event::Ended(Err(error)) => {
                let line =
                    format!("a connection was closed, because its request could not be handled: {error}");
                node.config.log.line(&line);
            }
        }
    }
    drop(listener);
    tasks.shutdown().await;
}

/// What happens to the listener.
enum Event {
    Stop,
    Connection(io::Result<(TcpStream, SocketAddr)>),
    Ended(Result<(), JoinError>),
}

/// Waits for what happens next.
async fn next(
    listener: &tokio::net::TcpListener,
    tasks: &mut JoinSet<()>,
    stop: &mut oneshot::Receiver<()>,
) -> Event {
    poll_fn(|context| {
        if pin!(&mut *stop).poll(context).is_ready() {
            return Poll::Ready(Event::Stop);
        }
        if let Poll::Ready(Some(ended)) = tasks.poll_join_next(context) {
            return Poll::Ready(Event::Ended(ended));
        }
        listener.poll_accept(context).map(Event::Connection)
    })
    .await
}

/// Says why a connection ended, where that is worth a line.
fn report(ended: Result<(), Ended>, peer: SocketAddr, node: &Node) {
    match ended {
        Ok(()) | Err(Ended::Frame(FrameError::Broken(_))) => {}
        Err(reason) => node.config.log.line(&format!("the connection from {peer} was closed: {reason}")),
    }
}

#[cfg(test)]
pub mod client_for_tests;
#[cfg(test)]
mod limits_tests;
#[cfg(test)]
mod stop_tests;
#[cfg(test)]
mod tests;
