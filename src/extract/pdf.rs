//! The text of a PDF, read by a process of its own: a reader of PDFs may panic, hang, or run out of stack or memory, and
//! then only that process ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use nix::sys::resource::{Resource, setrlimit};
use pdf_extract::{Document, PlainTextOutput};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{clean, pdf_fonts};

/// The command of ours that reads standard input.
const COMMAND: &str = "read-pdf";

/// Begins the answer, so that the words of another program are not taken for a paper.
const MARK: &str = "headsup read-pdf\n";

/// So long a paper is waited for, and so long the processor works on it.
const PATIENCE: Duration = Duration::from_secs(40);
const CPU_SECONDS: u64 = 30;

/// Most pages of a paper, appendices included.
const MOST_PAGES: usize = 300;

/// Characters that printers make of two or three letters.
const LIGATURES: [(char, &str); 7] = [
    ('\u{fb00}', "ff"),
    ('\u{fb01}', "fi"),
    ('\u{fb02}', "fl"),
    ('\u{fb03}', "ffi"),
    ('\u{fb04}', "ffl"),
    ('\u{fb05}', "st"),
    ('\u{fb06}', "st"),
];

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
        Some(text) if is_rubbish(text) => Err("the PDF's letters cannot be read".to_owned()),
        Some(text) if !text.is_empty() => Ok(text.to_owned()),
        _ => Err("the PDF gives no text".to_owned()),
    }
}

/// Whether the codes of a text were taken for letters that they do not stand for: hardly a letter among signs.
fn is_rubbish(text: &str) -> bool {
    let (mut n_letters, mut n_signs, mut n_unknown) = (0_usize, 0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match c {
            '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => n_unknown += 1,
            _ if c.is_alphanumeric() => n_letters += 1,
            _ => n_signs += 1,
        }
    }
    n_letters + n_signs + n_unknown > 0 && (n_letters < n_signs + n_unknown || n_letters < n_unknown * 4)
}

/// What the process does: the whole answer to the PDF in `bytes`.
pub fn answer(bytes: &[u8]) -> String {
    // Where the limits cannot be set, the patience of who asked still holds.
    let _ = setrlimit(Resource::RLIMIT_AS, MEMORY, MEMORY);
    let _ = setrlimit(Resource::RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS);
    format!("{MARK}{}", paragraphs(&pages(bytes)))
}

/// The text of all pages. What the reader cannot do on one page, a font or a shading, ends that page alone.
fn pages(bytes: &[u8]) -> String {
    let document = catch_unwind(|| Document::load_mem(bytes).ok()).ok().flatten();
    let Some(mut document) = document else { return String::new() };
    if document.is_encrypted() {
        let opens = catch_unwind(AssertUnwindSafe(|| document.decrypt("").is_ok()));
        if !opens.unwrap_or_default() {
            return String::new();
        }
    }
    if catch_unwind(AssertUnwindSafe(|| pdf_fonts::spell_out(&mut document))).is_err() {
        return String::new();
    }
    let n_pages = catch_unwind(AssertUnwindSafe(|| document.get_pages().len())).unwrap_or_default();
    let mut text = String::new();
    for number in (1..=n_pages.min(MOST_PAGES)).filter_map(|n| u32::try_from(n).ok()) {
        let page = AssertUnwindSafe(|| {
            pdf_extract::output_doc_page(&document, &mut PlainTextOutput::new(&mut text), number)
        });
        if catch_unwind(page).is_err() {
            text.push_str("\n\n");
        }
    }
    text
}

/// Lines to paragraphs, up to the references.
fn paragraphs(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| apart(&clean::line(line))).collect();
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
            let is_joined = last.is_empty() || (last.ends_with(is_unspaced) && line.starts_with(is_unspaced));
            last.push_str(if is_joined { "" } else { " " });
            last.push_str(line);
        }
    }
    clean::paragraphs(&paragraphs.join("\n")).0
}

/// Whether lines of its script are joined without a space.
fn is_unspaced(c: char) -> bool {
    clean::is_han(c) || clean::is_kana(c) || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

/// Ligatures as the letters that they stand for.
fn apart(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match LIGATURES.iter().find(|(ligature, _)| *ligature == c) {
            Some((_, letters)) => text.push_str(letters),
            None => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_paragraphs_and_references_are_left_out() {
        let text = "Small models\n\nWe prune a mo-\ndel e\u{fb03}ciently to a tenth of\nits size.\n\nIt runs.\n\nReferences\n\n[1] Someone.";
        assert_eq!(
            paragraphs(text),
            "Small models\n\nWe prune a model efficiently to a tenth of its size.\n\nIt runs."
        );
    }

    #[test]
    fn rubbish_gives_no_text() {
        assert_eq!(pages(b"%PDF-1.7 nothing"), "");
    }

    /// A PDF of `contents`, a page each, and the font `Times` beside `X`, whose codes are named `encoding`.
    fn pdf(contents: &[&str], encoding: &str) -> Vec<u8> {
        let kids: String = (0..contents.len()).map(|n| format!("{} 0 R ", 5 + 2 * n)).collect();
        let mut objects = vec![
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            format!("<</Type/Pages/Kids[{kids}]/Count {}>>", contents.len()),
            "<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>".to_owned(),
            format!(
                "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/{encoding}/DescendantFonts[<</Type/Font/Subtype/CIDFontType0\
                 /BaseFont/X>>]>>"
            ),
        ];
        for (n, content) in contents.iter().enumerate() {
            objects.push(format!(
                "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {} 0 R/Resources<</Font<</T 3 0 R/X 4 0 R>>>>>>",
                6 + 2 * n
            ));
            objects.push(format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()));
        }
        let mut file = "%PDF-1.4\n".to_owned();
        let mut table = String::new();
        for (n, object) in objects.iter().enumerate() {
            table += &format!("{:010} 00000 n \n", file.len());
            file += &format!("{} 0 obj\n{object}\nendobj\n", n + 1);
        }
        let n = objects.len() + 1;
        let tail = format!("trailer<</Size {n}/Root 1 0 R>>\nstartxref\n{}\n%%EOF", file.len());
        format!("{file}xref\n0 {n}\n0000000000 65535 f \n{table}{tail}").into_bytes()
    }

    #[test]
    fn a_page_that_cannot_be_read_does_not_cost_the_others() {
        let file = pdf(
            &[
                "BT /T 12 Tf 50 700 Td (We prune a model.) Tj ET",
                "BT /X 12 Tf 50 700 Td <0001> Tj ET",
                "BT /T 12 Tf 50 700 Td (It still answers.) Tj ET",
            ],
            "Unheard-Of-H",
        );
        assert_eq!(paragraphs(&pages(&file)), "We prune a model.\n\nIt still answers.");
    }

    /// A page in a font whose codes have the name `encoding`, which says nothing else of its letters.
    fn named(encoding: &str, codes: &str) -> String {
        paragraphs(&pages(&pdf(&[&format!("BT /X 12 Tf 50 700 Td <{codes}> Tj ET")], encoding)))
    }

    #[test]
    fn codes_that_a_name_tells_are_read() {
        assert_eq!(named("UniGB-UCS2-H", "6a21578b00410049"), "模型AI");
        assert_eq!(named("UniJIS-UTF16-H", "30e230c730eb"), "モデル");
        assert_eq!(named("GBK-EUC-H", "c4a3d0cd4149"), "模型AI");
        assert_eq!(named("90ms-RKSJ-H", "83828366838b4149"), "モデルAI");
        assert_eq!(named("ETen-B5-H", "bcd2abac4149"), "模型AI");
        assert_eq!(named("H", "25622547256b"), "モデル");
    }

    #[test]
    fn lines_of_chinese_are_joined_without_a_space() {
        assert_eq!(
            paragraphs("我们把模型\n剪小，\n并且 AI\nmodels 更快。"),
            "我们把模型剪小，并且 AI models 更快。"
        );
    }

    #[test]
    fn codes_taken_for_letters_are_no_text() {
        assert!(is_rubbish("!\"#$ %&' ()*+ ,-./"));
        assert!(is_rubbish("\u{e001}\u{e002}\u{e003} a b c"));
        assert!(!is_rubbish("We prune (x^2 + 1) = 4, see [1]; 模型。"));
        assert!(!is_rubbish(""));
    }
}
