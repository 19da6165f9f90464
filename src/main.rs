//! `forebay`: arguments to window or headless command.

fn main() {}
