//! The settings of `tessera serve`: a file, and a `TESSERA_…` variable for each of them, which wins.
use serde::Deserialize;
use std::{
    env, fmt, fs, io,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};
use tessera_api::{Address, SessionCookie};
use tessera_store::{Database, PostgresError};

/// Settings as they are written; every one has a safe default or a complaint.
#[derive(Deserialize, Default, Clone, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Written {
    listen: Option<String>,
    data_dir: Option<PathBuf>,
    key_file: Option<PathBuf>,
    database_url: Option<String>,
    public_url: Option<String>,
    trusted_proxies: Option<Count>,
    log: Option<String>,
    log_format: Option<String>,
}

/// A number in the file; in the environment, everything is text.
#[derive(Deserialize, Clone, Debug)]
#[serde(untagged)]
enum Count {
    Number(i64),
    Text(String),
}

/// Settings that a server can start with.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) data_dir: PathBuf,
    pub(crate) key_file: PathBuf,
    pub(crate) database: Database,
    pub(crate) address: Address,
    pub(crate) cookie: SessionCookie,
    pub(crate) trusted_proxies: usize,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// Why a server does not start with these settings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    #[error("cannot read `{}`", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("`{}` is not valid: {problem}", path.display())]
    Invalid { path: PathBuf, problem: String },
    #[error("`{name}` must be {wanted}, not `{given}`")]
    Value { name: &'static str, wanted: &'static str, given: String },
    #[error("`{name}` is not set")]
    Missing { name: &'static str },
    #[error("the address of the database: {0}")]
    Database(#[from] PostgresError),
    #[error("`listen` is `{0}`, which other machines can reach, but `public_url` is not an `https://` address")]
    PlainText(SocketAddr),
}

impl ConfigError {
    pub(crate) fn help(&self) -> Option<&'static str> {
        match self {
            Self::PlainText(_) => Some(
                "put a proxy with a certificate in front and set `public_url` to its address, or listen on 127.0.0.1",
            ),
            Self::Unreadable { .. }
            | Self::Invalid { .. }
            | Self::Value { .. }
            | Self::Database(_)
            | Self::Missing { .. } => None,
        }
    }
}

const DEFAULT_LISTEN: &str = "127.0.0.1:8080";
const MOST_PROXIES: usize = 16;
const DEFAULT_DATA_DIR: &str = "tessera-data";
/// In the data folder, where no `database_url` is set.
pub(crate) const DATABASE_FILE: &str = "tessera.db";

/// The address of PostgreSQL.
pub(crate) const DATABASE_URL: &str = "TESSERA_DATABASE_URL";

impl Written {
    /// The file that was named, or `tessera.toml` where there is one; and over it the environment.
    pub(crate) fn find(file: Option<&Path>) -> Result<Self, ConfigError> {
        let default = Path::new("tessera.toml");
        let written = match file {
            Some(path) => Self::read(path)?,
            None if default.exists() => Self::read(default)?,
            None => Self::default(),
        };
        Ok(written.overlay(|name| env::var(name).ok()))
    }

    fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.into(), source })?;
        toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| text.get(..span.start).unwrap_or_default().lines().count().max(1));
            let problem = match line {
                Some(line) => format!("line {line}: {}", error.message()),
                None => error.message().to_owned(),
            };
            ConfigError::Invalid { path: path.into(), problem }
        })
    }

    /// Lays the variables of the environment over the file.
    fn overlay(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str, written: Option<String>| variable(name).or(written);
        let path = |name: &str, written: Option<PathBuf>| variable(name).map(PathBuf::from).or(written);
        self.listen = text("TESSERA_LISTEN", self.listen);
        self.data_dir = path("TESSERA_DATA_DIR", self.data_dir);
        self.key_file = path("TESSERA_KEY_FILE", self.key_file);
        self.database_url = text(DATABASE_URL, self.database_url);
        self.public_url = text("TESSERA_PUBLIC_URL", self.public_url);
        self.trusted_proxies = variable("TESSERA_TRUSTED_PROXIES").map(Count::Text).or(self.trusted_proxies);
        self.log = text("TESSERA_LOG", self.log);
        self.log_format = text("TESSERA_LOG_FORMAT", self.log_format);
        self
    }

    /// INVARIANT: a server that other machines can reach is reached over HTTPS.
    pub(crate) fn check(self) -> Result<Config, ConfigError> {
        let listen = self.listen.unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
        let listen: SocketAddr =
            listen.parse().map_err(|_| value("listen", "an address like `127.0.0.1:8080`", &listen))?;
        let (address, cookie) = match &self.public_url {
            Some(url) => public(url, listen)?,
            None if is_loopback(listen.ip()) => (Address::Loopback, SessionCookie::Loopback),
            None => return Err(ConfigError::PlainText(listen)),
        };
        let trusted_proxies = self.trusted_proxies.map_or(Ok(0), |count| proxies(&count))?;
        let log_format = match self.log_format.as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => return Err(value("log_format", "`text` or `json`", other)),
        };
        let data_dir = self.data_dir.unwrap_or_else(|| DEFAULT_DATA_DIR.into());
        let database = database(self.database_url.as_deref(), &data_dir)?;
        Ok(Config {
            listen,
            key_file: self.key_file.unwrap_or_else(|| data_dir.join("key")),
            database,
            data_dir,
            address,
            cookie,
            trusted_proxies,
            log: self.log.unwrap_or_else(|| "info".to_owned()),
            log_format,
        })
    }
}

/// PostgreSQL where an address is given, and else a file in the data folder.
pub(crate) fn database(url: Option<&str>, data_dir: &Path) -> Result<Database, ConfigError> {
    match url.filter(|url| !url.is_empty()) {
        Some(url) => Ok(Database::Postgres(url.parse()?)),
        None => Ok(Database::File(data_dir.join(DATABASE_FILE))),
    }
}

fn proxies(count: &Count) -> Result<usize, ConfigError> {
    let (number, given) = match count {
        Count::Number(number) => (usize::try_from(*number).ok(), number.to_string()),
        Count::Text(text) => (text.parse().ok(), text.clone()),
    };
    number
        .filter(|number| *number <= MOST_PROXIES)
        .ok_or_else(|| value("trusted_proxies", "a number from 0 to 16, of proxies in front of this server", &given))
}

fn public(url: &str, listen: SocketAddr) -> Result<(Address, SessionCookie), ConfigError> {
    let wanted = "an address like `https://analytics.example.com`, without a path";
    let (scheme, authority) = url.split_once("://").ok_or_else(|| value("public_url", wanted, url))?;
    let authority = authority.strip_suffix('/').unwrap_or(authority);
    if authority.is_empty() || !authority.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b)) {
        return Err(value("public_url", wanted, url));
    }
    match scheme {
        "https" => Ok((Address::Public(authority.to_owned()), SessionCookie::Secure)),
        "http" => Err(ConfigError::PlainText(listen)),
        _ => Err(value("public_url", wanted, url)),
    }
}

fn value(name: &'static str, wanted: &'static str, given: &str) -> ConfigError {
    ConfigError::Value { name, wanted, given: given.to_owned() }
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, variables: &[(&str, &str)]) -> Result<Config, String> {
        let written: Written = toml::from_str(file).map_err(|error| error.message().to_owned())?;
        let variable = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        written.overlay(variable).check().map_err(|error| error.to_string())
    }

    #[test]
    fn a_variable_wins_over_the_file_and_the_rest_is_safe_by_default() {
        let config = check("listen = '127.0.0.1:1'\ndata_dir = 'a'", &[("TESSERA_LISTEN", "127.0.0.1:2")]).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.key_file, Path::new("a/key"));
        assert_eq!((config.address, config.cookie), (Address::Loopback, SessionCookie::Loopback));
    }

    #[test]
    fn other_machines_come_over_https_or_not_at_all() {
        let open = "listen = '0.0.0.0:8080'\n";
        assert!(check(open, &[]).unwrap_err().contains("other machines can reach"));
        assert!(check(open, &[("TESSERA_PUBLIC_URL", "http://a.example")]).unwrap_err().contains("not an `https://`"));
        let config = check(open, &[("TESSERA_PUBLIC_URL", "https://a.example/")]).unwrap();
        assert_eq!((config.address, config.cookie), (Address::Public("a.example".into()), SessionCookie::Secure));
        assert!(check("listen = '[::ffff:10.0.0.1]:80'", &[]).is_err());
    }

    #[test]
    fn a_database_elsewhere_proves_that_it_is_the_right_one() {
        assert!(matches!(check("", &[]).unwrap().database, Database::File(path) if path.ends_with("tessera.db")));
        for url in [
            "postgres://tessera@localhost/tessera",
            "postgres://tessera@127.0.0.1:5433/tessera?sslmode=disable",
            "postgresql://tessera:secret@db.example.com/tessera",
            "postgres://tessera@db.example.com/tessera?sslmode=verify-ca",
        ] {
            let config = check("", &[("TESSERA_DATABASE_URL", url)]).unwrap();
            assert!(matches!(config.database, Database::Postgres(_)), "{url}");
            assert!(!format!("{config:?}").contains("secret"));
        }
        for mode in ["disable", "allow", "prefer", "require"] {
            let url = format!("postgres://tessera:secret@db.example.com/tessera?sslmode={mode}");
            let refused = check("", &[("TESSERA_DATABASE_URL", &url)]).unwrap_err();
            assert!(refused.contains("use `verify-full`") && !refused.contains("secret"), "{refused}");
        }
        let refused = check("", &[("TESSERA_DATABASE_URL", "mysql://root:secret@localhost/x")]).unwrap_err();
        assert!(refused.contains("postgres://") && !refused.contains("secret"), "{refused}");
    }

    #[test]
    fn proxies_are_trusted_by_their_number() {
        assert_eq!(check("", &[]).unwrap().trusted_proxies, 0);
        assert_eq!(check("trusted_proxies = 2", &[]).unwrap().trusted_proxies, 2);
        assert_eq!(check("trusted_proxies = 2", &[("TESSERA_TRUSTED_PROXIES", "1")]).unwrap().trusted_proxies, 1);
        for given in ["-1", "17", "all", ""] {
            let refused = check("", &[("TESSERA_TRUSTED_PROXIES", given)]).unwrap_err();
            assert!(refused.contains("`trusted_proxies` must be a number from 0 to 16"), "{refused}");
        }
        assert!(check("trusted_proxies = -1", &[]).is_err());
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        assert!(check("lisen = 'x'", &[]).unwrap_err().contains("unknown field `lisen`"));
        assert_eq!(
            check("listen = 'here'", &[]).unwrap_err(),
            "`listen` must be an address like `127.0.0.1:8080`, not `here`"
        );
        for url in ["a.example", "https://", "https://a.example/x", "https://u@a.example", "ftp://a.example"] {
            assert!(check("", &[("TESSERA_PUBLIC_URL", url)]).is_err(), "{url}");
        }
        assert!(check("log_format = 'xml'", &[]).is_err());
    }
}
