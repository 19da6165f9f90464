//! The table of parts: rows, and what the target is in them. The test part stays sealed.

use eframe::egui::{Align2, Rect, Sense, Ui, pos2, vec2};

use crate::app::state::train::Truth;
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::{View, format, tokens, zone};

/// Draws the table at the right of the split.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let tokens = tokens(ui);
    let Some(split) = view.state.train.split.get() else { return };
    let truth = split.truth.as_ref();
    zone::fill(ui, rect, |ui| {
        let head = row(ui, 32.0);
        ui.painter().rect_filled(head.with_min_x(rect.left()).with_max_x(rect.right()), 0.0, tokens.bg2);
        let place = cells(head);
        text::put(ui, place[0], Align2::LEFT_CENTER, "part", Type::Label, tokens.t3);
        text::put(ui, place[1], Align2::RIGHT_CENTER, "rows", Type::Label, tokens.t3);
        let name = truth.map_or_else(String::new, |truth| head_of(view, truth));
        text::put(ui, place[2], Align2::RIGHT_CENTER, &name, Type::Label, tokens.t3);
        let [train, valid, test, gaps, missing] = split.rows;
        let of = |part: usize| truth.map_or_else(String::new, |truth| value(truth, part));
        let sealed = if test > 0 { "sealed" } else { "none" };
        let mut rows = vec![
            ("train", train, of(0), tokens.series(0)),
            ("valid", valid, of(1), tokens.series(1)),
            ("test", test, sealed.to_owned(), tokens.series(2)),
            ("gaps", gaps, String::new(), tokens.reference),
        ];
        if missing > 0 {
            rows.push(("no target", missing, String::new(), tokens.t4));
        }
        let height = ((rect.height() - 34.0) / rows.len() as f32).min(24.0);
        for (index, (name, count, value, color)) in rows.into_iter().enumerate() {
            let line = row(ui, height);
            let place = cells(line);
            let swatch = Rect::from_center_size(pos2(line.left() + 4.0, line.center().y), vec2(8.0, 8.0));
            ui.painter().rect_filled(swatch, 2.0, color);
            let words = place[0].with_min_x(place[0].left() + 16.0);
            text::put(ui, words, Align2::LEFT_CENTER, name, Type::Cell, tokens.t1);
            let count = format::integer(count);
            text::put(ui, place[1], Align2::RIGHT_CENTER, &count, Type::Number, tokens.t1);
            let ink = if index == 2 { tokens.t3 } else { tokens.t1 };
            text::put(ui, place[2], Align2::RIGHT_CENTER, &value, Type::Number, ink);
        }
    });
}

fn row(ui: &mut Ui, height: f32) -> Rect {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    rect.shrink2(vec2(12.0, 0.0)).with_max_x(rect.right() - PADDING)
}

fn cells(line: Rect) -> [Rect; 3] {
    let (first, rest) = line.split_left_right_at_fraction(0.38);
    let (second, third) = rest.split_left_right_at_fraction(0.5);
    [first, second, third]
}

/// `late` for the share of the class `late`, `above 15`, `mean`.
fn head_of(view: &View<'_>, truth: &Truth) -> String {
    match (truth, view.state.training().task.as_ref().map(|task| &task.target)) {
        (Truth::Share(class, _), Some(target)) => target.class_in_words(class),
        _ => truth.name().to_owned(),
    }
}

fn value(truth: &Truth, part: usize) -> String {
    match truth {
        Truth::Share(_, shares) => shares.get(part).map_or_else(String::new, |share| format::share(*share)),
        Truth::Classes(counts) => {
            counts.get(part).map_or_else(String::new, |count| format::integer(*count as u64))
        }
        Truth::Mean(means) => means.get(part).map_or_else(String::new, |mean| format::decimal(*mean, 2)),
    }
}
