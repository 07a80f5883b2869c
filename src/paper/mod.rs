//! What speaks for a paper, as pure rules: the ranking behind a paper of the month. Eval measures it.

mod learn;
pub mod signals;
pub mod taste;
mod text;
