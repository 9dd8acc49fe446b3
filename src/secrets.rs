//! Secrets: looked up by the name that rules give them, and shown to nobody.
//!
//! A secret is looked for among the credentials of systemd, then in the directory of `[secrets]` in `xuncha.toml`, then in the
//! environment, and the first one found counts. It is read anew each time it is wanted, so replacing one needs no restart.
//! What it says is words: a token, or a name and a token.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::rules::SecretName;

/// Where secrets are looked for.
#[derive(Debug, Clone)]
pub struct Secrets {
    credentials: Option<PathBuf>,
    directory: Option<PathBuf>,
    variable: fn(&str) -> Option<String>,
}

/// A secret. It has no text form, so that nothing can print it by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why there is no secret. The text never holds one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It is nowhere.
    #[error(
        "there is no secret `{name}`: put it into a file of that name in the directory of `[secrets]` in xuncha.toml, \
         chmod 600, or give it as a systemd credential or as {variable}"
    )]
    Missing {
        /// Its name.
        name: SecretName,
        /// The environment variable that could hold it.
        variable: String,
    },
    /// Others may read it.
    #[error("the secret in `{}` can be read by others: chmod 600 {}, and have it changed if they may have read it", path.display(), path.display())]
    Open {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("the secret in `{}` cannot be read: {why}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        why: io::Error,
    },
    /// There is nothing in it.
    #[error("the secret `{0}` is empty: put it in place")]
    Empty(SecretName),
}

/// No token is longer; what is longer is no secret.
const LONGEST: u64 = 64 * 1024;
/// Group and others: the file is ours alone.
const OWN_FILE: u32 = 0o077;
/// systemd lets a service's user in by an access list, which shows as bits of the group.
const CREDENTIAL: u32 = 0o007;

impl Secrets {
    /// Looks in the directory of the configuration, in what systemd hands over, and in the environment.
    pub fn of_system(directory: Option<PathBuf>) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        Self::looked_for(variable("CREDENTIALS_DIRECTORY").map(PathBuf::from), directory, variable)
    }

    /// Looks among these credentials, in this directory, and in this environment.
    pub fn looked_for(
        credentials: Option<PathBuf>,
        directory: Option<PathBuf>,
        variable: fn(&str) -> Option<String>,
    ) -> Self {
        Self { credentials, directory, variable }
    }

    /// The secret of that name.
    ///
    /// # Errors
    /// If there is none, or one that others could have read.
    pub fn get(&self, name: &SecretName) -> Result<Secret, SecretError> {
        let places = [(&self.credentials, CREDENTIAL), (&self.directory, OWN_FILE)];
        for (directory, closed_to) in places {
            let Some(path) = directory.as_ref().map(|directory| directory.join(name.as_str())) else {
                continue;
            };
            if let Some(text) = read(&path, closed_to)? {
                return Secret::of(&text).ok_or_else(|| SecretError::Empty(name.clone()));
            }
        }
        let variable = format!("XUNCHA_SECRET_{}", name.as_str().to_ascii_uppercase().replace('-', "_"));
        match (self.variable)(&variable) {
            Some(text) => Secret::of(&text).ok_or_else(|| SecretError::Empty(name.clone())),
            None => Err(SecretError::Missing { name: name.clone(), variable }),
        }
    }
}

impl Secret {
    /// A secret with this text; nothing where that is blank.
    pub fn of(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The only word of the secret; nothing where it has several.
    pub fn word(&self) -> Option<&str> {
        (!self.0.contains(char::is_whitespace)).then_some(self.0.as_str())
    }

    /// All its words.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.0.split_whitespace()
    }

    /// The two words of the secret, on one line or two; nothing where it has fewer or more.
    pub fn two_words(&self) -> Option<(&str, &str)> {
        let mut words = self.words();
        let (first, second) = (words.next()?, words.next()?);
        words.next().is_none().then_some((first, second))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What a file holds; nothing where there is no such file. The file that is checked is the one that is read.
fn read(path: &Path, closed_to: u32) -> Result<Option<String>, SecretError> {
    let unreadable = |why| SecretError::Unreadable { path: path.to_owned(), why };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if mode(&file).map_err(unreadable)? & closed_to != 0 {
        return Err(SecretError::Open { path: path.to_owned() });
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    Ok(Some(text))
}

#[cfg(unix)]
fn mode(file: &std::fs::File) -> io::Result<u32> {
    use std::os::unix::fs::PermissionsExt;
    Ok(file.metadata()?.permissions().mode())
}

#[cfg(not(unix))]
fn mode(_file: &std::fs::File) -> io::Result<u32> {
    Ok(0)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use tempfile::TempDir;

    use super::*;

    fn put(directory: &TempDir, name: &str, text: &str, mode: u32) {
        let path = directory.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    }

    fn secrets(credentials: &TempDir, directory: &TempDir) -> Secrets {
        let paths = [credentials, directory].map(|directory| Some(directory.path().to_owned()));
        let [credentials, directory] = paths;
        Secrets::looked_for(credentials, directory, |name| {
            (name == "XUNCHA_SECRET_YIJU_WEIBO").then(|| "from-environment".to_owned())
        })
    }

    fn word(secrets: &Secrets, name: &str) -> Result<String, String> {
        let found = secrets.get(&SecretName::new(name)).map_err(|error| error.to_string())?;
        Ok(found.word().unwrap().to_owned())
    }

    #[test]
    fn credentials_come_before_the_directory_and_that_before_the_environment() {
        let (credentials, directory) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let secrets = secrets(&credentials, &directory);
        assert_eq!(word(&secrets, "yiju-weibo").as_deref(), Ok("from-environment"));
        put(&directory, "yiju-weibo", "from-directory\n", 0o600);
        assert_eq!(word(&secrets, "yiju-weibo").as_deref(), Ok("from-directory"));
        put(&credentials, "yiju-weibo", "from-systemd", 0o440);
        assert_eq!(word(&secrets, "yiju-weibo").as_deref(), Ok("from-systemd"));
        assert_eq!(
            word(&secrets, "erju"),
            Err("there is no secret `erju`: put it into a file of that name in the directory of `[secrets]` in xuncha.toml, \
                 chmod 600, or give it as a systemd credential or as XUNCHA_SECRET_ERJU"
                .to_owned())
        );
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused_with_what_to_do() {
        let (credentials, directory) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        let secrets = secrets(&credentials, &directory);
        for mode in [0o640, 0o604, 0o660, 0o644, 0o777] {
            put(&directory, "yiju", "hush", mode);
            let said = word(&secrets, "yiju").unwrap_err();
            let path = directory.path().join("yiju").display().to_string();
            assert!(said.contains(&format!("chmod 600 {path}")), "{said}");
            assert!(!said.contains("hush"), "{said}");
        }
        put(&directory, "yiju", "hush", 0o400);
        assert_eq!(word(&secrets, "yiju").as_deref(), Ok("hush"));
        put(&credentials, "yiju", "hush", 0o444);
        assert!(word(&secrets, "yiju").is_err(), "even systemd's, if all the world can read it");
    }

    #[test]
    fn an_empty_secret_is_none() {
        let (credentials, directory) = (TempDir::new().unwrap(), TempDir::new().unwrap());
        put(&directory, "yiju-weibo", " \n", 0o600);
        let said = word(&secrets(&credentials, &directory), "yiju-weibo").unwrap_err();
        assert_eq!(said, "the secret `yiju-weibo` is empty: put it in place");
    }

    #[test]
    fn a_secret_is_words_and_prints_none_of_them() {
        let two = Secret::of("wx0123\nabcdef\n").unwrap();
        assert_eq!((two.two_words(), two.word()), (Some(("wx0123", "abcdef")), None));
        let one = Secret::of("2.00abc").unwrap();
        assert_eq!((one.two_words(), one.word()), (None, Some("2.00abc")));
        assert_eq!(Secret::of("a b c").unwrap().two_words(), None);
        assert_eq!(format!("{two:?}"), "Secret(…)");
    }
}
