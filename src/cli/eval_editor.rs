//! `headsup eval editor`: our choice and sections beside those of a human editor.

use std::path::Path;

use anyhow::Context as _;

use super::args_judge::{EditorNames, EvalEditorArgs};
use super::open::Surroundings;
use super::{UsageError, output};
use crate::eval::editor::{self, Figures, How, Line};
use crate::eval::gold;
use crate::judge::classify::news::{Names, Placed};

/// Prints the figures as a table, or as JSON.
pub fn run(around: &Surroundings, args: &EvalEditorArgs) -> anyhow::Result<()> {
    let set = lines(&args.gold)?;
    let how = match (args.folds, args.forward) {
        (Some(n), _) => How::Parts(n),
        (None, Some(n)) => How::Forward(n),
        (None, None) => How::Shipped,
    };
    let (answers, figures) = editor::evaluate(&set, &args.names.names(), how);
    if let Some(path) = &args.predictions {
        let lines: Result<Vec<String>, _> = answers.iter().flatten().map(serde_json::to_string).collect();
        let text = lines?.join("\n") + "\n";
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if around.global.json { output::json(&figures) } else { print(&figures) }
}

/// The items of a set, as they are learnt from.
pub fn read(path: &Path) -> Result<Vec<Placed>, UsageError> {
    Ok(lines(path)?.iter().map(editor::placed).collect())
}

impl EditorNames {
    /// What the sections are called.
    pub fn names(&self) -> Names {
        Names { top: self.top.clone(), rumour: self.rumour.clone() }
    }
}

fn lines(path: &Path) -> Result<Vec<Line>, UsageError> {
    let wrong = |why: String| UsageError(format!("{}: {why}", path.display()));
    let file = std::fs::File::open(path).map_err(|error| wrong(error.to_string()))?;
    let set: Vec<Line> =
        gold::lines(std::io::BufReader::new(file)).map_err(|error| wrong(format!("{error:#}")))?;
    if set.is_empty() { Err(wrong("no item".to_owned())) } else { Ok(set) }
}

fn print(figures: &Figures) -> anyhow::Result<()> {
    let mut table = output::table(&["", ""]);
    let share = |share: f64| format!("{share:.3}");
    table.add_row(["items".to_owned(), format!("{} of {} days", figures.items, figures.days)]);
    let top = format!("{} of {}", figures.top_among_first_five, figures.top);
    table.add_row(["top news among our first five".to_owned(), top]);
    table.add_row(["rumour F1".to_owned(), share(figures.rumour_f1)]);
    table.add_row(["section accuracy".to_owned(), share(figures.section_accuracy)]);
    table.add_row(["section macro F1".to_owned(), share(figures.section_macro_f1)]);
    for (section, f1) in &figures.section_f1 {
        table.add_row([format!("  {section}"), share(*f1)]);
    }
    output::line(&table.to_string())
}
