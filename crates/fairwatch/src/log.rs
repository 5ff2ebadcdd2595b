//! The log: to the standard error, a line for each event, by `RUST_LOG` or at `info`. No personal data, no paths
//! and no queries of requests ever reach it.
use tracing_subscriber::{EnvFilter, fmt};

/// Starts logging.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,fairwatch=info"));
    // A second start, in a test, is no fault.
    let _ = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(false).try_init();
}
