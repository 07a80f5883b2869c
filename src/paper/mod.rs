//! The paper of the month as pure rules: what speaks for a paper, which of eight wins, how to read it, and the step of
//! the learning path that it belongs to. Publish asks the database and freezes, serve shows, eval measures.

pub mod choose;
pub mod guide;
pub mod inputs;
mod learn;
mod parts;
pub mod signals;
pub mod step;
pub mod taste;
pub mod terms;
mod text;
pub mod view;
pub mod words;
