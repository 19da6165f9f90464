//! Transactions of a deployment: two writers in turn, and whose they are.
//!
//! After a commit the broker still writes its markers; a writer that begins again meanwhile is told to wait, and librdkafka
//! then waits 20 ms. So two writers take turns, and each has the other's transaction to finish its own. Kafka keeps their
//! records in order in the partitions, and offsets by their place in its log.
//!
//! What fences a member that lost its partitions is the group's generation, which goes with the offsets (Kafka 2.5 and
//! later). The transactional ids serve another end: a member that was killed leaves a transaction open, and opening a writer
//! with the same ids ends it at once instead of after its timeout. Ids are therefore named after what comes back: the
//! member's instance name, or else its lowest partition.

use super::request::ScoreRequest;
use crate::kafka::{Cluster, GroupConsumer, KafkaError, Offset, OutRecord, PartitionId, TransactionalWriter};

type Result<T> = std::result::Result<T, KafkaError>;

/// Leftovers of at most so many partitions are ended at once when partitions come; those of more time out by themselves.
const ENDED_AT_ONCE: usize = 16;
const TURNS: [&str; 2] = ["a", "b"];

/// The two writers of a member.
pub(super) struct Transactions {
    /// `forebay-score/GROUP/INPUT`.
    prefix: String,
    instance: Option<String>,
    /// The ids without the turn, once they are known.
    id: Option<String>,
    writers: [Option<TransactionalWriter>; 2],
    /// Whose turn it is.
    turn: usize,
    open: bool,
}

impl Transactions {
    /// Those of a member named by its instance are opened here, before it joins, so that a leftover does not hold the
    /// group's positions back; those of others when partitions come.
    pub(super) fn new(cluster: &Cluster, request: &ScoreRequest) -> Result<Self> {
        let mut transactions = Self {
            prefix: format!("forebay-score/{}/{}", request.group(), request.input),
            instance: request.instance.clone(),
            id: None,
            writers: [None, None],
            turn: 0,
            open: false,
        };
        if let Some(instance) = &transactions.instance {
            transactions.id = Some(format!("{}/instance/{instance}", transactions.prefix));
            transactions.open_writers(cluster)?;
        }
        Ok(transactions)
    }

    /// Takes the ids of the lowest partition, and ends what a killed member may have left open under those of the others.
    pub(super) fn assigned(&mut self, cluster: &Cluster, partitions: &[PartitionId]) -> Result<()> {
        let Some(lowest) = partitions.iter().min() else { return Ok(()) };
        if self.instance.is_some() {
            return Ok(());
        }
        let id = self.partition_id(*lowest);
        if self.id.as_ref() != Some(&id) {
            self.give_up();
            self.id = Some(id);
        }
        for partition in partitions.iter().filter(|&partition| partition != lowest).take(ENDED_AT_ONCE) {
            for turn in TURNS {
                open_writer(cluster, &format!("{}/{turn}", self.partition_id(*partition)))?;
            }
        }
        self.open_writers(cluster)
    }

    pub(super) fn send(&mut self, cluster: &Cluster, record: OutRecord<'_>) -> Result<()> {
        let begin = !self.open;
        let writer = self.writer(cluster)?;
        if begin {
            writer.begin()?;
            self.open = true;
        }
        self.writer(cluster)?.send(record)
    }

    pub(super) fn commit(
        &mut self,
        cluster: &Cluster,
        consumer: &GroupConsumer,
        offsets: &[(String, PartitionId, Offset)],
    ) -> Result<()> {
        let begin = !self.open;
        let writer = self.writer(cluster)?;
        if begin {
            writer.begin()?;
        }
        writer.send_offsets(consumer, offsets)?;
        writer.commit()?;
        self.open = false;
        self.turn = 1 - self.turn;
        Ok(())
    }

    /// Gives both writers up, which aborts what is open, and opens new ones, which are free of whatever error the old ones
    /// had met. New ones with the same ids also end what could not be aborted: until then the group's positions are held
    /// back, so they come before those are asked for.
    pub(super) fn abort(&mut self, cluster: &Cluster) -> Result<()> {
        self.give_up();
        if self.id.is_some() { self.open_writers(cluster) } else { Ok(()) }
    }

    fn give_up(&mut self) {
        self.open = false;
        self.writers = [None, None];
    }

    fn open_writers(&mut self, cluster: &Cluster) -> Result<()> {
        for turn in 0..TURNS.len() {
            self.turn = turn;
            self.writer(cluster)?;
        }
        self.turn = 0;
        Ok(())
    }

    /// The writer whose turn it is, opened anew where it was given up.
    fn writer(&mut self, cluster: &Cluster) -> Result<&mut TransactionalWriter> {
        let id = self.id.as_deref().unwrap_or(&self.prefix);
        let turn =
            if self.turn == 0 { (&mut self.writers[0], TURNS[0]) } else { (&mut self.writers[1], TURNS[1]) };
        match turn {
            (Some(writer), _) => Ok(writer),
            (empty, name) => Ok(empty.insert(open_writer(cluster, &format!("{id}/{name}"))?)),
        }
    }

    fn partition_id(&self, partition: PartitionId) -> String {
        format!("{}/{partition}", self.prefix)
    }
}

fn open_writer(cluster: &Cluster, id: &str) -> Result<TransactionalWriter> {
    TransactionalWriter::open(cluster.write_access("write predictions")?, id)
}
