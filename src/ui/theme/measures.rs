//! Lengths of WINDOW.md, in egui points.

/// Heights of the bars.
pub const TOP_BAR: f32 = 40.0;
/// Height of the stage bar.
pub const STAGE_BAR: f32 = 44.0;
/// Height of the status bar.
pub const STATUS_BAR: f32 = 24.0;
/// Width of the rail with labels, and the height of an item.
pub const RAIL_WIDE: f32 = 64.0;
/// Width of the rail without labels.
pub const RAIL_NARROW: f32 = 44.0;
/// Height of a rail item with its label.
pub const RAIL_ITEM: f32 = 54.0;
/// Height of a rail item without label.
pub const RAIL_ITEM_NARROW: f32 = 44.0;
/// Padding of a zone, left and right.
pub const PADDING: f32 = 16.0;
/// Padding of a side list.
pub const LIST_PADDING: f32 = 12.0;
/// Height of a zone header.
pub const ZONE_HEADER: f32 = 32.0;
/// Height of a zone header that holds controls.
pub const ZONE_HEADER_CONTROLS: f32 = 40.0;
/// Height of buttons and fields.
pub const CONTROL: f32 = 26.0;
/// Height of small buttons.
pub const CONTROL_SMALL: f32 = 22.0;
/// Height of a table row.
pub const TABLE_ROW: f32 = 24.0;
/// Height of a table header.
pub const TABLE_HEADER: f32 = 26.0;
/// Padding of a table cell; the first and the last have [`PADDING`] at the outer side.
pub const CELL_PADDING: f32 = 8.0;
/// Height of a list row.
pub const LIST_ROW: f32 = 26.0;
/// Height of a list row of two lines.
pub const LIST_ROW_TALL: f32 = 52.0;
/// Radius of chips.
pub const RADIUS_CHIP: f32 = 3.0;
/// Radius of controls.
pub const RADIUS_CONTROL: f32 = 4.0;
/// Radius of popups.
pub const RADIUS_POPUP: f32 = 6.0;

/// From this window width on everything is drawn as in the pictures.
pub const FULL_WIDTH: f32 = 1280.0;
/// Below this window width the left panel is a drawer.
pub const DRAWER_WIDTH: f32 = 1024.0;

/// What the window's width means for the layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WidthClass {
    /// Under 1024: the left panel is a drawer.
    Drawer,
    /// 1024 to 1279: the rail shows icons only, the left panel is 200 wide.
    Narrow,
    /// 1280 and more: everything as drawn.
    Full,
}

impl WidthClass {
    /// Of a window so wide.
    pub fn of(width: f32) -> Self {
        if width >= FULL_WIDTH {
            Self::Full
        } else if width >= DRAWER_WIDTH {
            Self::Narrow
        } else {
            Self::Drawer
        }
    }
}
