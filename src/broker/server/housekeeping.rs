//! What goes on beside the connections: time-outs, retention, compaction.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::node::Node;

/// Starts it.
pub fn start(node: &Arc<Node>, tasks: &mut JoinSet<()>) {
    tasks.spawn(tell_the_time(Arc::clone(node)));
    let every = &node.config.housekeeping;
    tasks.spawn(repeat(Arc::clone(node), every.retention, Node::apply_retention));
    tasks.spawn(repeat(Arc::clone(node), every.compaction, Node::compact));
}

/// Tells the coordinators the time whenever they want to hear of it.
async fn tell_the_time(node: Arc<Node>) {
    loop {
        node.alarm.begin();
        let next = node.on_disk(|| node.tick());
        node.alarm.sleep(node.now(), next).await;
    }
}

/// Does some work again and again, beside the threads that serve connections.
async fn repeat(node: Arc<Node>, every: Duration, work: fn(&Node)) {
    let mut ticks = interval(every.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick comes at once, when there is nothing to do yet.
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let node = Arc::clone(&node);
        let _panicked_at_worst = tokio::task::spawn_blocking(move || work(&node)).await;
    }
}
