//! Governed questions end to end, against the same SQL written by hand and run on the bare engine.
use crate::{
    Error,
    acme::{self, Acme},
    bare::Bare,
    report::Table,
    samples::Pairs,
};
use futures::StreamExt as _;
use std::{
    fs,
    path::Path,
    time::{Duration, Instant as Clock},
};
use tessera_app::Question;

/// Questions as field queries and as SQL; `bench/by_hand` has the SQL that somebody would write for Quinn in their place.
const QUESTIONS: [(&str, &str); 8] = [
    ("bench/questions", "customers_by_nation"),
    ("demo/questions", "q01_pricing_summary"),
    ("demo/questions", "q03_shipping_priority"),
    ("demo/questions", "q05_local_supplier_volume_europe"),
    ("demo/questions", "q06_revenue_change"),
    ("demo/questions", "q10_returned_items"),
    ("demo/questions", "q12_shipping_modes"),
    ("demo/questions", "q14_promotion_effect"),
];

/// Quinn's rows of the governed tables, as somebody who writes raw SQL would limit them by hand.
const EUROPEANS: &str = "SELECT c_custkey FROM customer JOIN nation ON c_nationkey = n_nationkey \
                         JOIN region ON n_regionkey = r_regionkey WHERE r_name = 'EUROPE'";

/// From here on a ratio says more than a difference.
const LARGE: Duration = Duration::from_millis(50);

/// `named` is how the names of the questions begin.
pub(crate) async fn measure(
    scale: &str,
    named: Option<&str>,
    acme: &Acme,
    bare: &Bare,
    root: &Path,
) -> Result<Table, Error> {
    let mut rows = Vec::new();
    for (questions, name) in QUESTIONS {
        if named.is_some_and(|begin| !name.starts_with(begin)) {
            continue;
        }
        let read = |folder: &str, ending: &str| fs::read_to_string(root.join(folder).join(format!("{name}.{ending}")));
        let sql = read(questions, "sql")?;
        let fields = acme::field_query(&read(questions, "json")?)?;
        rows.push(compare(name, "fields", acme, &fields, bare, &read("bench/by_hand", "sql")?).await?);
        rows.push(compare(name, "SQL", acme, &Question::Sql(sql.clone()), bare, &with_semi_joins(&sql)).await?);
    }
    Ok(Table {
        title: format!("Governed against bare, TPC-H scale {scale}"),
        note: "As Quinn, whose rule reaches from an order item over its order, its customer and the customer's nation to the \
               region. Fields: against the standard's SQL with one condition on the region. SQL: against the same semi-joins \
               written by hand. Medians of runs in turn, all rows read; compared run by run."
            .to_owned(),
        columns: vec!["question", "asked as", "governed", "bare", "compared", "wanted", "runs"],
        rows,
    })
}

async fn compare(
    name: &str,
    asked_as: &str,
    acme: &Acme,
    question: &Question,
    bare: &Bare,
    by_hand: &str,
) -> Result<Vec<String>, Error> {
    let governed = async || {
        let begun = Clock::now();
        let mut result = acme.ask(question).await?;
        let mut rows = 0;
        while let Some(batch) = result.next().await {
            rows += batch?.num_rows();
        }
        Ok::<_, Error>((begun.elapsed(), rows))
    };
    let alone = async || {
        let begun = Clock::now();
        let mut result = bare.run(by_hand).await?;
        let mut rows = 0;
        while let Some(batch) = result.next().await {
            rows += batch?.num_rows();
        }
        Ok::<_, Error>((begun.elapsed(), rows))
    };
    // The first round fills caches of files and statistics, and does not count.
    let ((_, found), (_, expected)) = (governed().await?, alone().await?);
    if found != expected {
        return Err(format!("`{name}` as {asked_as} has {found} rows governed and {expected} by hand").into());
    }
    let time = |run: Result<(Duration, usize), Error>| run.map(|(taken, _)| taken);
    let pairs = Pairs::of(async || time(governed().await), async || time(alone().await)).await?;
    Ok(row(name, asked_as, &pairs))
}

fn row(name: &str, asked_as: &str, pairs: &Pairs) -> Vec<String> {
    let (ours, theirs) = (pairs.first().median(), pairs.second().median());
    let (compared, wanted) = if theirs > LARGE {
        (format!("{:.2} ×", pairs.ratio()), "≤ 1.10 ×")
    } else {
        (format!("{:+.1} ms", pairs.difference_seconds() * 1e3), "≤ +2 ms")
    };
    let millis = |duration: Duration| format!("{:.1} ms", duration.as_secs_f64() * 1e3);
    let cells = [name, asked_as, &millis(ours), &millis(theirs), &compared, wanted, &pairs.len().to_string()];
    cells.map(str::to_owned).to_vec()
}

/// `SELECT … FROM orders` with the rows of Quinn's customers only, and so on: each table in the place of its name.
fn with_semi_joins(sql: &str) -> String {
    let orders = format!("SELECT o_orderkey FROM orders WHERE o_custkey IN ({EUROPEANS})");
    let rules =
        [("customer", "c_custkey", EUROPEANS), ("orders", "o_custkey", EUROPEANS), ("lineitem", "l_orderkey", &orders)];
    let limited = |word: &str| match rules.iter().find(|(table, ..)| *table == word) {
        Some((table, key, keys)) => format!("(SELECT * FROM {table} WHERE {key} IN ({keys})) AS {table}"),
        None => word.to_owned(),
    };
    sql.split_inclusive(char::is_whitespace)
        .map(|word| {
            let name = word.trim_end();
            limited(name) + &word[name.len()..]
        })
        .collect()
}
