//! What goes on beside the connections: time-outs, retention, compaction.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::node::Node;
use crate::broker::journal::Millis;

/// After time-outs have broken off, they are looked at again in this time.
const RETRY_MS: Millis = 1_000;

/// Starts it.
pub fn start(node: &Arc<Node>, tasks: &mut JoinSet<()>) {
    tasks.spawn(tell_the_time(Arc::clone(node)));
    let every = &node.config.housekeeping;
    tasks.spawn(repeat(Arc::clone(node), every.retention, "retention", Node::apply_retention));
    tasks.spawn(repeat(Arc::clone(node), every.compaction, "compaction", Node::compact));
}

/// Tells the coordinators the time whenever they want to hear of it.
async fn tell_the_time(node: Arc<Node>) {
    loop {
        node.alarm.begin();
        let next = match catch_unwind(AssertUnwindSafe(|| node.on_disk(|| node.tick()))) {
            Ok(next) => next,
            Err(_) => {
                broke_off(&node, "the time-outs of groups and transactions", "a defect of the broker");
                Some(node.steady() + RETRY_MS)
            }
        };
        node.alarm.sleep(node.steady(), next).await;
    }
}

/// Does some work again and again, beside the threads that serve connections.
async fn repeat(node: Arc<Node>, every: Duration, what: &'static str, work: fn(&Node)) {
    let mut ticks = interval(every.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick comes at once, when there is nothing to do yet.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let pass = Arc::clone(&node);
        if let Err(error) = tokio::task::spawn_blocking(move || work(&pass)).await {
            broke_off(&node, what, error);
        }
    }
}

/// Says that work was not done to its end.
fn broke_off(node: &Node, what: &str, why: impl std::fmt::Display) {
    node.config.log.line(&format!("housekeeping broke off, and will be tried again: {what}: {why}"));
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::broker::config::{BrokerConfig, LogSink};

    #[test]
    fn a_pass_that_breaks_off_is_told_of_and_another_one_follows() {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&lines);
        let log = LogSink::new(move |line| kept.lock().unwrap().push(line.to_string()));
        let node = Arc::new(Node::open(BrokerConfig { log, ..BrokerConfig::default() }, 1).unwrap());
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().unwrap();
        // The hook for panics stays silent so.
        let fails = |_: &Node| std::panic::resume_unwind(Box::new("defect"));
        runtime.spawn(repeat(node, Duration::from_millis(1), "retention", fails));
        while lines.lock().unwrap().len() < 3 {
            std::thread::yield_now();
        }
        assert!(lines.lock().unwrap().iter().all(|line| line.contains("retention")));
        runtime.shutdown_background();
    }
}
