//! Keys, sealing, shredding and key epochs.
