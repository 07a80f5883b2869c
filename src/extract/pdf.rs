//! The text of a PDF, read by a process of its own: a reader of PDFs may panic, hang, or run out of stack or memory, and
//! then only that process ends.

use std::panic::catch_unwind;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::resource::{Resource, setrlimit};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::clean;

/// The command of ours that reads standard input.
const COMMAND: &str = "read-pdf";

/// Begins the answer, so that the words of another program are not taken for a paper.
const MARK: &str = "headsup read-pdf\n";

/// So long a paper is waited for, and so long the processor works on it.
const PATIENCE: Duration = Duration::from_secs(40);
const CPU_SECONDS: u64 = 30;

/// Most memory of the process.
const MEMORY: u64 = 2 << 30;

/// Reads `bytes` with the headsup that stands at `program`.
///
/// # Errors
/// One line: the process failed, took too long, or found no text.
pub async fn text(program: &Path, bytes: &[u8]) -> Result<String, String> {
    let mut command = Command::new(program);
    command
        .arg(COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| format!("cannot read the PDF: {error}"))?;
    let mut input = child.stdin.take().ok_or("cannot read the PDF: no input")?;
    let answer = async {
        // One that ends early closes its input: what it said is all there is.
        let (_, output) = tokio::join!(
            async move {
                let _ = input.write_all(bytes).await;
                drop(input);
            },
            child.wait_with_output()
        );
        output
    };
    let output =
        tokio::time::timeout(PATIENCE, answer).await.map_err(|_| "the PDF takes too long to read")?;
    let output = output.map_err(|error| format!("cannot read the PDF: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    match said.strip_prefix(MARK).map(str::trim) {
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err("the PDF gives no text".to_owned()),
    }
}

/// What the process does: the whole answer to the PDF in `bytes`.
pub fn answer(bytes: &[u8]) -> String {
    // Where the limits cannot be set, the patience of who asked still holds.
    let _ = setrlimit(Resource::RLIMIT_AS, MEMORY, MEMORY);
    let _ = setrlimit(Resource::RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS);
    let read = catch_unwind(|| pdf_extract::extract_text_from_mem(bytes).unwrap_or_default());
    format!("{MARK}{}", paragraphs(&read.unwrap_or_default()))
}

/// Lines to paragraphs, up to the references.
fn paragraphs(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(clean::line).collect();
    let half = lines.len() / 2;
    let is_end =
        |line: &str| ["references", "bibliography", "参考文献"].contains(&line.to_lowercase().as_str());
    let end = lines.iter().skip(half).position(|line| is_end(line)).map_or(lines.len(), |n| half + n);
    let mut paragraphs: Vec<String> = vec![String::new()];
    for line in &lines[..end] {
        let Some(last) = paragraphs.last_mut() else { break };
        if line.is_empty() {
            if !last.is_empty() {
                paragraphs.push(String::new());
            }
        } else if last.ends_with('-') && line.starts_with(char::is_lowercase) {
            last.pop();
            last.push_str(line);
        } else {
            last.push_str(if last.is_empty() { "" } else { " " });
            last.push_str(line);
        }
    }
    clean::paragraphs(&paragraphs.join("\n")).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_paragraphs_and_references_are_left_out() {
        let text = "Small models\n\nWe prune a mo-\ndel to a tenth of\nits size.\n\nIt runs.\n\nReferences\n\n[1] Someone.";
        assert_eq!(paragraphs(text), "Small models\n\nWe prune a model to a tenth of its size.\n\nIt runs.");
    }

    #[test]
    fn rubbish_gives_no_text() {
        let said =
            catch_unwind(|| pdf_extract::extract_text_from_mem(b"%PDF-1.7 nothing").unwrap_or_default());
        assert_eq!(said.unwrap_or_default(), "");
    }
}
