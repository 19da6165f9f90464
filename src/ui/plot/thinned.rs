//! Long lines, thinned out to the lowest and the highest value per pixel column.

use std::sync::Arc;

use eframe::egui::{Id, Ui};

use super::Shown;

/// At most four points per column: the first, the lowest, the highest and the last, in the order in which they come. The
/// line through them covers the same pixels as the line through all. `points` are in ascending x.
pub fn thin(points: &[[f64; 2]], range: (f64, f64), columns: usize) -> Vec<[f64; 2]> {
    let from = points.partition_point(|[x, _]| *x < range.0).saturating_sub(1);
    let to = (points.partition_point(|[x, _]| *x <= range.1) + 1).min(points.len());
    let seen = points.get(from..to).unwrap_or_default();
    if seen.len() <= columns.saturating_mul(4) || range.1 <= range.0 {
        return seen.to_vec();
    }
    let scale = columns as f64 / (range.1 - range.0);
    let column_of = |point: &[f64; 2]| ((point[0] - range.0) * scale).floor() as i64;
    let mut thinned = Vec::with_capacity(columns * 4 + 8);
    for column in seen.chunk_by(|left, right| column_of(left) == column_of(right)) {
        push_column(&mut thinned, column);
    }
    thinned
}

fn push_column(thinned: &mut Vec<[f64; 2]>, column: &[[f64; 2]]) {
    let finite = || column.iter().enumerate().filter(|(_, point)| point[1].is_finite());
    let lowest = finite().min_by(|left, right| left.1[1].total_cmp(&right.1[1])).map(|(index, _)| index);
    let highest = finite().max_by(|left, right| left.1[1].total_cmp(&right.1[1])).map(|(index, _)| index);
    // A value that is not finite breaks the line; the break is kept.
    let broken = column.iter().position(|point| !point[1].is_finite());
    let last = column.len().checked_sub(1);
    let mut kept: Vec<usize> = [Some(0), lowest, highest, broken, last].into_iter().flatten().collect();
    kept.sort_unstable();
    kept.dedup();
    thinned.extend(kept.into_iter().filter_map(|index| column.get(index).copied()));
}

/// A thinned line, kept from frame to frame until its points, the range or the width change.
#[derive(Clone)]
pub struct Thinned {
    revision: u64,
    range: (f64, f64),
    columns: usize,
    points: Arc<Vec<[f64; 2]>>,
}

impl Thinned {
    /// The line `name` as it is to be drawn on `shown`. `revision` changes whenever `points` do.
    pub fn get(ui: &Ui, name: &str, revision: u64, shown: &Shown, points: &[[f64; 2]]) -> Arc<Vec<[f64; 2]>> {
        let id = Id::unique(("thinned", name));
        let columns = (shown.area.width() * ui.pixels_per_point()) as usize;
        let kept = ui.data(|data| data.get_temp::<Self>(id));
        if let Some(kept) = kept
            && (kept.revision, kept.range, kept.columns) == (revision, shown.x, columns)
        {
            return kept.points;
        }
        let points = Arc::new(thin(points, shown.x, columns));
        let kept = Self { revision, range: shown.x, columns, points: points.clone() };
        ui.data_mut(|data| data.insert_temp(id, kept));
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_keeps_every_peak_in_few_points() {
        let mut points: Vec<[f64; 2]> = (0..100_000).map(|index| [f64::from(index), 0.0]).collect();
        points[54_321][1] = 9.0;
        points[77_777][1] = -3.0;
        let thinned = thin(&points, (0.0, 100_000.0), 800);
        assert!(thinned.len() <= 3_200, "{} points", thinned.len());
        assert!(thinned.contains(&[54_321.0, 9.0]) && thinned.contains(&[77_777.0, -3.0]));
        assert!(thinned.is_sorted_by(|left, right| left[0] <= right[0]));
    }

    #[test]
    fn what_lies_outside_the_range_goes_but_for_the_neighbours_of_its_ends() {
        let points: Vec<[f64; 2]> = (0..100).map(|index| [f64::from(index), 1.0]).collect();
        let thinned = thin(&points, (10.5, 20.5), 800);
        assert_eq!((thinned[0][0], thinned[thinned.len() - 1][0]), (10.0, 21.0));
    }

    #[test]
    fn a_gap_stays_a_gap() {
        let mut points: Vec<[f64; 2]> = (0..10_000).map(|index| [f64::from(index), 1.0]).collect();
        points[5_000][1] = f64::NAN;
        assert!(thin(&points, (0.0, 10_000.0), 100).iter().any(|point| point[1].is_nan()));
    }
}
