//! What stage a subject is in on a day, which rule says so, and when the next change comes (`retention.md`).
