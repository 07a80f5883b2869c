//! The headsup program.

fn main() {}
