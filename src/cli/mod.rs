//! The headless commands. (To come.)
