//! The options of a range of records.

use clap::Args;

use crate::codec::by_name;
use crate::data::Filter;
use crate::jobs::{Cancel, Problem};
use crate::kafka::{Bound, Cluster, PartitionId, RangeSpec, Slice};

/// Which records.
#[derive(Args, Clone, Debug)]
pub(super) struct RangeArgs {
    /// The topic; several are parted by commas.
    #[arg(value_name = "TOPIC", value_delimiter = ',', required = true)]
    pub topics: Vec<String>,

    /// Where to begin: `beginning`, a time (2013-01-01T00:00:00Z), an offset (1200), the last days or hours (-7d), or the
    /// last records (-1000).
    #[arg(long, default_value = "beginning", allow_hyphen_values = true, value_parser = bound)]
    pub from: Bound,

    /// Where to end, exclusive: `end` or the same forms.
    #[arg(long, default_value = "end", allow_hyphen_values = true, value_parser = bound)]
    pub to: Bound,

    /// Only these partitions, by number.
    #[arg(long, value_name = "N,N", value_delimiter = ',')]
    pub partitions: Vec<i32>,
}

/// How records are decoded.
#[derive(Args, Clone, Debug)]
pub(super) struct CodecArgs {
    /// How records are decoded.
    #[arg(long, default_value = "json", value_parser = codec)]
    pub codec: String,

    /// Keep only rows for which this holds: `dep_delay > 15 and origin == "JFK"`.
    #[arg(long, value_name = "EXPR", value_parser = filter)]
    pub filter: Option<String>,
}

impl RangeArgs {
    /// The range, as a request has it.
    pub fn spec(&self) -> RangeSpec {
        let partitions = self.partitions.iter().copied().map(PartitionId).collect::<Vec<_>>();
        RangeSpec {
            topics: self.topics.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            partitions: (!partitions.is_empty()).then_some(partitions),
        }
    }

    /// The range, resolved.
    pub fn resolve(&self, cluster: &Cluster, cancel: &Cancel) -> Result<Slice, Problem> {
        Ok(cluster.resolve(&self.spec(), cancel)?)
    }
}

fn bound(text: &str) -> Result<Bound, String> {
    text.parse()
}

fn codec(name: &str) -> Result<String, String> {
    by_name(name).map(|codec| codec.name().into())
}

fn filter(text: &str) -> Result<String, String> {
    Filter::parse(text)
        .map(|_| text.into())
        .map_err(|why| format!("{why}; docs/commands.md says what a filter is"))
}
