//! The one template engine, for mail, web and prompts: embedded templates that an operator may override.

mod said;

use std::path::Path;

use anyhow::Context as _;
use include_dir::{Dir, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

pub use said::said;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// The loaded templates, by path below `templates/` ("mail/weekly/body.html.j2").
#[derive(Debug)]
pub struct Templates {
    engine: Environment<'static>,
}

impl Templates {
    /// The templates of the binary; a file of the same path below `overrides` wins.
    ///
    /// # Errors
    /// A template that does not parse (its name and line are in the message) or an unreadable folder.
    pub fn load(overrides: Option<&Path>) -> anyhow::Result<Self> {
        let mut engine = Environment::new();
        engine.set_undefined_behavior(UndefinedBehavior::Strict);
        engine.set_auto_escape_callback(|name| match name.trim_end_matches(".j2").rsplit_once('.') {
            Some((_, "html" | "xml" | "svg")) => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        engine.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
        let mut templates = Self { engine };
        templates.add_folder(&EMBEDDED, overrides)?;
        Ok(templates)
    }

    fn add_folder(&mut self, folder: &Dir<'static>, overrides: Option<&Path>) -> anyhow::Result<()> {
        for file in folder.files() {
            let name = file.path().to_string_lossy().into_owned();
            let own = overrides.map(|root| root.join(&name)).filter(|path| path.is_file());
            let text = match own {
                Some(path) => std::fs::read_to_string(&path)
                    .with_context(|| format!("cannot read template {}", path.display()))?,
                None => file.contents_utf8().unwrap_or_default().to_owned(),
            };
            if name.ends_with(".j2") {
                self.engine
                    .add_template_owned(name.clone(), text)
                    .with_context(|| format!("template {name}"))?;
            }
        }
        for inner in folder.dirs() {
            self.add_folder(inner, overrides)?;
        }
        Ok(())
    }

    /// Renders the template `name` with `data`. A name that `data` lacks is an error, never an empty hole.
    ///
    /// # Errors
    /// An unknown template or an undefined name.
    pub fn render(&self, name: &str, data: impl Serialize) -> anyhow::Result<String> {
        let template = self.engine.get_template(name).with_context(|| format!("no template {name}"))?;
        template.render(Serde(&data)).with_context(|| format!("template {name}"))
    }

    /// The same templates, with `text` as the template `name`.
    ///
    /// # Errors
    /// An unknown name, or a text that does not parse.
    pub fn replacing(&self, name: &str, text: &str) -> anyhow::Result<Self> {
        let mut engine = self.engine.clone();
        engine.get_template(name).with_context(|| format!("no template {name}"))?;
        engine
            .add_template_owned(name.to_owned(), text.to_owned())
            .with_context(|| format!("template {name}"))?;
        Ok(Self { engine })
    }

    /// The text of the template `name` as it is (prompts are hashed).
    ///
    /// # Errors
    /// An unknown template.
    pub fn source(&self, name: &str) -> anyhow::Result<String> {
        Ok(self.engine.get_template(name).with_context(|| format!("no template {name}"))?.source().to_owned())
    }
}
