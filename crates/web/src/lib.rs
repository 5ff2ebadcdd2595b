//! Route table, pages and assets.
