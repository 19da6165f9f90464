//! Prometheus text over HTTP: `GET /metrics`.
//!
//! In: an address and the statistics of a deployment. Out: a server on a thread of its own, with a small runtime of its own;
//! it ends when it is dropped. It only reads snapshots, so a slow scraper cannot hold scoring up.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use tokio::sync::oneshot;

use super::prometheus::prometheus_text;
use super::request::ScoreRequest;
use super::stats::LiveStats;
use crate::jobs::Problem;

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// A server that runs until it is dropped.
pub struct MetricsServer {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl MetricsServer {
    /// Serves the statistics of one deployment on `address` (`127.0.0.1:9464`; port 0 takes a free one).
    pub fn start(address: &str, request: ScoreRequest, stats: Arc<LiveStats>) -> Result<Self, Problem> {
        let failed = |error: std::io::Error| {
            let next = "Give another HOST:PORT; port 0 takes a free one.";
            Problem::new(format!("Serving metrics on {address}"), error.to_string(), next)
        };
        let listener = std::net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let local = listener.local_addr().map_err(failed)?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stop, stopped) = oneshot::channel();
        let app = Router::new().route(
            "/metrics",
            get(move || {
                let text = prometheus_text(&request, &stats.snapshot());
                async move { ([(CONTENT_TYPE, TEXT)], text) }
            }),
        );
        let serve = async move {
            let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
            tokio::select! {
                _ = axum::serve(listener, app) => {}
                _ = stopped => {}
            }
        };
        let thread =
            std::thread::Builder::new().name("metrics".into()).spawn(move || runtime.block_on(serve));
        Ok(Self { address: local, stop: Some(stop), thread: Some(thread.map_err(failed)?) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for MetricsServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use super::*;
    use crate::live::stats::{LiveState, ScoredBatch};

    fn request() -> ScoreRequest {
        serde_json::from_str(
            r#"{"model":"delay@champion","model_topic":"models","input":"flights","output":"predictions"}"#,
        )
        .unwrap()
    }

    #[test]
    fn a_scraper_gets_the_counts_and_the_server_ends_with_its_owner() {
        let stats = Arc::new(LiveStats::new());
        stats.begin();
        stats.set_state(LiveState::Running);
        stats.serve(6, &[], 0);
        stats.committed(ScoredBatch { scored: 41, latencies: vec![(1_000, 41)], ..ScoredBatch::default() });
        let server = MetricsServer::start("127.0.0.1:0", request(), stats).unwrap();
        let address = server.address();

        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let labels = r#"{model="delay",input="flights",output="predictions",group="forebay-delay"}"#;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains(&format!("forebay_records_scored_total{labels} 41\n")), "{answer}");
        assert!(answer.contains(&format!("forebay_model_version{labels} 6\n")), "{answer}");
        assert!(answer.contains("quantile=\"0.99\""), "{answer}");

        drop(server);
        assert!(TcpStream::connect(address).is_err());
    }

    #[test]
    fn an_address_that_is_taken_is_told() {
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let problem = MetricsServer::start(&address, request(), Arc::default()).err().unwrap();
        assert!(problem.what.contains(&address), "{problem}");
    }
}
