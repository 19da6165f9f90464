//! The model card: a manifest in Markdown, for people.

use std::fmt::Write;

use super::manifest::Manifest;
use crate::kafka::Slice;
use crate::learn::{Target, TaskKind};

/// The card of a manifest. The same manifest gives the same text.
pub(super) fn card(manifest: &Manifest) -> String {
    let mut card = String::from("# Model card\n\n");
    task(&mut card, manifest);
    metrics(&mut card, manifest);
    inputs(&mut card, manifest);
    lineage(&mut card, manifest);
    let run = manifest.lineage.run.to_toml();
    let _ = write!(
        card,
        "## The run\n\nTraining again with this run file gives the same digest.\n\n```toml\n{}\n```\n",
        run.trim_end()
    );
    card
}

fn task(card: &mut String, manifest: &Manifest) {
    let what = match manifest.task.kind {
        TaskKind::Classification => format!("the class ({})", manifest.classes.join(", ")),
        TaskKind::Regression => "a number".into(),
    };
    let target = match &manifest.task.target {
        Target::Column(column) => format!("`{column}`"),
        Target::Above { column, above } => format!("`{column}` above {above}"),
    };
    let made = jiff::Timestamp::from_millisecond(manifest.made_at)
        .map_or_else(|_| String::new(), |at| at.to_string());
    let _ = write!(
        card,
        "| | |\n| --- | --- |\n| Predicts | {what} of {target} |\n| Learner | {} |\n| Features | {} |\n| Digest | `{}` |\n\
         | Made by | {}, {made} |\n\n",
        manifest.learner.title(),
        manifest.features.len(),
        manifest.digest,
        manifest.made_by,
    );
}

fn metrics(card: &mut String, manifest: &Manifest) {
    let mut names: Vec<&String> = manifest.metrics.values().flat_map(|part| part.keys()).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return;
    }
    card.push_str("## Metrics\n\n| measure |");
    for part in manifest.metrics.keys() {
        let _ = write!(card, " {} |", part.replace('_', " "));
    }
    card.push_str("\n| --- |");
    card.push_str(&" ---: |".repeat(manifest.metrics.len()));
    card.push('\n');
    for name in names {
        let _ = write!(card, "| {name} |");
        for part in manifest.metrics.values() {
            match part.get(name) {
                Some(value) => {
                    let _ = write!(card, " {value:.4} |");
                }
                None => card.push_str(" |"),
            }
        }
        card.push('\n');
    }
    card.push('\n');
}

fn inputs(card: &mut String, manifest: &Manifest) {
    let _ = write!(card, "## Input\n\nRecords are read as {}. ", manifest.codec);
    card.push_str("A record without a column that must be there is refused.\n\n| column | type | may be missing |\n| --- | --- | --- |\n");
    for field in &manifest.input.fields {
        let kind = serde_json::to_string(&field.kind).unwrap_or_default();
        let missing = if field.nullable { "yes" } else { "no" };
        let _ = writeln!(card, "| `{}` | {} | {missing} |", field.name, kind.trim_matches('"'));
    }
    card.push('\n');
}

fn lineage(card: &mut String, manifest: &Manifest) {
    let slice = &manifest.lineage.slice;
    let [train, valid, test, gaps, unlabelled] = manifest.lineage.rows;
    let _ = write!(
        card,
        "## Lineage\n\nSlice `{}` of cluster `{}`: {train} rows to train, {valid} to validate, {test} to test, {gaps} in gaps, \
         {unlabelled} without a target.\n\n| topic | partition | from offset | to offset |\n| --- | ---: | ---: | ---: |\n",
        slice.digest(),
        slice.cluster_id,
    );
    offsets(card, slice);
    card.push('\n');
    let (Some(labels), Some(counts)) = (&manifest.lineage.label_slice, &manifest.lineage.label_counts) else {
        return;
    };
    let _ = write!(
        card,
        "### Labels\n\nSlice `{}`: {} of {} rows have a label. Of {} label records {} were used, {} were doubled, {} came too \
         late and {} belong to no row.\n\n| topic | partition | from offset | to offset |\n| --- | ---: | ---: | ---: |\n",
        labels.digest(),
        counts.matched,
        counts.events,
        counts.labels,
        counts.used,
        counts.doubled,
        counts.late,
        counts.strays,
    );
    offsets(card, labels);
    card.push('\n');
}

fn offsets(card: &mut String, slice: &Slice) {
    for topic in &slice.topics {
        for range in &topic.partitions {
            let _ = writeln!(
                card,
                "| `{}` | {} | {} | {} |",
                topic.topic, range.partition.0, range.start, range.end
            );
        }
    }
}
