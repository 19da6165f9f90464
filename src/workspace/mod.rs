//! The workspace file, settings, saved connections, undo: what the user made, and the only place that writes files of
//! the user's. (To come.)
