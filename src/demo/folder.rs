//! The demo's directory: made or emptied, with the shipped rules in it.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use super::platforms::secret_words;
use crate::daemon::make_directory;
use crate::rules::{CRAWL_RULES, Rules};

/// Says that a directory is the demo's own, so that it may be emptied.
const MARK: &str = ".xuncha-demo";
/// Longer paths do not fit into a socket's address.
const LONGEST_SOCKET_PATH: usize = 100;

/// Makes the directory, empties it if an earlier demo made it, and unpacks the rules.
pub(super) fn prepare(out: &Path) -> anyhow::Result<PathBuf> {
    let is_used = out.read_dir().is_ok_and(|mut entries| entries.next().is_some());
    if is_used && !out.join(MARK).exists() {
        bail!(
            "`{}` holds files that are not the demo's: name an empty or new directory with --out",
            out.display()
        );
    }
    if is_used {
        std::fs::remove_dir_all(out).with_context(|| format!("cannot empty `{}`", out.display()))?;
    }
    std::fs::create_dir_all(out).with_context(|| format!("cannot make `{}`", out.display()))?;
    let out = out.canonicalize().with_context(|| format!("cannot find `{}`", out.display()))?;
    std::fs::write(
        out.join(MARK),
        "made by `xuncha demo`, which empties this directory when it is run again\n",
    )
    .with_context(|| format!("cannot write into `{}`", out.display()))?;
    let rules = out.join("crawl-rules");
    std::fs::create_dir(&rules).with_context(|| format!("cannot make `{}`", rules.display()))?;
    CRAWL_RULES
        .extract(&rules)
        .with_context(|| format!("cannot unpack the rules into `{}`", rules.display()))?;
    Ok(out)
}

/// Puts in place what the platforms want to see: made-up secrets, which only their owner may read.
pub(super) fn keep_secrets(directory: &Path, rules: &Rules) -> anyhow::Result<()> {
    make_directory(directory)?;
    for way in rules.sources.iter().flat_map(|source| &source.ways) {
        let Some(name) = way.kind.secret() else { continue };
        let path = directory.join(name.as_str());
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written =
            options.open(&path).and_then(|mut file| file.write_all(secret_words(name, &way.kind).as_bytes()));
        written.with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

/// Where the demo's socket goes: into the directory, unless its path is too long for a socket.
pub(super) fn socket(folder: &Path) -> PathBuf {
    let inside = folder.join("run/xuncha.sock");
    if inside.as_os_str().len() <= LONGEST_SOCKET_PATH {
        return inside;
    }
    std::env::temp_dir().join(format!("xuncha-demo-{}/xuncha.sock", std::process::id()))
}
