"""What a DuckDB user would run instead of `warifu diff`: join two fulls on the key and list every changed field.

usage: duckdb_diff.py OLD NEW (UTF-8, procedure master)
"""

import sys

import duckdb


def main() -> None:
    db = duckdb.connect()
    for name, path in (("a", sys.argv[1]), ("b", sys.argv[2])):
        db.execute(f"create table {name} as select * from read_csv('{path}', header=false, all_varchar=true, quote='\"')")
    columns = [row[0] for row in db.execute("select column_name from duckdb_columns() where table_name='a'").fetchall()]
    key = columns[2]
    pairs = ", ".join(f"case when a.{c} is distinct from b.{c} then '{c}: ' || coalesce(a.{c}, '') || ' -> ' || coalesce(b.{c}, '') end" for c in columns)
    changed = db.execute(f"select a.{key}, concat_ws('; ', {pairs}) from a join b using ({key}) where concat_ws('; ', {pairs}) <> '' order by 1").fetchall()
    added = db.execute(f"select {key} from b anti join a using ({key})").fetchall()
    removed = db.execute(f"select {key} from a anti join b using ({key})").fetchall()
    out = sys.stdout
    for row in changed:
        out.write(f"~ {row[0]} {row[1]}\n")
    for row in added:
        out.write(f"+ {row[0]}\n")
    for row in removed:
        out.write(f"- {row[0]}\n")


main()
