//! Passwords and keys. None stands in the configuration itself: it names a file that only the daemon may read, a variable
//! of the environment, or a credential that systemd hands over.

use std::path::{Path, PathBuf};

use crate::deliver::Secret;
use crate::rules::Table;

/// The keys by which one secret may be named.
pub(super) struct Keys {
    pub(super) file: &'static str,
    pub(super) env: &'static str,
    pub(super) credential: &'static str,
}

/// Reads the secret that is named by one of `keys`; `None` where none is, or where it cannot be had, which is reported.
pub(super) fn read(table: &Table<'_>, keys: &Keys, directory: &Path) -> Option<Secret> {
    let file = table.optional_string(keys.file);
    let env = table.optional_string(keys.env);
    let credential = table.optional_string(keys.credential);
    let named = [&file, &env, &credential].into_iter().filter(|name| name.is_some()).count();
    if named > 1 {
        table.report(
            keys.file,
            format!("only one of {}, {} and {} may be given", keys.file, keys.env, keys.credential),
        );
        return None;
    }
    let (key, text) = match (file, env, credential) {
        (Some(file), _, _) => (keys.file, from_file(&directory.join(file))),
        (_, Some(name), _) => (keys.env, from_env(&name)),
        (_, _, Some(name)) => (keys.credential, from_credential(&name)),
        (None, None, None) => return None,
    };
    match text {
        Ok(text) => Some(Secret::new(text)),
        Err(what) => {
            table.report(key, what);
            None
        }
    }
}

/// Whether any of the keys is there.
pub(super) fn is_named(table: &Table<'_>, keys: &Keys) -> bool {
    [keys.file, keys.env, keys.credential].into_iter().any(|key| table.has(key))
}

fn from_file(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
    whole(&text, &path.display().to_string())
}

fn from_env(name: &str) -> Result<String, String> {
    let text = std::env::var(name)
        .map_err(|_| format!("the environment has no variable `{name}`, or it is not text"))?;
    whole(&text, name)
}

fn from_credential(name: &str) -> Result<String, String> {
    let directory = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from).ok_or_else(|| {
        format!("there is no credential `{name}`: systemd has handed none over, see LoadCredential= in the unit file")
    })?;
    from_file(&directory.join(name))
}

/// An empty secret is a mistake, and not a login without one.
fn whole(text: &str, place: &str) -> Result<String, String> {
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() { Err(format!("`{place}` holds nothing")) } else { Ok(text.to_owned()) }
}
