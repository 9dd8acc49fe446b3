//! The Unix socket: made with care, removed on stop.

use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener as StdUnixListener, UnixStream as StdUnixStream};
use std::path::{Path, PathBuf};
use std::{fmt, io};

use listenfd::ListenFd;
use tokio::net::UnixListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tracing::info;

use super::connections::{SocketEntrance, serve};
use super::page_at::{PageAt, PageListener};
use super::peer::{Access, People};
use super::routes::Routes;

/// A bound socket.
#[derive(Debug)]
pub struct StatusSocket {
    listener: UnixListener,
    place: Place,
    access: Access,
    page: Option<PageListener>,
}

/// Where the socket is.
#[derive(Debug)]
enum Place {
    /// Made by us.
    Own(PathBuf),
    /// Made by whoever started the daemon, who will remove it too.
    Handed,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(path) => write!(f, "{}", path.display()),
            Self::Handed => f.write_str("the socket that was handed over"),
        }
    }
}

/// Why there is no socket.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SocketError {
    /// Another daemon answers there.
    #[error("another daemon is serving on `{0}`: stop it first, or set another `socket`")]
    InUse(PathBuf),
    /// Something else stands in the way.
    #[error("`{0}` is not a socket, so it is not removed: move it away, or set another `socket`")]
    NotASocket(PathBuf),
    /// Strangers could replace the socket.
    #[error("the directory of the socket, `{0}`, may be written by everybody: use a private directory")]
    UnsafeDirectory(PathBuf),
    /// The page's address cannot be had.
    #[error("cannot listen on {listen} for the page: {source}\nset another `listen` in [page]")]
    Page {
        /// The address.
        listen: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// The system refuses.
    #[error("cannot {act} `{path}`: {source}")]
    Io {
        /// What was tried.
        act: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl StatusSocket {
    /// Binds the socket: in a private directory (made if need be), under a passing name, its mode set before it takes its
    /// real name, so that it is never open to more than it should be.
    ///
    /// # Errors
    /// If a daemon answers there already, something else stands there, or the directory is unsafe.
    pub fn bind(path: &Path, access: Access) -> Result<Self, SocketError> {
        let directory =
            path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        make_private(directory)?;
        clear(path)?;
        let passing = path.with_extension(format!("{}.new", std::process::id()));
        let _absent = std::fs::remove_file(&passing);
        let listener = UnixListener::bind(&passing).map_err(io_error("bind the socket", &passing))?;
        std::fs::set_permissions(&passing, std::fs::Permissions::from_mode(access.mode))
            .map_err(io_error("set the mode of", &passing))?;
        std::fs::rename(&passing, path).map_err(io_error("put the socket in place at", path))?;
        Ok(Self { listener, place: Place::Own(path.to_owned()), access, page: None })
    }

    /// The socket that whoever started the daemon has opened for it (`LISTEN_FDS`), or one of its own at `path`.
    ///
    /// # Errors
    /// If what was handed over is no Unix socket, or none can be bound.
    pub fn open(path: &Path, access: Access) -> Result<Self, SocketError> {
        let handed_over = ListenFd::from_env().take_unix_listener(0);
        match handed_over.map_err(io_error("take the socket handed over for", path))? {
            Some(listener) => {
                let listener =
                    nonblocking(listener).map_err(io_error("use the socket handed over for", path))?;
                Ok(Self { listener, place: Place::Handed, access, page: None })
            }
            None => Self::bind(path, access),
        }
    }

    /// The same, with the page at an address for browsers.
    ///
    /// # Errors
    /// If the address cannot be bound.
    pub async fn with_page(mut self, at: Option<PageAt>) -> Result<Self, SocketError> {
        if let Some(at) = at {
            let failed = |source| SocketError::Page { listen: at.listen, source };
            let page = PageListener::bind(at).await.map_err(failed)?;
            info!("the page is at http://{}/", page.address().map_err(failed)?);
            self.page = Some(page);
        }
        Ok(self)
    }

    /// Serves the routes until told to stop. They may be changed meanwhile: each request meets those of its moment.
    pub async fn serve(&self, routes: watch::Receiver<Routes>, stop: CancellationToken) {
        let people = People::of_this_machine(self.access.clone());
        let entrance = SocketEntrance { listener: &self.listener, people: &people };
        info!("serving on {}", self.place);
        match &self.page {
            Some(page) => {
                tokio::join!(serve(&entrance, routes.clone(), stop.clone()), serve(page, routes, stop));
            }
            None => serve(&entrance, routes, stop).await,
        }
    }
}

/// A socket of our own is removed when nobody will serve on it any more.
impl Drop for StatusSocket {
    fn drop(&mut self) {
        if let Place::Own(path) = &self.place {
            let _already_gone = std::fs::remove_file(path);
        }
    }
}

fn nonblocking(listener: StdUnixListener) -> io::Result<UnixListener> {
    listener.set_nonblocking(true)?;
    UnixListener::from_std(listener)
}

fn make_private(directory: &Path) -> Result<(), SocketError> {
    if !directory.exists() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o750)
            .create(directory)
            .map_err(io_error("make the directory", directory))?;
    }
    let metadata = std::fs::metadata(directory).map_err(io_error("look at the directory", directory))?;
    let everybody_may_write = metadata.mode() & 0o002 != 0;
    if everybody_may_write {
        return Err(SocketError::UnsafeDirectory(directory.to_owned()));
    }
    Ok(())
}

/// Removes a socket that a dead daemon left; refuses anything else.
fn clear(path: &Path) -> Result<(), SocketError> {
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error("look at", path)(error)),
    };
    if !metadata.file_type().is_socket() {
        return Err(SocketError::NotASocket(path.to_owned()));
    }
    if StdUnixStream::connect(path).is_ok() {
        return Err(SocketError::InUse(path.to_owned()));
    }
    std::fs::remove_file(path).map_err(io_error("remove the stale socket", path))
}

fn io_error(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> SocketError {
    let path = path.to_owned();
    move |source| SocketError::Io { act, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_socket_is_for_owner_and_group_only() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run/xuncha.sock");
        let _socket = StatusSocket::bind(&path, Access::default()).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o660);
        assert_eq!(std::fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777, 0o750);
    }

    #[tokio::test]
    async fn a_live_socket_is_left_alone_and_a_stale_one_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("xuncha.sock");
        let first = StatusSocket::bind(&path, Access::default()).unwrap();
        assert!(matches!(StatusSocket::bind(&path, Access::default()), Err(SocketError::InUse(_))));
        drop(first);
        assert!(!path.exists(), "nobody serves there any more");
        drop(StdUnixListener::bind(&path).unwrap());
        assert!(path.exists(), "a killed daemon leaves its socket");
        StatusSocket::bind(&path, Access::default()).unwrap();
    }

    #[tokio::test]
    async fn a_file_in_the_way_is_not_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("xuncha.sock");
        std::fs::write(&path, "precious").unwrap();
        assert!(matches!(StatusSocket::bind(&path, Access::default()), Err(SocketError::NotASocket(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    }

    #[tokio::test]
    async fn a_directory_that_everybody_may_write_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::set_permissions(directory.path(), std::fs::Permissions::from_mode(0o1777)).unwrap();
        let path = directory.path().join("xuncha.sock");
        assert!(matches!(StatusSocket::bind(&path, Access::default()), Err(SocketError::UnsafeDirectory(_))));
    }
}
