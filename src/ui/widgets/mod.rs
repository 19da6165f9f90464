//! The controls of the window, one file each.
//!
//! In: values and names. Out: what the user did. A widget holds no state of the application: it returns the new value, and
//! the panel sends it as a command. Every control takes an accessible name, by which tests and screen readers find it.

mod button;
mod check_box;
mod chip;
pub mod focus;
mod key_value;
mod list_row;
mod menu;
mod progress_bar;
mod segmented;
mod select;
mod slider;
mod spark;
mod switch;
mod tabs;
pub mod text_field;

pub use button::{Button, IconButton};
pub use check_box::CheckBox;
pub use chip::{Chip, Tone};
pub use key_value::{KeyValue, key_value};
pub use list_row::ListRow;
pub use menu::{MenuItem, menu, menu_at, menu_under};
pub use progress_bar::progress_bar;
pub use segmented::Segmented;
pub use select::Select;
pub use slider::Slider;
pub use spark::spark;
pub use switch::Switch;
pub use tabs::Tabs;
pub use text_field::{FieldResponse, TextField};
