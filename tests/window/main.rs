//! The window, driven without a display: what is drawn is found by role and name, and acted on by pointer and keys.

mod connect;
mod harness;
mod shell;
mod table;
mod workspace;
