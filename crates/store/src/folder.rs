//! A model folder on the command line, in the place of the metadata database: the model's files, the connection that
//! `connections.yaml` describes, and the person that `ACTOR.yaml` describes. What it hands out is sealed all the same.
mod actor;
mod connection_file;

use crate::entropy::RandomnessError;
use connection_file::ConnectionFile;
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};
use tessera_access::{
    AccessContext, Connection, ConnectionRole, CredentialSource, Credentials, Facts, Permit, Sealed, action::UseEngine,
};
use tessera_base::{ConnectionId, Instant, OrganizationId};
use tessera_model::{
    CheckedModel, Model,
    file::{ActorFile, ModelFiles, Node, Problem},
};
use uuid::Uuid;

/// A folder is an organization with one connection; its ids never leave the process.
const ORGANIZATION: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
const CONNECTION: ConnectionId = ConnectionId::new(Uuid::from_u128(2));

const MODEL: &str = "model.yaml";
const CONNECTIONS: &str = "connections.yaml";
const SUBFOLDERS: [&str; 3] = ["views", "topics", "tests"];

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("cannot read `{}`", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}` is not a model folder: it has no `model.yaml`", path.display())]
    NotAModel { path: PathBuf },
    #[error("`connections.yaml` has no connection `{name}`")]
    NoConnection { name: String },
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    #[error("the files have problems")]
    Problems(Vec<Problem>),
}

#[derive(Debug)]
pub struct ModelFolder {
    path: PathBuf,
    /// By their path in the folder, with `/`.
    files: ModelFiles,
    connections: BTreeMap<String, ConnectionFile>,
}

impl ModelFolder {
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let mut files = ModelFiles::new();
        if !path.join(MODEL).is_file() {
            // A path that cannot be read says why.
            read_folder(path)?;
            return Err(FolderError::NotAModel { path: path.to_owned() });
        }
        files.insert(MODEL.to_owned(), read_file(&path.join(MODEL))?);
        for subfolder in SUBFOLDERS {
            if path.join(subfolder).exists() {
                add_files(path, subfolder, &mut files)?;
            }
        }
        let connections = match path.join(CONNECTIONS) {
            file if file.exists() => {
                let node = Node::from_yaml(CONNECTIONS, &read_file(&file)?)
                    .map_err(|problem| FolderError::Problems(vec![problem]))?;
                connection_file::read(&node, path)?
            }
            _ => BTreeMap::new(),
        };
        Ok(Self { path: path.to_owned(), files, connections })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files of the model, its policy tests included.
    pub fn files(&self) -> &ModelFiles {
        &self.files
    }

    /// The same folder with other model files: how a change of the model is tried.
    pub fn with_files(&self, files: ModelFiles) -> Self {
        Self { path: self.path.clone(), files, connections: self.connections.clone() }
    }

    /// The same model over the files of another data folder: how a policy test brings its own rows.
    pub fn with_data(&self, name: &str, data: &Path) -> Self {
        let mut connections = self.connections.clone();
        let connection =
            connections.get(name).map_or_else(|| ConnectionFile::files(data), |connection| connection.at(data));
        connections.insert(name.to_owned(), connection);
        Self { path: self.path.clone(), files: self.files.clone(), connections }
    }

    /// The connection that the model names. A model that does not read says so when it is checked.
    pub fn connection_name(&self) -> Option<String> {
        let model = Node::from_yaml(MODEL, self.files.get(MODEL)?).ok()?;
        model.get("connection")?.as_str().map(str::to_owned)
    }

    /// The connection that `connections.yaml` has under this name.
    pub fn connection(&self, name: &str) -> Option<Sealed<Connection>> {
        let file = self.connections.get(name)?;
        let connection = Connection { id: CONNECTION, name: name.to_owned(), engine: file.engine(), version: 1 };
        #[expect(clippy::disallowed_methods, reason = "a model folder is the command line's store")]
        Some(Sealed::new(connection, FACTS))
    }

    /// The model, checked from these files.
    pub fn model(&self, checked: Arc<CheckedModel>) -> Sealed<Model> {
        let name = checked.connection.clone();
        let model = Model { label: name.clone(), name, connection: CONNECTION, version: 1, checked };
        #[expect(clippy::disallowed_methods, reason = "a model folder is the command line's store")]
        Sealed::new(model, FACTS)
    }

    /// The person that an `ACTOR.yaml` describes. Nothing given is nothing granted.
    pub fn actor(&self, path: &Path, now: Instant) -> Result<Arc<AccessContext>, FolderError> {
        let file =
            ActorFile::from_yaml(&path.display().to_string(), &read_file(path)?).map_err(FolderError::Problems)?;
        Ok(self.actor_of(&file, now))
    }

    /// The same, from a part of a file that was read already: the `as` of a policy test.
    pub fn actor_of(&self, file: &ActorFile, now: Instant) -> Arc<AccessContext> {
        actor::establish(file, now)
    }

    /// Whoever keeps the folder: may look at the schema and develop the model. Data rules hold for them as for anybody.
    pub fn keeper(&self, now: Instant) -> Arc<AccessContext> {
        let keeper = ActorFile { connection_role: Some(ConnectionRole::Modeler), ..ActorFile::default() };
        actor::establish(&keeper, now)
    }
}

const FACTS: Facts = Facts { connection: Some(CONNECTION), ..Facts::of(ORGANIZATION) };

impl CredentialSource for ModelFolder {
    type Error = FolderError;

    async fn open(&self, permit: &Permit<Connection, UseEngine>) -> Result<Credentials, FolderError> {
        let name = &permit.resource().name;
        self.connections.get(name).ok_or_else(|| FolderError::NoConnection { name: name.clone() })?.credentials()
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>, FolderError> {
    fs::read(path).map_err(|source| FolderError::Unreadable { path: path.to_owned(), source })
}

fn read_folder(path: &Path) -> Result<Vec<fs::DirEntry>, FolderError> {
    fs::read_dir(path)
        .and_then(Iterator::collect)
        .map_err(|source| FolderError::Unreadable { path: path.to_owned(), source })
}

/// Every file below, whatever its name: one that is misnamed holds rules that its writer believes in, so the check of
/// the model has to meet it. Only names with a leading dot are somebody else's.
fn add_files(root: &Path, folder: &str, files: &mut ModelFiles) -> Result<(), FolderError> {
    for entry in read_folder(&root.join(folder))? {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let inside = format!("{folder}/{name}");
        if entry.path().is_dir() {
            add_files(root, &inside, files)?;
        } else {
            files.insert(inside, read_file(&entry.path())?);
        }
    }
    Ok(())
}
