//! The stages of the window, in the order of the flow.

use crate::ui::Icon;

/// A stage: one item of the rail, one panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A cluster that answers.
    #[default]
    Connect,
    /// Choose the exact records.
    Browse,
    /// Columns to features.
    Prepare,
    /// The best model on this slice.
    Train,
    /// Versions, and who serves.
    Models,
    /// Is it right, is it fast.
    Live,
}

impl Stage {
    /// All stages, as the rail shows them.
    pub const ALL: [Self; 6] =
        [Self::Connect, Self::Browse, Self::Prepare, Self::Train, Self::Models, Self::Live];

    /// Its name in the rail.
    pub fn title(self) -> &'static str {
        match self {
            Self::Connect => "Connect",
            Self::Browse => "Browse",
            Self::Prepare => "Prepare",
            Self::Train => "Train",
            Self::Models => "Models",
            Self::Live => "Live",
        }
    }

    /// What it is for, in a line.
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Connect => "A cluster that answers",
            Self::Browse => "Choose the exact records",
            Self::Prepare => "Columns to features",
            Self::Train => "The best model on this slice",
            Self::Models => "Versions, and who serves",
            Self::Live => "Is it right, is it fast",
        }
    }

    /// Its icon in the rail.
    pub fn icon(self) -> Icon {
        match self {
            Self::Connect => Icon::Plug,
            Self::Browse => Icon::TextSearch,
            Self::Prepare => Icon::Sliders,
            Self::Train => Icon::ChartLine,
            Self::Models => Icon::Box,
            Self::Live => Icon::Activity,
        }
    }
}
