//! The `xuncha` command.

fn main() {}
