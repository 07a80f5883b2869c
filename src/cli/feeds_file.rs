//! feeds.toml in the program's own hands: changed under a lock, whole or not at all; what the change does not concern
//! stays byte for byte, and the file stays whose it was.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, chown};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use toml_edit::{
    Array, ArrayOfTables, Decor, DocumentMut, InlineTable, Item, RawString, Table, TableLike, Value, value,
};

use super::open::Surroundings;
use super::{UsageError, feeds_try};
use crate::config::{Document, Feeds};

/// What editors on Windows put before the text.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The file, which nobody else of us changes meanwhile.
pub struct FeedsFile {
    /// As the operator calls it.
    name: PathBuf,
    /// Where it really is.
    path: PathBuf,
    before: String,
    document: DocumentMut,
    _lock: Option<File>,
}

impl FeedsFile {
    /// Takes the file in use, if it is valid as it stands, and waits for whoever else has it.
    ///
    /// # Errors
    /// There is none, or it is broken.
    pub fn open(around: &Surroundings) -> anyhow::Result<Self> {
        let name = around
            .feeds_path()
            .ok_or_else(|| UsageError("there is no feeds.toml yet: headsup init writes one".into()))?;
        let cannot = |error: io::Error| UsageError(format!("cannot read {}: {error}", name.display()));
        let path = name.canonicalize().map_err(cannot)?;
        let lock = lock(&path).with_context(|| format!("cannot lock the folder of {}", name.display()))?;
        let before = fs::read_to_string(&path).map_err(cannot)?;
        // What is broken already is not made worse.
        Feeds::parse(&Document::new(&name.display().to_string(), before.clone()))?;
        let document = before.trim_start_matches(BYTE_ORDER_MARK).parse();
        let document = document
            .map_err(|error: toml_edit::TomlError| UsageError(format!("{}: {error}", name.display())))?;
        Ok(Self { name, path, before, document, _lock: lock })
    }

    /// As the operator calls it.
    pub fn name(&self) -> &Path {
        &self.name
    }

    /// Refuses before long work what could not be written after it.
    ///
    /// # Errors
    /// It is read-only.
    pub fn check_writable(&self) -> anyhow::Result<()> {
        let is_readonly = fs::metadata(&self.path)?.permissions().readonly();
        let opened = OpenOptions::new().write(true).open(&self.path);
        if is_readonly || opened.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied) {
            anyhow::bail!("{} is read-only: nothing was written", self.name.display());
        }
        Ok(())
    }

    /// A further source at the end.
    ///
    /// # Errors
    /// The file has something else under that name.
    pub fn append(&mut self, mut table: Table) -> anyhow::Result<()> {
        let last_words = self.document.trailing().as_str().unwrap_or_default().trim_end().to_owned();
        match self.document.entry("source").or_insert(Item::ArrayOfTables(ArrayOfTables::new())) {
            Item::ArrayOfTables(list) => {
                // A comment at the end of the file stays where it is: the new source comes after it.
                if !last_words.is_empty() {
                    table.decor_mut().set_prefix(format!("{last_words}\n\n"));
                }
                list.push(table);
                self.document.set_trailing("");
            }
            Item::Value(Value::Array(list)) => push(list, table.into_inline_table()),
            _ => anyhow::bail!("\"source\" in {} is no list of [[source]]", self.name.display()),
        }
        Ok(())
    }

    /// Switches one source on or off.
    ///
    /// # Errors
    /// There is no source of that slug.
    pub fn switch(&mut self, slug: &str, on: bool) -> Result<(), UsageError> {
        let slug_in = |table: &dyn TableLike| table.get("slug").and_then(Item::as_str).map(str::to_owned);
        let mut known = Vec::new();
        let mut is_meant = |table: &dyn TableLike| {
            known.extend(slug_in(table));
            known.last().is_some_and(|known| known == slug)
        };
        let sources = self.document.get_mut("source");
        match sources {
            Some(Item::ArrayOfTables(list)) => {
                if let Some(table) = list.iter_mut().find(|table| is_meant(*table)) {
                    set_enabled(table, on);
                    return Ok(());
                }
            }
            Some(Item::Value(Value::Array(list))) => {
                let mut tables = list.iter_mut().filter_map(Value::as_inline_table_mut);
                if let Some(table) = tables.find(|table| is_meant(*table)) {
                    set_enabled_inline(table, on);
                    return Ok(());
                }
            }
            _ => {}
        }
        Err(feeds_try::unknown(slug, known.iter().map(String::as_str)))
    }

    /// Checks the new text, then puts it in place in one step.
    ///
    /// # Errors
    /// It would not be valid, or cannot be written.
    pub fn write(&self) -> anyhow::Result<()> {
        let text = ended_as(&self.before, &self.document.to_string());
        Feeds::parse(&Document::new(&self.name.display().to_string(), text.clone()))
            .context("nothing was written")?;
        self.check_writable()?;
        let own = self.path.file_name().unwrap_or_default().to_string_lossy();
        let beside = self.path.with_file_name(format!(".{own}.{:016x}", rand::random::<u64>()));
        let placed = place(&text, &beside, &self.path);
        if placed.is_err() {
            let _ = fs::remove_file(&beside);
        }
        placed.with_context(|| format!("cannot replace {}: nothing was written", self.name.display()))
    }
}

/// The folder is what all programs that change the file have in common: the file itself is another one after each change.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let folder = File::open(path.parent().unwrap_or(Path::new("/")))?;
    match folder.lock() {
        Ok(()) => Ok(Some(folder)),
        // Some network file systems know no locks.
        Err(error) if error.kind() == ErrorKind::Unsupported => Ok(None),
        Err(error) => Err(error),
    }
}

/// The owner comes before the rights: changing it takes some of them away.
fn place(text: &str, beside: &Path, path: &Path) -> io::Result<()> {
    let old = fs::metadata(path)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside)?;
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        chown(beside, Some(old.uid()), Some(old.gid()))?;
    }
    file.set_permissions(old.permissions())?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// `after` with the byte order mark and the line endings of `before`; new lines end as most do.
fn ended_as(before: &str, after: &str) -> String {
    let text = before.trim_start_matches(BYTE_ORDER_MARK);
    let (old, new): (Vec<&str>, Vec<&str>) =
        (text.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
    let is_same = |(a, b): &(&&str, &&str)| {
        a.trim_end_matches(['\r', '\n']) == b.trim_end_matches(['\r', '\n'])
            && a.ends_with('\n') == b.ends_with('\n')
    };
    let head = old.iter().zip(&new).take_while(is_same).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(is_same).count();
    let is_windows = text.matches("\r\n").count() * 2 > text.matches('\n').count();
    let changed = new[head..new.len() - tail].iter().map(|line| match line.strip_suffix('\n') {
        Some(line) if is_windows => format!("{}\r\n", line.trim_end_matches('\r')),
        _ => (*line).to_owned(),
    });
    let mark = &before[..before.len() - text.len()];
    let kept = |lines: &[&str]| lines.concat();
    [mark.to_owned(), kept(&old[..head]), changed.collect(), kept(&old[old.len() - tail..])].concat()
}

/// A switch with a comment is turned, one without comes and goes.
fn set_enabled(table: &mut dyn TableLike, on: bool) {
    let is_commented =
        |decor: &Decor| [decor.prefix(), decor.suffix()].into_iter().any(|raw| text_of(raw).contains('#'));
    let above = table.key("enabled").is_some_and(|key| is_commented(key.leaf_decor()));
    match table.get_mut("enabled").and_then(Item::as_value_mut) {
        Some(switch) if switch.as_bool() == Some(on) => {}
        Some(switch) if !on || above || is_commented(switch.decor()) => {
            let decor = switch.decor().clone();
            *switch = Value::from(on);
            *switch.decor_mut() = decor;
        }
        Some(_) => drop(table.remove("enabled")),
        None if on => {}
        None => drop(table.insert("enabled", value(false))),
    }
}

/// The same in `{ }`, where the space before the closing brace belongs to the last value, whichever that is.
fn set_enabled_inline(table: &mut InlineTable, on: bool) {
    let end = |table: &mut InlineTable, new: &str| {
        let last = table.iter_mut().last();
        last.map(|(_, value)| {
            let old = text_of(value.decor().suffix()).to_owned();
            value.decor_mut().set_suffix(new);
            old
        })
    };
    let space = end(table, "").unwrap_or_default();
    set_enabled(table, on);
    end(table, &space);
}

/// One more at the end of `[ ]`, set like the one before it; a comment behind that one stays there.
fn push(list: &mut Array, table: InlineTable) {
    let has_comma = list.trailing_comma();
    let trailing = list.trailing().as_str().unwrap_or_default().to_owned();
    let n = list.len();
    let Some(last) = n.checked_sub(1).and_then(|n| list.get_mut(n)) else {
        list.push(table);
        return;
    };
    let before = text_of(last.decor().prefix());
    let indent = before.rfind('\n').map_or(before, |at| &before[at..]).to_owned();
    let end = if has_comma { trailing } else { text_of(last.decor().suffix()).to_owned() };
    let (before, end) = match end.rfind('\n') {
        Some(at) if end.contains('#') => {
            (format!("{}\n{}", end.trim_end(), indent.trim_start_matches('\n')), end[at..].to_owned())
        }
        _ => (indent, end),
    };
    let mut table = Value::from(table);
    table.decor_mut().set_prefix(before);
    if has_comma {
        list.set_trailing(end);
    } else {
        last.decor_mut().set_suffix("");
        table.decor_mut().set_suffix(end);
    }
    list.push_formatted(table);
}

fn text_of(raw: Option<&RawString>) -> &str {
    raw.and_then(RawString::as_str).unwrap_or_default()
}
