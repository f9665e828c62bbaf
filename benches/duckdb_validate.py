"""What a DuckDB user would run instead of `warifu validate`: read three masters, check every column's width
against the layout, keys for uniqueness, put them in key order and hash the canonical rows.

usage: duckdb_validate.py FILE... (UTF-8; DuckDB reads nothing else, so iconv runs first)
"""

import sys

import duckdb

KEY = {"S": "column002", "Y": "column02", "C": "column03 || column04"}


def main() -> None:
    db = duckdb.connect()
    for path in sys.argv[1:]:
        db.execute(f"create or replace table t as select * from read_csv('{path}', header=false, all_varchar=true, quote='\"')")
        columns = [row[0] for row in db.execute("select column_name from duckdb_columns() where table_name='t'").fetchall()]
        kind = db.execute(f"select {columns[1]} from t limit 1").fetchone()[0]
        key = KEY[kind]
        checks = ", ".join(f"max(strlen({c}))" for c in columns)
        db.execute(f"select {checks} from t").fetchall()
        db.execute(f"select count(*), count(distinct {key}) from t").fetchall()
        row = " || ',' || ".join(f"coalesce({c}, '')" for c in columns)
        digest = db.execute(f"select sha256(string_agg({row}, '\n' order by {key})) from t").fetchone()[0]
        print(path, digest)


main()
