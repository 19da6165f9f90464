//! The options of a label join.

use clap::Args;

use super::format::integer;
use crate::data::{LabelBy, LabelCounts, LabelSpec};
use crate::kafka::parse_span;

/// Labels from another topic.
#[derive(Args, Clone, Debug)]
pub(super) struct LabelArgs {
    /// The topic with the labels, which come later and are matched by key.
    #[arg(long, value_name = "TOPIC", requires_all = ["label_column", "label_within"])]
    labels: Option<String>,

    /// The field of a label record that is the label.
    #[arg(long, value_name = "FIELD", requires = "labels")]
    label_column: Option<String>,

    /// How long after its record a label may come: 48h.
    #[arg(long, value_name = "SPAN", requires = "labels", value_parser = span)]
    label_within: Option<String>,

    /// Match by these fields and not by the record key; FIELD=FIELD where the label's has another name.
    #[arg(long, value_name = "FIELD,FIELD", requires = "labels", value_delimiter = ',')]
    label_by: Vec<String>,
}

impl LabelArgs {
    /// The join that they ask for.
    pub fn spec(&self) -> Option<LabelSpec> {
        let (topic, column, within) =
            (self.labels.as_ref()?, self.label_column.as_ref()?, self.label_within.as_ref()?);
        Some(LabelSpec { by: self.by(), ..LabelSpec::by_key(topic, column, within) })
    }

    fn by(&self) -> LabelBy {
        if self.label_by.is_empty() {
            return LabelBy::Key;
        }
        let pairs = self.label_by.iter().map(|field| field.split_once('=').unwrap_or((field, field)));
        let (event, label) = pairs.map(|(event, label)| (event.to_owned(), label.to_owned())).unzip();
        LabelBy::Fields { event, label }
    }
}

fn span(text: &str) -> Result<String, String> {
    parse_span(text).map(|_| text.into())
}

/// What became of events and labels, for a person.
pub(super) fn counts_text(counts: &LabelCounts) -> String {
    let LabelCounts { events, matched, unmatched, late_events, labels, used, doubled, late, strays, .. } =
        *counts;
    let shared = match counts.shared {
        0 => String::new(),
        shared => format!("\n{} rows share their label with another row of the same key", integer(shared)),
    };
    format!(
        "{} of {} rows have a label; of the {} without one {} came too late and {} have no key\n\
         {} label records: {} used, {} doubled, {} too late, {} of no row, {} without key or value, {} not decoded{shared}",
        integer(matched),
        integer(events),
        integer(unmatched),
        integer(late_events),
        integer(counts.events_without_key),
        integer(labels),
        integer(used),
        integer(doubled),
        integer(late),
        integer(strays),
        integer(counts.labels_without_key + counts.tombstones),
        integer(counts.rejected),
    )
}
