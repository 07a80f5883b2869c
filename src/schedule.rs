//! The pipeline by the clock.
