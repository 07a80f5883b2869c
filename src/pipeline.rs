//! The stages, in order, once.
