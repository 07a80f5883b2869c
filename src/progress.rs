//! Long work shows a bar on a terminal and plain lines elsewhere; stages only say how far they are.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How progress is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A moving bar on standard error.
    Bar,
    /// One line at the start and one at the end of each stage, on standard error.
    Lines,
    /// Nothing.
    Quiet,
}

/// The running work of one stage.
pub struct Work {
    how: Progress,
    name: &'static str,
    bar: ProgressBar,
}

impl Progress {
    /// Starts the display of `n` steps of `name`.
    pub fn start(self, name: &'static str, n: usize) -> Work {
        let target = match self {
            Self::Bar => ProgressDrawTarget::stderr(),
            Self::Lines | Self::Quiet => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(n as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{prefix:>8} {bar:28} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(name);
        bar.enable_steady_tick(Duration::from_millis(200));
        if self == Self::Lines && n > 0 {
            eprintln!("{name}: {n} to do");
        }
        Work { how: self, name, bar }
    }
}

impl Work {
    /// One step is done.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// What is being worked on.
    pub fn say(&self, what: &str) {
        self.bar.set_message(what.to_owned());
    }

    /// The work is over.
    pub fn finish(self, outcome: &str) {
        self.bar.finish_and_clear();
        match self.how {
            Progress::Bar | Progress::Lines => eprintln!("{}: {outcome}", self.name),
            Progress::Quiet => {}
        }
    }
}
