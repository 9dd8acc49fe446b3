//! The templates of all mails: those of the program, or files of an office's own that stand in for them.
//!
//! A file stands in for the template of the same name. One that cannot be filled in at the moment of sending costs nobody
//! a warning: the program's own is used then, and the log says so. `xuncha check` and [`Templates::load`] say it before.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use minijinja::value::Serde;
use minijinja::{Environment, Error, UndefinedBehavior};
use serde::Serialize;

const SHIPPED: [(&str, &str); 4] = [
    ("digest.txt", include_str!("templates/digest.txt")),
    ("digest.html", include_str!("templates/digest.html")),
    ("operator.txt", include_str!("templates/operator.txt")),
    ("operator.html", include_str!("templates/operator.html")),
];

/// The names decide on escaping: what ends in `.html` is escaped, what ends in `.txt` is not.
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = empty();
    for (name, source) in SHIPPED {
        environment.add_template(name, source).expect("the templates are part of the program and parse");
    }
    environment
});

/// The templates in use.
#[derive(Debug, Default)]
pub struct Templates {
    /// Those that stand in for ours.
    own: Option<Environment<'static>>,
}

/// What is wrong with an office's own template.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// The directory or a file in it cannot be read.
    #[error("cannot read `{}`: {reason}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A file that stands in for nothing.
    #[error("`{}` stands in for no template, wanted one of: digest.txt, digest.html, operator.txt, operator.html", .path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be parsed or filled in.
    #[error("template `{}`: {reason}", .path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong, and on which line.
        reason: String,
    },
}

impl Templates {
    /// The templates with those of `directory` standing in.
    ///
    /// # Errors
    /// Everything that is wrong with the files there.
    pub fn load(directory: &Path) -> Result<Self, Vec<TemplateError>> {
        let mut own = empty();
        let mut errors = Vec::new();
        for path in files(directory).map_err(|error| vec![error])? {
            if let Err(error) = add(&mut own, &path) {
                errors.push(error);
            }
        }
        if errors.is_empty() { Ok(Self { own: Some(own) }) } else { Err(errors) }
    }

    /// Fills a template in.
    pub(super) fn render(&self, name: &str, view: &impl Serialize) -> Result<String, Error> {
        match self.own.as_ref().and_then(|own| own.get_template(name).ok()).map(|own| own.render(Serde(view)))
        {
            Some(Ok(text)) => Ok(text),
            Some(Err(error)) => {
                tracing::error!(
                    "the office's own template `{name}` cannot be filled in, ours is used: {error:#}"
                );
                ENVIRONMENT.get_template(name)?.render(Serde(view))
            }
            None => ENVIRONMENT.get_template(name)?.render(Serde(view)),
        }
    }

    /// Why a template of the office's own cannot be filled in; `None` where it can, or where there is none.
    pub(super) fn trial(&self, name: &str, view: &impl Serialize) -> Option<Error> {
        self.own.as_ref()?.get_template(name).ok()?.render(Serde(view)).err()
    }
}

fn empty() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
}

fn files(directory: &Path) -> Result<Vec<PathBuf>, TemplateError> {
    let unreadable = |reason| TemplateError::Unreadable { path: directory.to_owned(), reason };
    let entries = std::fs::read_dir(directory).map_err(unreadable)?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let is_template = path.extension().is_some_and(|extension| extension == "txt" || extension == "html");
        if is_template {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

fn add(own: &mut Environment<'static>, path: &Path) -> Result<(), TemplateError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !SHIPPED.iter().any(|(shipped, _)| *shipped == name) {
        return Err(TemplateError::Unknown { path: path.to_owned() });
    }
    let source = std::fs::read_to_string(path)
        .map_err(|reason| TemplateError::Unreadable { path: path.to_owned(), reason })?;
    own.add_template_owned(name, source)
        .map_err(|error| TemplateError::Broken { path: path.to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct View {
        subject: &'static str,
    }

    fn load(files: &[(&str, &str)]) -> Result<Templates, Vec<TemplateError>> {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(directory.path().join(name), text).unwrap();
        }
        Templates::load(directory.path())
    }

    #[test]
    fn a_file_stands_in_for_the_template_of_its_name_and_is_escaped_like_it() {
        let templates = load(&[("digest.html", "<b>{{ subject }}</b>"), ("README.md", "ours")]).unwrap();
        let said = templates.render("digest.html", &View { subject: "<i>" }).unwrap();
        assert_eq!(said, "<b>&lt;i&gt;</b>");
    }

    #[test]
    fn every_broken_file_is_named_with_its_line() {
        let errors = load(&[("digest.txt", "a\n{% for %}"), ("digset.html", "x")]).unwrap_err();
        let said: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert!(said[0].contains("digest.txt`: ") && said[0].contains(":2"), "{said:?}");
        assert!(said[1].contains("digset.html` stands in for no template"), "{said:?}");
    }

    #[test]
    fn a_template_that_fails_at_the_moment_of_sending_costs_nobody_the_warning() {
        let templates = load(&[("operator.txt", "{{ no_such_thing }}")]).unwrap();
        let lines: [&str; 0] = [];
        let view = serde_json::json!({ "subject": "x", "county": "郎溪县", "sender": "x", "date": "x", "lines": lines });
        assert!(templates.render("operator.txt", &view).unwrap().contains("郎溪县"));
        assert!(templates.trial("operator.txt", &view).is_some());
        assert!(templates.trial("operator.html", &view).is_none());
    }
}
