//! Range → slice.

use super::client::Cluster;
use super::error::Result;
use super::range::RangeSpec;
use super::slice::Slice;
use crate::jobs::Cancel;

impl Cluster {
    /// Resolves a range to exact offsets, through batched time look-ups and watermarks; nothing is read and the end is
    /// pinned. Offsets below the log start are an error that names the first offset still there.
    pub fn resolve(&self, _range: &RangeSpec, _cancel: &Cancel) -> Result<Slice> {
        todo!("range owner")
    }
}
