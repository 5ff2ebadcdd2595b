//! Listening, answering and stopping.
use crate::commands::Failure;
use axum::Router;
use std::{future::Future, net::SocketAddr};
use tokio::net::TcpListener;

/// Takes a port, with one clear line where that is not possible.
pub(crate) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        Failure::new(match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                format!("port {} is in use; give another with --port or --listen", address.port())
            }
            std::io::ErrorKind::PermissionDenied => {
                format!("this user may not listen on port {}", address.port())
            }
            _ => format!("cannot listen on {address}: {error}"),
        })
    })
}

/// Answers until told to stop; requests that are under way finish first.
pub(crate) async fn answer(
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
        .with_graceful_shutdown(stop)
        .await
        .map_err(|error| Failure::new(format!("the server stopped: {error}")))
}

/// Until the process is asked to end.
pub(crate) async fn asked_to_end() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! { _ = interrupt => {}, _ = terminate.recv() => {} }
        }
        Err(_) => drop(interrupt.await),
    }
}
