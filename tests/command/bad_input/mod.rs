//! Whatever is wrong outside: what a person at a terminal is told, that the exit code says so, and that nothing is lost.
//! docs/bad-input.md lists all of it; `page` holds the messages that it gives against what is printed.

mod connecting;
mod disks;
mod packages;
mod page;
mod ranges;
mod reading;
mod records;
mod scoring;
mod training;
mod workspaces;
