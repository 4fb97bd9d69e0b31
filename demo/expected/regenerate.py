#!/usr/bin/env python3
"""Makes the known answers to the questions in ../questions with an engine that shares no code with Tessera.

    pip install duckdb
    python regenerate.py DATA

DATA is the folder of the eight Parquet files that `tessera demo --scale 0.1` makes for Acme Parts. The answers go to
<person>/<question>.csv beside this script, one column for each of the question, in its order; row_counts.csv says how
many rows of each table a person may see. A person's answers are those of a database that holds only what that person
may see: here it is made by copying the permitted rows, and nothing of a model is read.
"""

import csv
import pathlib
import sys

import duckdb

HERE = pathlib.Path(__file__).parent
QUESTIONS = HERE.parent / "questions"
TABLES = ["region", "nation", "supplier", "part", "partsupp", "customer", "orders", "lineitem"]
ALL_REGIONS = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"]
# The regions whose customers a person sees, with their orders and order lines.
PEOPLE = {"ada": ALL_REGIONS, "quinn": ["EUROPE"], "rita": ["ASIA", "AMERICA"]}
# Rita may not write SQL, and sees no balance: only her row counts are kept.
ASKED_BY = ["ada", "quinn"]

PERMITTED = {
    "customer": """
        SELECT customer.* FROM read_parquet($file) AS customer
        WHERE c_nationkey IN (SELECT n_nationkey FROM nation JOIN region ON n_regionkey = r_regionkey
                              WHERE r_name IN (SELECT unnest($regions)))""",
    "orders": "SELECT * FROM read_parquet($file) WHERE o_custkey IN (SELECT c_custkey FROM customer)",
    "lineitem": "SELECT * FROM read_parquet($file) WHERE l_orderkey IN (SELECT o_orderkey FROM orders)",
}


def copy_of(data: pathlib.Path, regions: list[str]) -> duckdb.DuckDBPyConnection:
    """A database with only the rows that hang on customers of these regions."""
    database = duckdb.connect()
    database.execute("SET threads = 2")
    for table in TABLES:
        rows = PERMITTED.get(table, "SELECT * FROM read_parquet($file)")
        values = {"file": str(data / f"{table}.parquet")}
        if "$regions" in rows:
            values["regions"] = regions
        database.execute(f"CREATE TABLE {table} AS {rows}", values)
    return database


def write(path: pathlib.Path, header: list[str], rows: list[tuple]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    data = pathlib.Path(sys.argv[1])
    counts = []
    for person, regions in PEOPLE.items():
        database = copy_of(data, regions)
        for table in TABLES:
            counts.append((person, table, database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]))
        if person not in ASKED_BY:
            continue
        for question in sorted(QUESTIONS.glob("*.sql")):
            answer = database.execute(question.read_text(encoding="utf-8"))
            header = [column[0] for column in answer.description]
            write(HERE / person / f"{question.stem}.csv", header, answer.fetchall())
    write(HERE / "row_counts.csv", ["person", "table", "rows"], counts)


if __name__ == "__main__":
    main()
