//! The table, by itself: ten million rows, keys, sorting, copying.

use std::cell::RefCell;
use std::rc::Rc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Event, Key, pos2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use forebay::ui::table::{Column, Table, TableResponse, arrangements, set_arrangements};
use forebay::ui::{self, format};

const ROWS: u64 = 10_000_000;

#[derive(Default)]
struct Seen {
    chosen: Option<u64>,
    last: TableResponse,
    painted: usize,
}

fn table() -> (Harness<'static, ()>, Rc<RefCell<Seen>>) {
    let seen = Rc::new(RefCell::new(Seen::default()));
    let shared = seen.clone();
    let harness =
        Harness::builder().with_size([600.0, 400.0]).with_context_setup(ui::install).build_ui_state(
            move |ui, ()| {
                let mut seen = shared.borrow_mut();
                let columns = [
                    Column::number("offset", 120.0).sortable(),
                    Column::text("origin", 100.0).grow(),
                    Column::number("dep_delay", 300.0).field(),
                ];
                seen.painted = 0;
                let mut painted = 0;
                let response =
                    Table::new("records").columns(&columns).rows(ROWS).fixed(1).selected(seen.chosen).show(
                        ui,
                        |cell| {
                            painted += 1;
                            match cell.column() {
                                0 => cell.number(&format::integer(cell.row())),
                                1 => cell.text("EWR"),
                                _ => cell.null(),
                            }
                        },
                    );
                seen.painted = painted;
                seen.chosen = response.chosen.or(seen.chosen);
                if response.opened.is_some() || response.copied.is_some() || response.sorted.is_some() {
                    seen.last = response;
                }
            },
            (),
        );
    (harness, seen)
}

#[test]
fn only_the_rows_in_sight_are_painted() {
    let (mut harness, seen) = table();
    harness.run();
    assert!(seen.borrow().painted < 3 * 20, "{} cells", seen.borrow().painted);
    assert!(harness.query_by_label("0 EWR null").is_some());
}

#[test]
fn keys_reach_the_last_row_exactly() {
    let (mut harness, seen) = table();
    harness.get_by_role_and_label(Role::Row, "3 EWR null").click();
    harness.run();
    assert_eq!(seen.borrow().chosen, Some(3));
    harness.key_press(Key::End);
    harness.run();
    assert_eq!(seen.borrow().chosen, Some(ROWS - 1));
    assert!(harness.query_by_label("9,999,999 EWR null").is_some());
    harness.key_press(Key::ArrowUp);
    harness.run();
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(seen.borrow().last.opened, Some(ROWS - 2));
    harness.event(Event::Copy);
    harness.run();
    assert_eq!(seen.borrow().last.copied, Some((ROWS - 2, false)));
}

#[test]
fn a_click_on_a_head_asks_for_its_order() {
    let (mut harness, seen) = table();
    harness.get_by_role_and_label(Role::ColumnHeader, "offset").click();
    harness.run();
    assert_eq!(seen.borrow().last.sorted, Some(0));
    harness.get_by_role_and_label(Role::ColumnHeader, "origin").click();
    harness.run();
    assert_eq!(seen.borrow().last.sorted, Some(0), "a column that cannot be sorted by stays quiet");
}

/// Drags the head of a column to x.
fn drag_head(harness: &mut Harness<'static, ()>, title: &str, x: f32) {
    let from = harness.get_by_role_and_label(Role::ColumnHeader, title).rect().center();
    harness.drag_at(from);
    harness.run();
    // On the way it is no click any more.
    for share in [0.5, 1.0] {
        harness.hover_at(pos2(from.x + (x - from.x) * share, from.y));
        harness.run();
    }
    harness.drop_at(pos2(x, from.y));
    harness.run();
}

#[test]
fn a_head_is_dragged_to_another_place_but_not_before_a_fixed_column() {
    let (mut harness, seen) = table();
    harness.run();
    drag_head(&mut harness, "dep_delay", 125.0);
    assert!(harness.query_by_label("0 null EWR").is_some(), "dep_delay stands before origin");
    drag_head(&mut harness, "dep_delay", 3.0);
    assert!(harness.query_by_label("0 null EWR").is_some(), "what is fixed stays first");
    drag_head(&mut harness, "offset", 400.0);
    assert!(harness.query_by_label("0 null EWR").is_some(), "and stays where it is");
    assert_eq!(seen.borrow().last.sorted, None, "a drag is no click");
}

#[test]
fn a_column_is_hidden_by_the_menu_of_its_head_and_shown_again() {
    let (mut harness, _) = table();
    harness.run();
    harness.get_by_role_and_label(Role::ColumnHeader, "origin").click_secondary();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItem, "Hide origin").click();
    harness.run();
    assert!(harness.query_by_label("0 null").is_some());
    assert!(harness.query_by_role_and_label(Role::ColumnHeader, "origin").is_none());

    harness.get_by_role_and_label(Role::ColumnHeader, "dep_delay").click_secondary();
    harness.run();
    harness.get_by_role_and_label(Role::MenuItem, "Show all columns").click();
    harness.run();
    assert!(harness.query_by_label("0 EWR null").is_some(), "at its old place");
}

#[test]
fn what_was_changed_of_the_columns_is_taken_along_and_put_back() {
    let (mut harness, _) = table();
    harness.run();
    drag_head(&mut harness, "dep_delay", 125.0);
    let kept = arrangements(&harness.ctx);
    assert_eq!(kept["records"].order, ["dep_delay", "origin"]);

    let (mut harness, _) = table();
    set_arrangements(&harness.ctx, kept);
    harness.run();
    assert!(harness.query_by_label("0 null EWR").is_some());
}
