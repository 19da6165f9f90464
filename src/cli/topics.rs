//! `forebay topics` and `forebay topic NAME`.

use clap::Args;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::{integer, offset};
use super::output::Output;
use super::table::Table;
use crate::jobs::Problem;
use crate::kafka::{Catalogue, TopicDetail, TopicSummary};

#[derive(Args)]
pub(super) struct TopicsArgs {
    /// Also list Kafka's own topics.
    #[arg(long)]
    internal: bool,
}

#[derive(Args)]
pub(super) struct TopicArgs {
    /// The topic.
    name: String,
}

/// Lists the topics.
pub(super) fn list(
    args: &TopicsArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let mut catalogue = connection.connect(&foreground.cancel)?.catalogue()?;
    catalogue.topics.retain(|topic| args.internal || !topic.internal);
    output.result(&catalogue, topics_text)
}

/// Shows one topic.
pub(super) fn show(
    args: &TopicArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let detail = connection.connect(&foreground.cancel)?.topic(&args.name)?;
    output.result(&detail, topic_text)
}

fn topics_text(catalogue: &Catalogue) -> String {
    if catalogue.topics.is_empty() {
        return "No topics.".into();
    }
    let mut table = Table::new(&["topic", ">partitions", ">records", ">replicas", ""]);
    for topic in &catalogue.topics {
        table.row([
            topic.name.clone(),
            integer(topic.partitions.len() as u64),
            topic.problem.as_ref().map_or_else(|| integer(topic.records()), |_| "?".into()),
            integer(replicas(topic)),
            topic.problem.clone().unwrap_or_default(),
        ]);
    }
    table.text()
}

fn replicas(topic: &TopicSummary) -> u64 {
    topic.partitions.iter().map(|partition| partition.replicas.len() as u64).max().unwrap_or_default()
}

fn topic_text(detail: &TopicDetail) -> String {
    let mut text = format!("{}\n", detail.summary.name);
    if let Some(id) = &detail.topic_id {
        text += &format!("id {id}\n");
    }
    for problem in detail.summary.problem.iter().chain(&detail.problems) {
        text += &format!("{problem}\n");
    }
    let mut partitions = Table::new(&["partition", ">from", ">to", ">leader", "replicas", "in sync"]);
    for partition in &detail.summary.partitions {
        partitions.row([
            partition.partition.to_string(),
            offset(partition.low.0),
            offset(partition.high.0),
            partition.leader.to_string(),
            ids(&partition.replicas),
            ids(&partition.in_sync),
        ]);
    }
    text += &format!("\n{}", partitions.text());
    let mut config = Table::new(&["configuration", "value"]);
    for (name, entry) in detail.config.iter().filter(|(_, entry)| !entry.default) {
        config.row([name.clone(), entry.value.clone()]);
    }
    text += &format!("\n{}", config.text());
    if !detail.groups.is_empty() {
        let mut groups = Table::new(&["group", "state", ">lag"]);
        for group in &detail.groups {
            groups.row([group.group.clone(), group.state.clone(), integer(group.lag)]);
        }
        text += &format!("\n{}", groups.text());
    }
    text
}

fn ids(ids: &[i32]) -> String {
    ids.iter().map(i32::to_string).collect::<Vec<_>>().join(",")
}
