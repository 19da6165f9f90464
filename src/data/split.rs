//! Train, validation and test parts in time order.

use serde::{Deserialize, Serialize};

use super::frame::Frame;
use crate::jobs::Problem;

/// How to split. `[split]` of a run file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SplitSpec {
    /// What the order is.
    pub by: SplitBy,
    /// Shares of the rows, which add up to 1.
    pub train: f64,
    #[allow(missing_docs)]
    pub valid: f64,
    #[allow(missing_docs)]
    pub test: f64,
    /// Rows within this span after a part's end are left out (`1h`, `0s`), so that nothing known late reaches across.
    pub gap: String,
}

/// The order of a split.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SplitBy {
    /// By record timestamp (ties by partition and offset).
    #[default]
    Time,
}

impl Default for SplitSpec {
    fn default() -> Self {
        Self { by: SplitBy::Time, train: 0.7, valid: 0.15, test: 0.15, gap: "0s".into() }
    }
}

/// Row numbers of a frame, each part in time order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// To fit on.
    pub train: Vec<u32>,
    /// To choose by.
    pub valid: Vec<u32>,
    /// Sealed until the end.
    pub test: Vec<u32>,
    /// Left out by the gaps.
    pub gaps: Vec<u32>,
    /// Timestamps (ms) at which train ends, validation begins, validation ends, test begins.
    pub borders: [i64; 4],
}

impl SplitSpec {
    /// Everything wrong with it, as (field, why).
    pub fn check(&self) -> Vec<(String, String)> {
        todo!("data owner")
    }

    /// Splits the rows listed in `rows` (all when `None`) of a frame. Never puts rows of one timestamp into two parts.
    pub fn split(&self, _frame: &Frame, _rows: Option<&[u32]>) -> Result<Split, Problem> {
        todo!("data owner")
    }
}
