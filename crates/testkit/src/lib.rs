//! Synthetic people and pictures, clocks and engines under test.
