//! Pictures: decode with limits, turn upright, strip, resize, re-encode.
