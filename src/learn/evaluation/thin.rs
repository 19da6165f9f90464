//! Fewer points for the same picture.

/// At most `most` points, the first and the last among them, evenly along the curve's own length, so that steep parts keep
/// as much as flat ones.
pub(super) fn thin_curve(points: Vec<[f64; 2]>, most: usize) -> Vec<[f64; 2]> {
    if points.len() <= most || most < 2 {
        return points;
    }
    let lengths: Vec<f64> = points.windows(2).map(|pair| length(pair.first(), pair.last())).collect();
    let step = lengths.iter().sum::<f64>() / (most - 1) as f64;
    let mut kept: Vec<[f64; 2]> = points.first().copied().into_iter().collect();
    let (mut walked, mut next) = (0.0, step);
    for (point, length) in points.iter().skip(1).zip(&lengths) {
        walked += length;
        if walked >= next && kept.len() < most - 1 {
            kept.push(*point);
            next = walked + step;
        }
    }
    kept.extend(points.last());
    kept
}

fn length(from: Option<&[f64; 2]>, to: Option<&[f64; 2]>) -> f64 {
    match (from, to) {
        (Some([x1, y1]), Some([x2, y2])) => (x2 - x1).abs() + (y2 - y1).abs(),
        _ => 0.0,
    }
}

/// Evenly spaced numbers below `rows`, at most `most` of them, ascending.
pub(in crate::learn) fn spread(rows: usize, most: usize) -> Vec<u32> {
    let kept = rows.min(most);
    (0..kept).map(|at| (at as u128 * rows as u128 / kept as u128) as u32).collect()
}
