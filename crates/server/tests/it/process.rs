//! The server as a process, spoken to over sockets.
use serde_json::{Value, json};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};
use tempfile::TempDir;
use tessera_testing::TestPostgres;

fn tessera() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tessera"));
    for setting in ["LISTEN", "PUBLIC_URL", "LOG", "DATA_DIR", "DATABASE_URL", "DATABASE_OWNER_URL"] {
        command.env_remove(format!("TESSERA_{setting}"));
    }
    command
}

/// A running demonstration.
struct Demo {
    process: Child,
    address: String,
    _output: BufReader<std::process::ChildStdout>,
}

impl Demo {
    fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    fn start_with(folder: &Path, settings: &[(&str, &str)]) -> Self {
        let mut process = tessera()
            .args(["demo", "--port", "0", "--scale", "0.01", "--data-dir"])
            .arg(folder)
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut first = String::new();
        output.read_line(&mut first).unwrap();
        let address = first.trim().strip_prefix("Tessera is ready: http://").unwrap().to_owned();
        // The listing of people ends with how to stop.
        let mut line = String::new();
        while !line.starts_with("Ctrl-C") {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0);
        }
        Self { process, address, _output: output }
    }

    /// Sends one request, and answers with head and body once the server has closed the connection.
    fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> (String, String) {
        let mut answer = String::new();
        self.begin(method, path, headers, body).read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    /// The body, unless the server went away.
    fn try_ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Option<String> {
        let (address, length) = (&self.address, body.len());
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}");
        write!(stream, "{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer.split_once("\r\n\r\n")?.1.to_owned())
    }

    /// At once, with no chance to finish anything.
    fn kill(&self) {
        let killed = Command::new("kill").args(["-KILL", &self.process.id().to_string()]).status().unwrap();
        assert!(killed.success());
    }

    fn begin(&self, method: &str, path: &str, headers: &str, body: &str) -> TcpStream {
        let (address, length) = (&self.address, body.len());
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{headers}");
        // At once: a server that refuses the head may close before the rest of it is sent.
        let request = format!("{head}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    /// The header that proves who asks.
    fn sign_in(&self, person: &str) -> String {
        let (head, _) = self.ask("POST", "/demo/sign-in", "", &json!({"person": person}).to_string());
        let cookie = header(&head, "set-cookie").unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        format!("cookie: {}\r\n", cookie.split(';').next().unwrap())
    }

    fn stop(mut self) {
        let stopped = Command::new("kill").args(["-INT", &self.process.id().to_string()]).status().unwrap();
        assert!(stopped.success());
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    head.lines()
        .find_map(|line| line.split_once(": ").filter(|(key, _)| key.eq_ignore_ascii_case(name)))
        .map(|(_, value)| value)
}

#[test]
fn the_demonstration_serves_pages_and_rows_and_stops() {
    let folder = TempDir::new().unwrap();
    let demo = Demo::start(folder.path());

    // Every page has a nonce of its own, wherever in the application it is.
    let (first, page) = demo.ask("GET", "/", "", "");
    let (second, _) = demo.ask("GET", "/models/warehouse", "", "");
    let nonce = |head: &str| {
        let policy = header(head, "content-security-policy").unwrap();
        policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned()
    };
    assert_ne!(nonce(&first), nonce(&second));
    assert!(!page.contains("{{csp_nonce}}"));
    assert_eq!(header(&first, "cache-control"), Some("no-store"));
    assert!(demo.ask("GET", "/assets/nothing.js", "", "").0.starts_with("HTTP/1.1 404"));

    // What is no request is answered like every other error.
    for (method, headers) in [
        ("GET", "accept: a\u{1}b\r\n"),
        ("GET", "if-match: \u{7f}\r\n"),
        ("GET", "a name: x\r\n"),
        ("GET", "content-length: ten\r\n"),
        ("G@T", ""),
    ] {
        let (head, body) = demo.ask(method, "/api/v1/whoami", headers, "");
        assert!(head.starts_with("HTTP/1.1 400 "), "{head}");
        assert_eq!(header(&head, "content-type"), Some("application/problem+json"));
        assert_eq!(header(&head, "x-content-type-options"), Some("nosniff"));
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&problem["status"], problem["request_id"].as_str().unwrap().len()), (&json!(400), 36));
    }

    let quinn = demo.sign_in("quinn");
    let question = json!({"model": "warehouse", "request": {"topic": "order_items", "fields": ["customers.region"]}});
    let (head, _) = demo.ask("POST", "/api/v1/queries", &quinn, &question.to_string());
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");

    // The first rows are here long before the last could be; leaving then stops the query.
    let id = "01980000-0000-7000-8000-0000000000f1";
    let endless = "select a.o_orderkey, b.o_orderkey from orders a, orders b, orders c";
    let body = json!({"model": "warehouse", "sql": endless, "download": true}).to_string();
    let mut rows =
        demo.begin("POST", "/api/v1/queries", &format!("{quinn}accept: text/csv\r\nquery-id: {id}\r\n"), &body);
    let mut start = [0; 4096];
    rows.read_exact(&mut start).unwrap();
    assert!(str::from_utf8(&start).unwrap().starts_with("HTTP/1.1 200"));
    let state = || -> Value {
        let (_, body) = demo.ask("GET", &format!("/api/v1/queries/{id}"), &quinn, "");
        serde_json::from_str(&body).unwrap()
    };
    assert_eq!(state()["state"], "running");
    drop(rows);
    let stopped = (0..1000).any(|_| state()["state"] == "cancelled");
    assert!(stopped, "{}", state());
    demo.stop();

    // The second start finds everything, the sessions too.
    let again = Demo::start(folder.path());
    let (head, _) = again.ask("GET", "/api/v1/whoami", &quinn, "");
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let port = again.address.split(':').nth(1).unwrap();
    let taken = tessera().args(["demo", "--port", port, "--data-dir"]).arg(folder.path()).output().unwrap();
    assert_eq!(
        (taken.status.code(), text(&taken)),
        (Some(4), format!("port {port} of 127.0.0.1 is in use by another program\n"))
    );
    again.stop();
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn the_server_refuses_settings_that_are_not_safe() {
    let folder = TempDir::new().unwrap();
    let serve = |settings: &str| {
        let config = folder.path().join("tessera.toml");
        fs::write(&config, settings.replace("{}", folder.path().to_str().unwrap())).unwrap();
        tessera().arg("serve").arg("--config").arg(config).output().unwrap()
    };
    let open = serve("listen = '0.0.0.0:0'");
    assert_eq!(open.status.code(), Some(1));
    assert!(
        text(&open).contains("which other machines can reach") && text(&open).contains("help: put a proxy"),
        "{}",
        text(&open)
    );

    let key = folder.path().join("shared-key");
    fs::write(&key, [7; 32]).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let shared = serve("listen = '127.0.0.1:0'\ndata_dir = '{}/data'\nkey_file = '{}/shared-key'");
    assert_eq!(shared.status.code(), Some(1));
    assert!(text(&shared).contains("can be read by others"), "{}", text(&shared));

    let unknown = serve("listn = 'x'");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown).contains("unknown field `listn`"), "{}", text(&unknown));
}

/// `tessera` with these settings, and what it printed.
fn run(arguments: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = tessera().args(arguments).envs(settings.iter().copied()).output().unwrap();
    (output.status.code(), format!("{}{}", str::from_utf8(&output.stdout).unwrap(), text(&output)))
}

#[test]
fn a_file_is_migrated_and_its_audit_trail_read() {
    let folder = TempDir::new().unwrap();
    let settings = [("TESSERA_DATA_DIR", folder.path().to_str().unwrap())];
    let absent = run(&["audit", "verify"], &settings);
    assert!(absent.0 == Some(1) && absent.1.contains("there is no database"), "{absent:?}");
    assert!(!folder.path().join("tessera.db").exists());
    let migrated = run(&["migrate"], &settings);
    assert!(migrated.0 == Some(0) && migrated.1.contains("tessera.db` is up to date"), "{migrated:?}");
    assert_eq!(run(&["audit", "verify"], &settings), (Some(0), String::new()));
    let nobody = run(&["audit", "verify", "--organization", "acme"], &settings);
    assert_eq!(nobody, (Some(1), "no organization `acme`\n".to_owned()));
}

#[test]
fn postgresql_is_migrated_by_its_owner_and_used_by_another_role() {
    let folder = TempDir::new().unwrap();
    let server = TestPostgres::new();
    let (application, owner) = (server.url("tessera"), server.url("tessera_owner"));
    let settings =
        [("TESSERA_DATA_DIR", folder.path().to_str().unwrap()), ("TESSERA_DATABASE_URL", application.as_str())];
    let too_early = run(&["serve"], &settings);
    assert!(too_early.0 == Some(4) && too_early.1.contains("run `tessera migrate`"), "{too_early:?}");
    let ownerless = run(&["migrate"], &settings);
    assert!(ownerless.0 == Some(1) && ownerless.1.contains("TESSERA_DATABASE_OWNER_URL"), "{ownerless:?}");
    let owned = [settings[0], settings[1], ("TESSERA_DATABASE_OWNER_URL", owner.as_str())];
    let migrated = run(&["migrate"], &owned);
    assert!(migrated.0 == Some(0) && migrated.1.starts_with("the tables went from version 0"), "{migrated:?}");
    let again = run(&["migrate"], &owned);
    assert!(again.0 == Some(0) && again.1.starts_with("the tables are up to date"), "{again:?}");
    assert_eq!(run(&["audit", "verify"], &settings), (Some(0), String::new()));
    let as_owner = run(&["serve"], &[settings[0], ("TESSERA_DATABASE_URL", owner.as_str())]);
    assert!(as_owner.0 == Some(4) && as_owner.1.contains("an owner of the tables"), "{as_owner:?}");
}

#[test]
fn a_killed_server_has_lost_nothing_that_it_acknowledged() {
    kill_in_the_midst_of_writes(&[]);
}

#[test]
fn a_killed_server_has_lost_nothing_that_it_acknowledged_on_postgresql() {
    let server = TestPostgres::new();
    let (application, owner) = (server.url("tessera"), server.url("tessera_owner"));
    let settings = [("TESSERA_DATABASE_URL", application.as_str()), ("TESSERA_DATABASE_OWNER_URL", owner.as_str())];
    assert_eq!(run(&["migrate"], &settings).0, Some(0));
    kill_in_the_midst_of_writes(&settings[..1]);
}

/// Whatever was acknowledged is there after the server was killed in the midst of writes, nothing is there by half, and the
/// trail is intact.
fn kill_in_the_midst_of_writes(settings: &[(&str, &str)]) {
    let folder = TempDir::new().unwrap();
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..3 {
        let demo = Demo::start_with(folder.path(), settings);
        let ada = demo.sign_in("ada");
        let written = AtomicUsize::new(0);
        let writers = std::thread::scope(|scope| {
            let write = || {
                let mut made = Vec::new();
                loop {
                    let body = json!({"name": "Written", "parent": "mine"}).to_string();
                    match demo.try_ask("POST", "/api/v1/folders", &ada, &body) {
                        Some(answer) if answer.starts_with('{') => {
                            let answer: Value = serde_json::from_str(&answer).unwrap();
                            made.push(answer["id"].as_str().unwrap().to_owned());
                            written.fetch_add(1, Ordering::SeqCst);
                        }
                        _ => return made,
                    }
                }
            };
            let writers = [scope.spawn(write), scope.spawn(write), scope.spawn(write)];
            // Once something is written, and at another moment each time.
            while written.load(Ordering::SeqCst) < 7 * (round + 1) {
                std::thread::yield_now();
            }
            demo.kill();
            writers.map(|writer| writer.join().unwrap()).concat()
        });
        acknowledged.extend(writers);
    }
    let demo = Demo::start_with(folder.path(), settings);
    let ada = demo.sign_in("ada");
    for id in &acknowledged {
        let (head, _) = demo.ask("GET", &format!("/api/v1/folders/{id}"), &ada, "");
        assert!(head.starts_with("HTTP/1.1 200"), "{id} was acknowledged: {head}");
    }
    let accept = format!("{ada}accept: application/x-ndjson\r\n");
    let (_, told) = demo.ask("GET", "/api/v1/audit-events?type=folder_created", &accept, "");
    let told = told.matches(r#""name":"Written""#).count();
    let mut there = 0;
    let mut before = String::new();
    loop {
        let (_, page) = demo.ask("GET", &format!("/api/v1/folders/mine/children?limit=200{before}"), &ada, "");
        let page: Value = serde_json::from_str(&page).unwrap();
        there += page["folders"].as_array().unwrap().iter().filter(|folder| folder["name"] == "Written").count();
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert_eq!(there, told, "each folder with its event, and no event without");
    assert!(there >= acknowledged.len());
    demo.stop();
    let folder = [("TESSERA_DATA_DIR", folder.path().to_str().unwrap())];
    let verified = run(&["audit", "verify"], &[&folder, settings].concat());
    assert!(verified.0 == Some(0) && verified.1.contains("acme: ") && !verified.1.contains("broken"), "{verified:?}");
}
