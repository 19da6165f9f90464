//! The end of a partition with what is not committed yet.

use std::time::Instant;

use rdkafka::consumer::{BaseConsumer, Consumer};

use super::client::Cluster;
use super::context::ForebayContext;
use super::error::Result;
use super::types::{Offset, PartitionId};

impl Cluster {
    /// The offset that the next record of a partition will get, records of open transactions included (every other "end" of
    /// this module is the last stable offset). For writers that must know that nothing undecided lies before them.
    pub fn high_watermark(&self, topic: &str, partition: PartitionId) -> Result<Offset> {
        let what = format!("asking for the end of {topic}");
        let mut config = self.client_config();
        config.set("isolation.level", "read_uncommitted");
        let consumer: BaseConsumer<ForebayContext> = config
            .create_with_context(self.context())
            .map_err(|error| self.explain_on(&what, topic, error))?;
        let ask = || consumer.fetch_watermarks(topic, partition.0, self.timeout());
        let (_, high) = self.ask_leaders(&what, topic, Instant::now() + self.timeout(), ask)?;
        Ok(Offset(high))
    }
}
