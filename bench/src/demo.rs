//! The demonstration as a process: its data are those of the benchmarks, and its server is the one that is measured.
use crate::{Error, machine::kib_of};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};
use tokio::net::TcpStream;

/// Where the data of a scale are kept between runs; beside the programs, so that `make clean` removes them.
pub(crate) fn folder(scale: &str) -> Result<PathBuf, Error> {
    let programs = env::current_exe()?;
    let target = programs.parent().and_then(Path::parent).ok_or("the program stands in no folder")?;
    Ok(target.join("bench").join(format!("scale-{scale}")))
}

/// The Parquet files of Acme Parts at `scale`, made by a demonstration that is started and stopped.
pub(crate) fn tables(scale: &str) -> Result<PathBuf, Error> {
    drop(Demo::start(scale)?);
    Ok(folder(scale)?.join("data").join("acme"))
}

/// A running demonstration; dropping it stops it.
pub(crate) struct Demo {
    process: Child,
    address: String,
}

impl Demo {
    /// Returns when the server listens.
    pub(crate) fn start(scale: &str) -> Result<Self, Error> {
        let folder = folder(scale)?;
        fs::create_dir_all(&folder)?;
        let mut process = Command::new(env::current_exe()?.with_file_name("tessera"))
            .args(["demo", "--port", "0", "--scale", scale, "--data-dir"])
            .arg(&folder)
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("the demonstration has no output")?;
        let mut demo = Self { process, address: String::new() };
        let mut lines = BufReader::new(output).lines();
        let first = lines.next().ok_or("the demonstration did not start")??;
        let (_, address) = first.rsplit_once("http://").ok_or_else(|| format!("no address in `{first}`"))?;
        address.clone_into(&mut demo.address);
        // What it goes on to say is read, or saying it would fail.
        thread::spawn(move || lines.for_each(drop));
        Ok(demo)
    }

    /// Memory of the process that is in use now.
    pub(crate) fn resident_kib(&self) -> Result<u64, Error> {
        kib_of(&self.proc("status"), "VmRSS")
    }

    /// The most memory in use since [`Self::forget_peak`].
    pub(crate) fn peak_kib(&self) -> Result<u64, Error> {
        kib_of(&self.proc("status"), "VmHWM")
    }

    pub(crate) fn forget_peak(&self) -> Result<(), Error> {
        Ok(fs::write(self.proc("clear_refs"), "5")?)
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.process.id())
    }

    pub(crate) async fn connect(&self) -> Result<Client, Error> {
        let stream = TcpStream::connect(&self.address).await?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Client { sender, host: self.address.clone(), cookie: None })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // What is measured is on disk, and the store survives a kill; there is nothing to wait for but the port.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One connection to a demonstration.
pub(crate) struct Client {
    sender: http1::SendRequest<Full<Bytes>>,
    host: String,
    cookie: Option<String>,
}

impl Client {
    pub(crate) async fn sign_in(&mut self, person: &str) -> Result<(), Error> {
        let response = self.post("/demo/sign-in", format!(r#"{{"person": "{person}"}}"#), "application/json").await?;
        let cookie = response.headers().get(header::SET_COOKIE).ok_or("signing in set no cookie")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        response.into_body().collect().await?;
        self.cookie = Some(cookie);
        Ok(())
    }

    pub(crate) async fn post(
        &mut self,
        path: &str,
        body: String,
        accept: &str,
    ) -> Result<hyper::Response<Incoming>, Error> {
        self.sender.ready().await?;
        let mut request = Request::post(path)
            .header(header::HOST, &self.host)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, accept);
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let response = self.sender.send_request(request.body(Full::from(body))?).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let body = response.into_body().collect().await?.to_bytes();
        Err(format!("`{path}` answered {status}: {}", String::from_utf8_lossy(&body)).into())
    }
}
