//! `tessera serve`: the server.
use super::exit::Exit;
use crate::{
    config::{ConfigError, Written},
    listen::{self, ListenError},
    telemetry, web,
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};
use tessera_api::Settings;
use tessera_app::{App, Limits};
use tessera_engine::{EngineHost, HostOptions};
use tessera_store::{Database, KeyFile, KeyFileError, Random as _, Store, StoreError, SystemClock, SystemRandom};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

#[derive(clap::Args, Debug)]
pub(crate) struct ServeArgs {
    /// The settings file; without it, `tessera.toml` where there is one, and `TESSERA_…` variables.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Why the server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServeError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Log(#[from] telemetry::LogFilterError),
    #[error("cannot prepare `{}`", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("there is no database `{}`", path.display())]
    Absent { path: PathBuf },
    #[error(transparent)]
    Key(#[from] KeyFileError),
    #[error("cannot open the store")]
    Store(#[from] StoreError),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("cannot start")]
    Runtime(#[source] io::Error),
}

/// Queries that run at the same time, of everybody; the others wait in their order.
const RUNNING_QUERIES: usize = 16;
/// How often engines that nobody uses are looked for.
const TIDY_EVERY: Duration = Duration::from_secs(60);

pub(crate) fn run(args: &ServeArgs) -> ExitCode {
    report(start(args))
}

/// One message for a person, with what caused it, and what to do.
pub(crate) fn report(result: Result<(), ServeError>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    let mut cause = std::error::Error::source(&error);
    eprint!("{error}");
    while let Some(error) = cause {
        eprint!(": {error}");
        cause = error.source();
    }
    eprintln!();
    if let ServeError::Config(error) = &error
        && let Some(help) = error.help()
    {
        eprintln!("help: {help}");
    }
    let exit = match error {
        ServeError::Config(_) | ServeError::Log(_) | ServeError::Key(_) | ServeError::Absent { .. } => Exit::Problems,
        ServeError::Folder { .. } | ServeError::Store(_) | ServeError::Listen(_) | ServeError::Runtime(_) => {
            Exit::Failed
        }
    };
    exit.into()
}

fn start(args: &ServeArgs) -> Result<(), ServeError> {
    let config = Written::find(args.config.as_deref())?.check()?;
    telemetry::start(&config.log, config.log_format)?;
    runtime()?.block_on(async {
        let listener = listen::bind(config.listen).await?;
        let (_, app) = open(&config.data_dir, &config.key_file, &config.database).await?;
        let settings = Settings {
            address: config.address,
            cookie: config.cookie,
            trusted_proxies: config.trusted_proxies,
            demo: None,
        };
        tracing::info!("listening on http://{}", config.listen);
        serve(app, settings, listener, stop_signal()).await;
        Ok(())
    })
}

pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, ServeError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Runtime)
}

/// Opens the store and what is beside it below `data_dir`, making them on the first start.
pub(crate) async fn open(
    data_dir: &Path,
    key_file: &Path,
    database: &Database,
) -> Result<(Store, Arc<App>), ServeError> {
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let store = open_store(data_dir, key_file, database).await?;
    let options = HostOptions { running_queries: RUNNING_QUERIES, cache: data_dir.join("cache"), follow_links: false };
    let host = EngineHost::start(options).map_err(ServeError::Runtime)?;
    let app = App::new(store.clone(), host, clock, random, Limits::default());
    Ok((store, Arc::new(app)))
}

pub(crate) async fn open_store(data_dir: &Path, key_file: &Path, database: &Database) -> Result<Store, ServeError> {
    fs::create_dir_all(data_dir).map_err(|source| ServeError::Folder { path: data_dir.into(), source })?;
    let key = KeyFile::open_or_create(key_file, &SystemRandom)?;
    Ok(Store::open(database, &key, Arc::new(SystemClock), Arc::new(SystemRandom)).await?)
}

/// Serves until `stop`; queries that still run then are stopped.
pub(crate) async fn serve(app: Arc<App>, settings: Settings, listener: TcpListener, stop: CancellationToken) {
    let tidy = tokio::spawn({
        let app = app.clone();
        async move {
            let mut ticks = tokio::time::interval(TIDY_EVERY);
            loop {
                ticks.tick().await;
                app.close_idle();
                if let Err(error) = app.tidy_audit().await {
                    tracing::warn!(cause = %error, "cannot tidy the audit trails");
                }
            }
        }
    });
    let cancel = tokio::spawn({
        let (app, stop) = (app.clone(), stop.clone());
        async move {
            stop.cancelled().await;
            app.queries().cancel_all();
        }
    });
    let pages = web::pages(Arc::new(new_nonce));
    let unreadable: listen::MakeAnswer = Arc::new({
        let app = app.clone();
        move |status| tessera_api::unreadable(&app, status)
    });
    listen::serve(listener, tessera_api::router(app.clone(), settings, pages), unreadable, stop).await;
    tidy.abort();
    cancel.abort();
    app.close().await;
}

/// 128 bits, for one page.
fn new_nonce() -> Option<String> {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Cancelled by the first Ctrl-C or termination signal; the second one ends the process at once.
pub(crate) fn stop_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    tokio::spawn({
        let stop = stop.clone();
        async move {
            signal().await;
            stop.cancel();
            signal().await;
            std::process::exit(130);
        }
    });
    stop
}

async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
