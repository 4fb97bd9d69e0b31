//! `tessera demo`: two organizations with data, and a page of people to be.
use super::{
    exit::Exit,
    serve::{self, ServeError},
};
use crate::{
    config::{self, DATABASE_FILE, DATABASE_URL, LogFormat},
    demo::{
        generate::{self, GenerateError, Progress},
        globex,
        script::{Script, ScriptError},
        seed,
        story::{self, StoryError},
    },
    listen, telemetry,
};
use axum::Router;
use std::{
    env, fs,
    io::{self, IsTerminal as _, Write as _},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
};
use tessera_api::{Address, DemoPerson, SessionCookie, Settings};

#[derive(clap::Args, Debug)]
#[command(after_help = "\
With TESSERA_DATABASE_URL, it is kept in an empty PostgreSQL database that `tessera migrate` has prepared.")]
pub(crate) struct DemoArgs {
    /// The port on 127.0.0.1.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where data and settings are kept; without it, in your data folder.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// How much data there is: 1 is about a gigabyte of plain text.
    #[arg(long, default_value_t = 0.1)]
    scale: f64,
    /// Forget the data and settings of earlier demonstrations.
    #[arg(long)]
    fresh: bool,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
enum DemoError {
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[error(transparent)]
    Generate(#[from] GenerateError),
    #[error(transparent)]
    Script(#[from] ScriptError),
    #[error(transparent)]
    Story(#[from] StoryError),
    #[error("the database holds organizations already; the demonstration begins with an empty one")]
    Occupied,
    #[error("no data folder is known; name one with `--data-dir`")]
    NoFolder,
}

pub(crate) fn run(args: &DemoArgs) -> ExitCode {
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(DemoError::Serve(error)) => serve::report(Err(error)),
        Err(error) => {
            eprintln!("{error}");
            let exit = match error {
                DemoError::NoFolder | DemoError::Generate(GenerateError::Scale(_)) => Exit::Usage,
                _ => Exit::Failed,
            };
            exit.into()
        }
    }
}

fn start(args: &DemoArgs) -> Result<(), DemoError> {
    telemetry::start(&env::var("TESSERA_LOG").unwrap_or_else(|_| "warn".to_owned()), LogFormat::Text)
        .map_err(ServeError::from)?;
    let script = Script::load()?;
    let folder = Folder::prepare(args)?;
    let runtime = serve::runtime()?;
    // The port comes first: nobody should wait for data to learn that it is in use.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
    let listener = runtime.block_on(listen::bind(address)).map_err(ServeError::from)?;
    let address = listener.local_addr().unwrap_or(address);
    generate(args.scale, &script, &folder)?;
    let begins = folder.begin(&script)?;
    runtime.block_on(async {
        let database = config::database(env::var(DATABASE_URL).ok().as_deref(), &folder.root);
        let database = database.map_err(ServeError::from)?;
        let (store, app) = serve::open(&folder.root, &folder.root.join("key"), &database).await?;
        if begins {
            if !store.organizations().await.map_err(ServeError::from)?.is_empty() {
                return Err(DemoError::Occupied);
            }
            seed::seed(&store, &script, &folder.data()).await.map_err(ServeError::from)?;
        }
        let people = seed::people(&store, &script).await.map_err(ServeError::from)?;
        let settings = |people| Settings {
            address: Address::Loopback,
            cookie: SessionCookie::Loopback,
            trusted_proxies: 0,
            demo: Some(people),
        };
        if begins {
            let router = tessera_api::router(app.clone(), settings(people.clone()), Router::new());
            story::play(&router, &address.to_string()).await?;
            folder.finish(&script)?;
        }
        welcome(address, &people);
        let settings = settings(people);
        serve::serve(app, settings, listener, serve::stop_signal()).await;
        Ok(())
    })
}

/// Everything that the demonstration keeps.
struct Folder {
    root: PathBuf,
}

/// Says which demonstration the store was filled for; another one starts with an empty store.
const MARKER: &str = "demo";
const STORE_FILES: [&str; 4] = ["key", DATABASE_FILE, "tessera.db-wal", "tessera.db-shm"];

impl Folder {
    fn prepare(args: &DemoArgs) -> Result<Self, DemoError> {
        let root = args.data_dir.clone().or_else(default_folder).ok_or(DemoError::NoFolder)?;
        let failed = |source| ServeError::Folder { path: root.clone(), source };
        fs::create_dir_all(&root).map_err(failed)?;
        let folder = Self { root: root.canonicalize().map_err(failed)? };
        if args.fresh {
            folder.forget_store()?;
            folder.remove(&folder.data())?;
        }
        Ok(folder)
    }

    fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// Empties the store unless it was filled by this very demonstration, in this very place; answers whether it begins
    /// anew.
    fn begin(&self, script: &Script) -> Result<bool, DemoError> {
        if fs::read_to_string(self.root.join(MARKER)).is_ok_and(|found| found == self.filled_by(script)) {
            return Ok(false);
        }
        self.forget_store()?;
        self.mark("unfinished")?;
        Ok(true)
    }

    /// Once all of it is there: one that was interrupted begins anew.
    fn finish(&self, script: &Script) -> Result<(), DemoError> {
        self.mark(&self.filled_by(script))
    }

    fn mark(&self, contents: &str) -> Result<(), DemoError> {
        let marker = self.root.join(MARKER);
        Ok(fs::write(&marker, contents).map_err(|source| ServeError::Folder { path: marker, source })?)
    }

    fn filled_by(&self, script: &Script) -> String {
        format!("{}\n{}", self.root.display(), script.fingerprint())
    }

    /// INVARIANT: only files that a demonstration made are removed.
    fn forget_store(&self) -> Result<(), DemoError> {
        if !self.root.join(MARKER).exists() {
            return Ok(());
        }
        STORE_FILES.iter().chain(&[MARKER]).try_for_each(|name| self.remove(&self.root.join(name)))
    }

    fn remove(&self, path: &Path) -> Result<(), DemoError> {
        let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(ServeError::Folder { path: path.into(), source: error }.into())
            }
            _ => Ok(()),
        }
    }
}

fn default_folder() -> Option<PathBuf> {
    let data = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let data = data.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".local/share")))?;
    Some(data.join("tessera").join("demo"))
}

fn generate(scale: f64, script: &Script, folder: &Folder) -> Result<(), DemoError> {
    let mut shown = Shown::new();
    for organization in &script.organizations {
        let out = folder.data().join(&organization.data);
        match organization.key.as_str() {
            "globex" => globex::generate(&out, &mut |progress| shown.update(progress))?,
            _ => generate::generate(scale, &out, &mut |progress| shown.update(progress))?,
        }
    }
    shown.finish();
    Ok(())
}

/// Progress on one line of a terminal; elsewhere, a line at the start.
struct Shown {
    terminal: bool,
    begun: bool,
    tables: Vec<Progress>,
}

impl Shown {
    fn new() -> Self {
        Self { terminal: io::stderr().is_terminal(), begun: false, tables: Vec::new() }
    }

    fn update(&mut self, progress: Progress) {
        match self.tables.iter_mut().find(|known| known.table == progress.table) {
            Some(known) => *known = progress,
            None => self.tables.push(progress),
        }
        if !self.begun && !self.terminal {
            eprintln!("making the demonstration's data, once");
        }
        self.begun = true;
        if self.terminal {
            let done: u64 = self.tables.iter().map(|table| table.rows_done).sum();
            let total: u64 = self.tables.iter().map(|table| table.rows_total).sum();
            let percent = (done * 100).checked_div(total).unwrap_or_default();
            eprint!("\rmaking the demonstration's data, once: {}, {done} rows, {percent} %\x1b[K", progress.table);
            let _ = io::stderr().flush();
        }
    }

    fn finish(&self) {
        if self.begun && self.terminal {
            eprintln!();
        }
    }
}

fn welcome(address: SocketAddr, people: &[DemoPerson]) {
    println!("Tessera is ready: http://{address}\n\nBe one of these people there:");
    let width =
        |text: fn(&DemoPerson) -> &str| people.iter().map(|person| text(person).chars().count()).max().unwrap_or(0);
    let (names, organizations, is) =
        (width(|person| &person.name), width(|person| &person.organization), width(|person| &person.is));
    for DemoPerson { name, organization, is: what, sees, .. } in people {
        println!("  {name:names$}  {organization:organizations$}  {what:is$}  {sees}");
    }
    println!("\nCtrl-C stops.");
}
