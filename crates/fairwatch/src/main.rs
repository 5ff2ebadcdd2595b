//! Fairwatch: the binary.
fn main() {}
