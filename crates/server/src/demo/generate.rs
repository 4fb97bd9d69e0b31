//! Makes the data of the demonstration company: the eight tables of TPC-H, one Parquet file each.
//!
//! The rows are those of the standard's own generator, so that any other engine can check our answers.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use tessera_engine::files::write::{Column, ParquetTable, WriteError};
use tpchgen::distribution::Distributions;
use tpchgen::generators::{
    Customer, CustomerGenerator, LineItem, LineItemGenerator, Nation, NationGenerator, Order, OrderGenerator, Part,
    PartGenerator, PartSupp, PartSuppGenerator, Region, RegionGenerator, Supplier, SupplierGenerator,
};
use tpchgen::text::TextPool;

/// Size of the text that all comments are cut from. The standard fixes it: a smaller pool gives other comments.
const TEXT_POOL_BYTES: i32 = 300 * 1024 * 1024;

/// Rows that are built, encoded and reported together.
const CHUNK_ROWS: usize = 8 * 1024;

/// Says that a folder is complete, and what is in it.
const MARKER: &str = ".generated";

/// How far one table has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) table: &'static str,
    pub(crate) rows_done: u64,
    pub(crate) rows_total: u64,
}

/// Why there is no data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum GenerateError {
    #[error("the scale must be between 0.001 and 100, not {0}")]
    Scale(f64),
    #[error("at scale {0} the standard gives a part the same supplier twice; 0.01, 0.1 and 1 are good scales")]
    RepeatedSuppliers(f64),
    #[error("`{}` holds files that the demonstration did not make; choose another data folder", .0.display())]
    Occupied(PathBuf),
    #[error("cannot prepare `{}`", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Makes `<out>/<table>.parquet` for the eight tables at `scale` (1 is about a gigabyte of plain text), unless they are there
/// already at this scale. Data of another scale is replaced.
///
/// INVARIANT: `out` exists only complete. The work happens in a hidden neighbour that is renamed at the end.
pub(crate) fn generate(scale: f64, out: &Path, progress: &mut dyn FnMut(Progress)) -> Result<(), GenerateError> {
    if !(0.001..=100.0).contains(&scale) {
        return Err(GenerateError::Scale(scale));
    }
    if repeats_suppliers(scale) {
        return Err(GenerateError::RepeatedSuppliers(scale));
    }
    once(out, &format!("tpch, scale {scale}, layout 1\n"), |folder| tpch(scale, folder, progress))
}

/// The four suppliers of part `p` (from 0) among `s` are `s / 4 + p / s` apart, counted round. At small scales some part comes
/// round to a supplier that it has, and then part and supplier are no key of `partsupp`.
fn repeats_suppliers(scale: f64) -> bool {
    let suppliers = SupplierGenerator::calculate_row_count(scale, 1, 1);
    let parts = PartGenerator::calculate_row_count(scale, 1, 1);
    (0..=(parts - 1) / suppliers).any(|round| (1..4).any(|nth| nth * (suppliers / 4 + round) % suppliers == 0))
}

/// Fills `out` by `fill`, unless its marker says that it holds `contents` already.
pub(super) fn once(
    out: &Path,
    contents: &str,
    fill: impl FnOnce(&Path) -> Result<(), GenerateError>,
) -> Result<(), GenerateError> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| GenerateError::Folder { path, source }
    };
    match fs::read_to_string(out.join(MARKER)) {
        Ok(marker) if marker == contents => return Ok(()),
        Ok(_) => {}
        Err(_) if is_empty_or_absent(out).map_err(at(out))? => {}
        Err(_) => return Err(GenerateError::Occupied(out.to_owned())),
    }

    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let partial = out.with_file_name(format!(".{name}.partial"));
    let replaced = out.with_file_name(format!(".{name}.replaced"));
    remove(&partial).map_err(at(&partial))?;
    remove(&replaced).map_err(at(&replaced))?;
    fs::create_dir_all(&partial).map_err(at(&partial))?;

    fill(&partial)?;

    let marker = partial.join(MARKER);
    File::create(&marker)
        .and_then(|mut file| file.write_all(contents.as_bytes()).and_then(|()| file.sync_all()))
        .map_err(at(&marker))?;
    if out.exists() {
        fs::rename(out, &replaced).map_err(at(out))?;
    }
    fs::rename(&partial, out).map_err(at(out))?;
    remove(&replaced).map_err(at(&replaced))
}

fn is_empty_or_absent(folder: &Path) -> io::Result<bool> {
    match fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Writes rows to `<folder>/<table>.parquet`, chunk by chunk.
pub(super) fn write<R>(
    folder: &Path,
    table: &'static str,
    rows_total: u64,
    rows: impl IntoIterator<Item = R>,
    columns: Vec<Column<R>>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), GenerateError> {
    let mut file = ParquetTable::create(&folder.join(format!("{table}.parquet")), columns)?;
    let mut rows = rows.into_iter();
    let mut chunk = Vec::with_capacity(CHUNK_ROWS);
    let mut rows_done = 0;
    progress(Progress { table, rows_done, rows_total });
    loop {
        chunk.clear();
        chunk.extend(rows.by_ref().take(CHUNK_ROWS));
        if chunk.is_empty() {
            break;
        }
        file.append(&chunk)?;
        rows_done += chunk.len() as u64;
        progress(Progress { table, rows_done, rows_total });
    }
    Ok(file.finish()?)
}

/// Line items are seven tenths of the work: one thread makes them while another makes everything else.
fn tpch(scale: f64, folder: &Path, progress: &mut dyn FnMut(Progress)) -> Result<(), GenerateError> {
    let words = Distributions::static_default();
    // The pool is ours, not the generator's process-wide one, so that its 300 MiB are given back.
    let texts = TextPool::new(TEXT_POOL_BYTES, words);
    let tpch = Tpch { scale, words, texts: &texts, folder };
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        let line_items = {
            let (tpch, sender) = (&tpch, sender.clone());
            scope.spawn(move || tpch.line_items(&mut tell(sender)))
        };
        let others = {
            let tpch = &tpch;
            scope.spawn(move || {
                let report = &mut tell(sender);
                tpch.regions(report)?;
                tpch.nations(report)?;
                tpch.suppliers(report)?;
                tpch.parts(report)?;
                tpch.part_suppliers(report)?;
                tpch.customers(report)?;
                tpch.orders(report)
            })
        };
        for done in receiver {
            progress(done);
        }
        [others, line_items].into_iter().try_for_each(|thread| match thread.join() {
            Ok(written) => written,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })
}

/// Progress goes to the thread that waits; while it is on its way out, nobody listens, and that is no error.
fn tell(sender: mpsc::Sender<Progress>) -> impl FnMut(Progress) {
    move |done| {
        let _ = sender.send(done);
    }
}

/// The generator of each table, and where its rows go.
struct Tpch<'a> {
    scale: f64,
    words: &'a Distributions,
    texts: &'a TextPool,
    folder: &'a Path,
}

type Report<'a> = &'a mut dyn FnMut(Progress);

impl Tpch<'_> {
    fn regions(&self, report: Report<'_>) -> Result<(), GenerateError> {
        let rows = RegionGenerator::new_with_distributions_and_text_pool(self.words, self.texts);
        let columns = vec![
            Column::int64("r_regionkey", |r: &Region<'_>| r.r_regionkey),
            Column::text("r_name", |r: &Region<'_>| r.r_name),
            Column::text("r_comment", |r: &Region<'_>| r.r_comment),
        ];
        write(self.folder, "region", 5, rows.iter(), columns, report)
    }

    fn nations(&self, report: Report<'_>) -> Result<(), GenerateError> {
        let rows = NationGenerator::new_with_distributions_and_text_pool(self.words, self.texts);
        let columns = vec![
            Column::int64("n_nationkey", |n: &Nation<'_>| n.n_nationkey),
            Column::text("n_name", |n: &Nation<'_>| n.n_name),
            Column::int64("n_regionkey", |n: &Nation<'_>| n.n_regionkey),
            Column::text("n_comment", |n: &Nation<'_>| n.n_comment),
        ];
        write(self.folder, "nation", 25, rows.iter(), columns, report)
    }

    fn suppliers(&self, report: Report<'_>) -> Result<(), GenerateError> {
        let rows = SupplierGenerator::new_with_distributions_and_text_pool(self.scale, 1, 1, self.words, self.texts);
        let rows_total = SupplierGenerator::calculate_row_count(self.scale, 1, 1) as u64;
        let columns = vec![
            Column::int64("s_suppkey", |s: &Supplier| s.s_suppkey),
            Column::formatted("s_name", |s: &Supplier, out| write!(out, "{}", s.s_name)),
            Column::formatted("s_address", |s: &Supplier, out| write!(out, "{}", s.s_address)),
            Column::int64("s_nationkey", |s: &Supplier| s.s_nationkey),
            Column::formatted("s_phone", |s: &Supplier, out| write!(out, "{}", s.s_phone)),
            Column::hundredths("s_acctbal", |s: &Supplier| s.s_acctbal.into_inner()),
            Column::text("s_comment", |s: &Supplier| &s.s_comment),
        ];
        write(self.folder, "supplier", rows_total, rows.iter(), columns, report)
    }

    fn parts(&self, report: Report<'_>) -> Result<(), GenerateError> {
        let rows = PartGenerator::new_with_distributions_and_text_pool(self.scale, 1, 1, self.words, self.texts);
        let rows_total = PartGenerator::calculate_row_count(self.scale, 1, 1) as u64;
        let columns = vec![
            Column::int64("p_partkey", |p: &Part<'_>| p.p_partkey),
            Column::formatted("p_name", |p: &Part<'_>, out| write!(out, "{}", p.p_name)),
            Column::formatted("p_mfgr", |p: &Part<'_>, out| write!(out, "{}", p.p_mfgr)),
            Column::formatted("p_brand", |p: &Part<'_>, out| write!(out, "{}", p.p_brand)),
            Column::text("p_type", |p: &Part<'_>| p.p_type),
            Column::int32("p_size", |p: &Part<'_>| p.p_size),
            Column::text("p_container", |p: &Part<'_>| p.p_container),
            Column::hundredths("p_retailprice", |p: &Part<'_>| p.p_retailprice.into_inner()),
            Column::text("p_comment", |p: &Part<'_>| p.p_comment),
        ];
        write(self.folder, "part", rows_total, rows.iter(), columns, report)
    }

    fn part_suppliers(&self, report: Report<'_>) -> Result<(), GenerateError> {
        let rows = PartSuppGenerator::new_with_text_pool(self.scale, 1, 1, self.texts);
        // Every part has four suppliers; the generator counts parts.
        let rows_total = 4 * PartSuppGenerator::calculate_row_count(self.scale, 1, 1) as u64;
        let columns = vec![
            Column::int64("ps_partkey", |p: &PartSupp<'_>| p.ps_partkey),
            Column::int64("ps_suppkey", |p: &PartSupp<'_>| p.ps_suppkey),
            Column::int32("ps_availqty", |p: &PartSupp<'_>| p.ps_availqty),
            Column::hundredths("ps_supplycost", |p: &PartSupp<'_>| p.ps_supplycost.into_inner()),
            Column::text("ps_comment", |p: &PartSupp<'_>| p.ps_comment),
        ];
        write(self.folder, "partsupp", rows_total, rows.iter(), columns, report)
    }

    fn customers(&self, report: Report<'_>) -> Result<(), GenerateError> {
        let rows = CustomerGenerator::new_with_distributions_and_text_pool(self.scale, 1, 1, self.words, self.texts);
        let rows_total = CustomerGenerator::calculate_row_count(self.scale, 1, 1) as u64;
        let columns = vec![
            Column::int64("c_custkey", |c: &Customer<'_>| c.c_custkey),
            Column::formatted("c_name", |c: &Customer<'_>, out| write!(out, "{}", c.c_name)),
            Column::formatted("c_address", |c: &Customer<'_>, out| write!(out, "{}", c.c_address)),
            Column::int64("c_nationkey", |c: &Customer<'_>| c.c_nationkey),
            Column::formatted("c_phone", |c: &Customer<'_>, out| write!(out, "{}", c.c_phone)),
            Column::hundredths("c_acctbal", |c: &Customer<'_>| c.c_acctbal.into_inner()),
            Column::text("c_mktsegment", |c: &Customer<'_>| c.c_mktsegment),
            Column::text("c_comment", |c: &Customer<'_>| c.c_comment),
        ];
        write(self.folder, "customer", rows_total, rows.iter(), columns, report)
    }

    fn orders(&self, report: Report<'_>) -> Result<(), GenerateError> {
        let rows = OrderGenerator::new_with_distributions_and_text_pool(self.scale, 1, 1, self.words, self.texts);
        let columns = vec![
            Column::int64("o_orderkey", |o: &Order<'_>| o.o_orderkey),
            Column::int64("o_custkey", |o: &Order<'_>| o.o_custkey),
            Column::text("o_orderstatus", |o: &Order<'_>| o.o_orderstatus.as_str()),
            Column::hundredths("o_totalprice", |o: &Order<'_>| o.o_totalprice.into_inner()),
            Column::date("o_orderdate", |o: &Order<'_>| o.o_orderdate.to_unix_epoch()),
            Column::text("o_orderpriority", |o: &Order<'_>| o.o_orderpriority),
            Column::formatted("o_clerk", |o: &Order<'_>, out| write!(out, "{}", o.o_clerk)),
            Column::int32("o_shippriority", |o: &Order<'_>| o.o_shippriority),
            Column::text("o_comment", |o: &Order<'_>| o.o_comment),
        ];
        write(self.folder, "orders", self.order_count(), rows.iter(), columns, report)
    }

    fn line_items(&self, report: Report<'_>) -> Result<(), GenerateError> {
        let rows = LineItemGenerator::new_with_distributions_and_text_pool(self.scale, 1, 1, self.words, self.texts);
        let columns = vec![
            Column::int64("l_orderkey", |l: &LineItem<'_>| l.l_orderkey),
            Column::int64("l_partkey", |l: &LineItem<'_>| l.l_partkey),
            Column::int64("l_suppkey", |l: &LineItem<'_>| l.l_suppkey),
            Column::int32("l_linenumber", |l: &LineItem<'_>| l.l_linenumber),
            Column::hundredths("l_quantity", |l: &LineItem<'_>| 100 * l.l_quantity),
            Column::hundredths("l_extendedprice", |l: &LineItem<'_>| l.l_extendedprice.into_inner()),
            Column::hundredths("l_discount", |l: &LineItem<'_>| l.l_discount.into_inner()),
            Column::hundredths("l_tax", |l: &LineItem<'_>| l.l_tax.into_inner()),
            Column::text("l_returnflag", |l: &LineItem<'_>| l.l_returnflag),
            Column::text("l_linestatus", |l: &LineItem<'_>| l.l_linestatus),
            Column::date("l_shipdate", |l: &LineItem<'_>| l.l_shipdate.to_unix_epoch()),
            Column::date("l_commitdate", |l: &LineItem<'_>| l.l_commitdate.to_unix_epoch()),
            Column::date("l_receiptdate", |l: &LineItem<'_>| l.l_receiptdate.to_unix_epoch()),
            Column::text("l_shipinstruct", |l: &LineItem<'_>| l.l_shipinstruct),
            Column::text("l_shipmode", |l: &LineItem<'_>| l.l_shipmode),
            Column::text("l_comment", |l: &LineItem<'_>| l.l_comment),
        ];
        write(self.folder, "lineitem", self.line_item_count(), rows.iter(), columns, report)
    }

    fn order_count(&self) -> u64 {
        OrderGenerator::calculate_row_count(self.scale, 1, 1) as u64
    }

    /// Draws the number of lines of every order, as the generator will.
    fn line_item_count(&self) -> u64 {
        let mut lines = OrderGenerator::create_line_count_random();
        let line_counts = (0..self.order_count()).map(|_| {
            let count = lines.next_value();
            lines.row_finished();
            count as u64
        });
        line_counts.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_second_start_reuses_the_data_and_another_scale_replaces_it() {
        let root = std::env::temp_dir().join(format!("tessera-generate-{}", std::process::id()));
        let out = root.join("acme");

        let mut last = BTreeMap::new();
        generate(0.0035, &out, &mut |done| {
            last.insert(done.table, done);
        })
        .unwrap();
        let complete = |table, rows| Progress { table, rows_done: rows, rows_total: rows };
        assert_eq!(
            last.into_values().collect::<Vec<_>>(),
            [
                complete("customer", 525),
                complete("lineitem", 21034),
                complete("nation", 25),
                complete("orders", 5250),
                complete("part", 700),
                complete("partsupp", 2800),
                complete("region", 5),
                complete("supplier", 35),
            ]
        );

        generate(0.0035, &out, &mut |done| panic!("made again: {done:?}")).unwrap();
        let mut customers = 0;
        generate(0.0037, &out, &mut |done| {
            if done.table == "customer" {
                customers = done.rows_done;
            }
        })
        .unwrap();
        assert_eq!(customers, 555);
        assert_eq!(fs::read_dir(&root).unwrap().count(), 1, "something was left beside the data");

        fs::write(root.join("mine"), "x").unwrap();
        assert!(matches!(generate(0.01, &root, &mut |_| ()), Err(GenerateError::Occupied(_))));
        assert!(matches!(generate(f64::NAN, &out, &mut |_| ()), Err(GenerateError::Scale(_))));
        assert!(matches!(generate(0.001, &out, &mut |_| ()), Err(GenerateError::RepeatedSuppliers(_))));
        fs::remove_dir_all(&root).unwrap();
    }
}
