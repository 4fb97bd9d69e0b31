//! The server as a process: memory when idle, start with the data there, and a large export.
use crate::{Error, demo::Demo, report::Table, samples::Samples};
use http_body_util::BodyExt as _;
use std::time::{Duration, Instant};

const STARTS: usize = 5;
const EXPORTS: usize = 3;
const EXPORT_ROWS: usize = 1_000_000;
const EXPORT: &str = r#"{"model": "warehouse", "sql": "SELECT * FROM lineitem LIMIT 1000000", "download": true}"#;

/// `large` is a scale at which the order items are more than an export takes.
pub(crate) async fn measure(small: &str, large: &str) -> Result<Table, Error> {
    let starts = starts(small)?;
    let idle_kib = idle_kib(small).await?;
    let exports = exports(large).await?;
    let row = |what: &str, measured: String, wanted: &str| vec![what.to_owned(), measured, wanted.to_owned()];
    Ok(Table {
        title: "The server".to_owned(),
        note: format!(
            "The program itself, over HTTP. Start: to the line with the address, data at scale {small} there, median of \
             {STARTS}. Idle: a demonstration after a person signed in and left. Export: `SELECT *` of the order items at \
             scale {large} as CSV by Ada, median of {EXPORTS}; the peak is that of the worst."
        ),
        columns: vec!["what", "measured", "wanted"],
        rows: vec![
            row("start, the second time", format!("{} ms", starts.median().as_millis()), "≤ 2000 ms"),
            row("idle, resident", mib(idle_kib), "≤ 120 MiB"),
            row(
                "export of 1,000,000 rows, first row",
                format!("{} ms", exports.first_row.median().as_millis()),
                "≤ 300 ms",
            ),
            row("export of 1,000,000 rows, whole", format!("{} ms", exports.whole.median().as_millis()), ""),
            row("export of 1,000,000 rows, peak above idle", mib(exports.peak_kib), "≤ 150 MiB"),
        ],
    })
}

fn starts(scale: &str) -> Result<Samples, Error> {
    drop(Demo::start(scale)?);
    let start = |_| {
        let begun = Instant::now();
        let demo = Demo::start(scale)?;
        let taken = begun.elapsed();
        drop(demo);
        Ok(taken)
    };
    Ok(Samples::new((0..STARTS).map(start).collect::<Result<_, Error>>()?))
}

async fn idle_kib(scale: &str) -> Result<u64, Error> {
    let demo = Demo::start(scale)?;
    demo.connect().await?.sign_in("quinn").await?;
    demo.resident_kib()
}

struct Exports {
    first_row: Samples,
    whole: Samples,
    /// Above what the server used before.
    peak_kib: u64,
}

async fn exports(scale: &str) -> Result<Exports, Error> {
    let demo = Demo::start(scale)?;
    let mut client = demo.connect().await?;
    client.sign_in("ada").await?;
    let idle_kib = demo.resident_kib()?;
    let (mut first_rows, mut wholes, mut peak_kib) = (Vec::new(), Vec::new(), 0);
    for _ in 0..EXPORTS {
        demo.forget_peak()?;
        let begun = Instant::now();
        let response = client.post("/api/v1/queries", EXPORT.to_owned(), "text/csv").await?;
        let (mut body, mut lines, mut first_row) = (response.into_body(), 0, None);
        while let Some(frame) = body.frame().await {
            let data = frame?.into_data().unwrap_or_default();
            lines += data.iter().filter(|byte| **byte == b'\n').count();
            // The first line is the header.
            if lines > 1 && first_row.is_none() {
                first_row = Some(begun.elapsed());
            }
        }
        if lines != EXPORT_ROWS + 1 {
            return Err(format!("the export had {lines} lines").into());
        }
        first_rows.push(first_row.unwrap_or(Duration::MAX));
        wholes.push(begun.elapsed());
        peak_kib = peak_kib.max(demo.peak_kib()?.saturating_sub(idle_kib));
    }
    Ok(Exports { first_row: Samples::new(first_rows), whole: Samples::new(wholes), peak_kib })
}

fn mib(kib: u64) -> String {
    format!("{} MiB", kib.div_ceil(1024))
}
