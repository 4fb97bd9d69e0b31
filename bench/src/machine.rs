//! The machine that the figures come from, named by what matters for them.
use crate::Error;
use std::{env, fs, thread};

const MIB_PER_GIB: u64 = 1024;

pub(crate) struct Machine {
    cores: usize,
    memory_mib: u64,
    processor: String,
}

impl Machine {
    pub(crate) fn here() -> Result<Self, Error> {
        let processors = fs::read_to_string("/proc/cpuinfo")?;
        let processor = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        Ok(Self {
            cores: thread::available_parallelism()?.get(),
            memory_mib: kib_of("/proc/meminfo", "MemTotal")? / 1024,
            processor: processor.map_or("unknown processor", |(_, name)| name).to_owned(),
        })
    }

    pub(crate) fn describe(&self) -> String {
        let memory_gib = self.memory_mib.div_ceil(MIB_PER_GIB);
        format!("{} cores of {}, {memory_gib} GiB of memory, Linux", self.cores, self.processor)
    }

    pub(crate) fn cores(&self) -> usize {
        self.cores
    }
}

/// The build profile, told by the folder that the program stands in.
pub(crate) fn profile() -> Result<String, Error> {
    let folder = env::current_exe()?;
    let folder = folder.parent().and_then(|folder| folder.file_name()).unwrap_or_default().to_string_lossy();
    Ok(if folder == "debug" { "dev".to_owned() } else { folder.into_owned() })
}

/// A line like `VmRSS:   1234 kB` of a file under `/proc`.
pub(crate) fn kib_of(file: &str, name: &str) -> Result<u64, Error> {
    let text = fs::read_to_string(file)?;
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')?.split_whitespace().next());
    let value = value.ok_or_else(|| format!("`{file}` has no `{name}`"))?;
    Ok(value.parse()?)
}
