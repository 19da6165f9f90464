//! Select: keep these columns only, in this order.

use serde::{Deserialize, Serialize};

use super::Ready;
use crate::pipeline::error::Result;
use crate::pipeline::layout::Layout;
use crate::pipeline::report::Report;
use crate::pipeline::table::Table;

/// A select step; it learns nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittedSelect {
    /// The columns kept.
    pub columns: Vec<String>,
}

/// Keeps columns by place. Also what a drop step becomes.
pub(super) struct ReadyKeep {
    pub(super) order: Vec<usize>,
}

pub(super) fn check(columns: &[String], layout: &mut Layout, report: &mut Report) {
    let kept = report.columns(columns, layout, |_| Ok(()));
    layout.keep(&kept);
}

impl FittedSelect {
    pub(super) fn ready(&self, layout: &mut Layout) -> Result<Box<dyn Ready>> {
        let order: Vec<usize> = self.columns.iter().filter_map(|name| layout.find(name)).collect();
        layout.keep(&order);
        Ok(Box::new(ReadyKeep { order }))
    }
}

impl Ready for ReadyKeep {
    fn apply(&self, table: &mut Table, _unmatched: &mut dyn FnMut(&str, u64)) -> Result<()> {
        table.keep(&self.order);
        Ok(())
    }
}
