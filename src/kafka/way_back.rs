//! The way back to a cluster whose brokers a client has forgotten.
//!
//! librdkafka forgets the bootstrap servers once it knows the cluster's brokers, and it forgets those too when a broker that
//! has just come back answers that there are none. It begins anew with the bootstrap servers then, but that may get lost (its
//! issue 5301), and such a client finds nobody any more.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::{Client, ClientContext};

use super::context::ForebayContext;
use super::native;

/// How long after all brokers were down a client is shown the way back.
const LATELY: Duration = Duration::from_secs(60);
/// Between two times.
const PAUSE: Duration = Duration::from_secs(5);

/// Shows a client that lives for long the way back.
pub(super) struct WayBack {
    servers: String,
    shown: Mutex<Option<Instant>>,
}

impl WayBack {
    /// The way to these bootstrap servers.
    pub fn to(servers: &str) -> Self {
        Self { servers: servers.into(), shown: Mutex::new(None) }
    }

    /// To be called when nothing comes or goes. Costs next to nothing while no broker was lost.
    pub fn show<C: ClientContext>(&self, client: &Client<C>, said: &ForebayContext) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if shown.is_some_and(|at| at.elapsed() < PAUSE) || !said.all_were_down(LATELY) {
            return;
        }
        *shown = Some(Instant::now());
        native::bootstrap_again(client, &self.servers);
    }
}
