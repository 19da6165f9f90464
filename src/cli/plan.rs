//! `forebay plan TOPIC`.

use clap::Args;

use super::connection::ConnectionArgs;
use super::foreground::Foreground;
use super::format::{bytes, count, offset, time};
use super::output::Output;
use super::range::RangeArgs;
use super::table::Table;
use crate::jobs::Problem;
use crate::kafka::{ReadPlan, Slice, format_span};

#[derive(Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    range: RangeArgs,
}

/// Says what reading would cost.
pub(super) fn run(
    args: &PlanArgs,
    connection: &ConnectionArgs,
    foreground: &Foreground,
    output: &Output,
) -> Result<(), Problem> {
    let cluster = connection.connect(&foreground.cancel)?;
    let plan = foreground.run(|_, cancel| {
        let slice = args.range.resolve(&cluster, cancel)?;
        Ok::<_, Problem>(cluster.plan(&slice, cancel)?)
    })?;
    output.result(&plan, plan_text)
}

fn plan_text(plan: &ReadPlan) -> String {
    let mut text = offsets_text(&plan.slice);
    text += &format!("\nat most {}", count(plan.offsets, "record", "records"));
    if let Some(estimate) = plan.bytes {
        text += &format!(", ≈ {}", bytes(estimate));
    }
    if let (Some(first), Some(last)) = (plan.first, plan.last) {
        text += &format!("\n{} to {} UTC", time(first.0), time(last.0));
    }
    if let Some(left) = plan.retention_left_ms {
        text += &match u64::try_from(left) {
            Ok(left) => format!("\nretention takes the oldest in {}", format_span(left)),
            Err(_) => "\nretention may take the oldest at any moment".into(),
        };
    }
    if plan.tiered {
        text += &match plan.tiered_share() {
            Some(share) => {
                format!("\n≈ {:.0} % of it in tiered storage, where reading takes longer", share * 100.0)
            }
            None => "\nolder records may lie in tiered storage, where reading takes longer".into(),
        };
    }
    text
}

/// The exact offsets of a slice, a line per partition.
pub(super) fn offsets_text(slice: &Slice) -> String {
    let mut table = Table::new(&["topic", "partition", ">from", ">to"]);
    for topic in &slice.topics {
        for range in &topic.partitions {
            let (start, end) = (offset(range.start.0), offset(range.end.0));
            table.row([topic.topic.clone(), range.partition.to_string(), start, end]);
        }
    }
    format!("slice {}\n{}", slice.digest(), table.text())
}
