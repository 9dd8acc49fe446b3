//! The `xuncha` command: arguments in, exit code out.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // HTTP and mail make their secure connections with the same provider.
    let _already_installed = rustls::crypto::ring::default_provider().install_default();
    xuncha::cli::main()
}
