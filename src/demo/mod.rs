//! The demo: the flights of New York 2013 as a live stream into the embedded cluster, and a workspace ready to look at.
//!
//! In: [`DemoOptions`]. Out: a running [`Demo`]: a cluster that any Kafka client can use, its history written, the rest of the
//! year replayed by a clock that a [`ReplayHandle`] sets; a workspace file with runs, a model and a deployment. The data lie
//! compressed in this program. Everything is done by the same requests that a user sends. Knows no window.

mod embedded;
mod event;
mod flights;
mod options;
mod pace;
mod partition;
mod position;
mod replay;
mod replay_state;
mod running;
mod speed;
mod stream;
mod workspace;

pub use event::{Event, Fault, Moment};
pub use flights::{Code, Flight, Flights};
pub use options::DemoOptions;
pub use replay::Replay;
pub use replay_state::{ReplayHandle, ReplayState};
pub use running::Demo;
pub use speed::Speed;
pub use stream::{EventStream, Tally};

/// The name of the connection to the demo's cluster.
pub const CONNECTION: &str = "local demo";
/// Departures, at their scheduled time.
pub const FLIGHTS: &str = "flights";
/// Arrivals with the delay that was to be predicted, at the time of arrival.
pub const ARRIVED: &str = "flights.arrived";
/// The model topic.
pub const MODELS: &str = "models";
/// Where the demo's deployment writes predictions.
pub const PREDICTIONS: &str = "flights.predictions";
/// Where it writes the records that it cannot score.
pub const DEAD_LETTER: &str = "flights.dead-letter";
/// The model that the demo publishes.
pub const MODEL: &str = "arrival-delay";
/// The share of departures whose record is broken on purpose.
pub const BROKEN_SHARE: f64 = 0.008;
