//! Drop: leave these columns out.

use serde::{Deserialize, Serialize};

use super::Ready;
use super::select::ReadyKeep;
use crate::pipeline::error::Result;
use crate::pipeline::layout::Layout;
use crate::pipeline::report::Report;

/// A drop step; it learns nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FittedDrop {
    /// The columns left out.
    pub columns: Vec<String>,
}

pub(super) fn check(columns: &[String], layout: &mut Layout, report: &mut Report) {
    let mut dropped = report.columns(columns, layout, |_| Ok(()));
    // One value of a one-hot column may go, the others stay.
    dropped.retain(|&place| layout.get(place).is_some_and(|column| !column.many));
    layout.keep(&layout.without(&dropped));
}

impl FittedDrop {
    pub(super) fn ready(&self, layout: &mut Layout) -> Result<Box<dyn Ready>> {
        let dropped: Vec<usize> = self.columns.iter().filter_map(|name| layout.find(name)).collect();
        let order = layout.without(&dropped);
        layout.keep(&order);
        Ok(Box::new(ReadyKeep { order }))
    }
}
