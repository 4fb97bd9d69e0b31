use super::*;

fn read(text: &str) -> Result<ViewQuery, String> {
    parse_view_query(text, |view| format!("weekly.{view}")).map_err(|error| error.message)
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn items_are_told_from_what_decides_about_rows() {
    let query =
        read("SELECT o.region AS area, sum(o.total) AS total FROM ${orders} o WHERE o.open GROUP BY area").unwrap();
    assert_eq!(
        query.text,
        "SELECT o.region AS area, sum(o.total) AS total FROM \"weekly.orders\" o WHERE o.open GROUP BY area"
    );
    assert_eq!(query.views.keys().collect::<Vec<_>>(), ["orders"]);
    assert_eq!(query.reads, set(&["open", "area", "region"]));
    let columns = query.columns.unwrap();
    assert_eq!(columns[1].reads, set(&["total"]));
}

#[test]
fn everything_decides_where_items_do_not_stand_alone() {
    for text in [
        "SELECT DISTINCT a, b FROM ${t}",
        "SELECT a, b FROM ${t} ORDER BY a LIMIT 1",
        "SELECT sum(a) AS a, max(b) AS b FROM ${t}",
        "SELECT a, sum(b) AS b FROM ${t} GROUP BY 1",
        "SELECT a, b FROM ${t} UNION ALL SELECT b, a FROM ${t}",
        "WITH x AS (SELECT a, b FROM ${t}) SELECT a, b FROM x",
    ] {
        assert_eq!(read(text).unwrap().reads, set(&["a", "b"]), "{text}");
    }
}

#[test]
fn references_stand_for_relations_alone() {
    for (text, problem) in [
        ("SELECT ${orders} FROM t", "a view is named where a relation is read"),
        ("SELECT a FROM ${orders.a}", "a query names views, not their fields"),
        ("SELECT * FROM ${orders}", "`*` and `NATURAL` would read whatever a person may see"),
        (
            "SELECT o.a FROM ${orders} o NATURAL JOIN ${items} i",
            "`*` and `NATURAL` would read whatever a person may see",
        ),
        ("SELECT a + 1 FROM t", "`a + 1` needs a name"),
        ("DELETE FROM t", "only a query can run, and `DELETE` does not start one"),
    ] {
        assert_eq!(read(text).map(|query| query.text), Err(problem.to_owned()), "{text}");
    }
}

#[test]
fn an_item_is_left_out() {
    let query = read("SELECT a, b AS c FROM ${t}").unwrap();
    let left = query.without(&BTreeSet::from([Ident::new("c").unwrap()]));
    assert_eq!(left.statement().to_string(), "SELECT a, NULL AS \"c\" FROM \"weekly.t\"");
}
