//! Letters, notices and packs as accessible PDF. Knows `core` alone.
