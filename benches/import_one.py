"""The import of a differential with one changed record, everything included, beside `git add` and `git commit`.

usage: import_one.py WARIFU FOLDER_OF_PROCEDURES [ROUNDS] [COMMAND_BEFORE...]

Onto the published chain of r06 (its full and six differentials). In each round `warifu import` takes in one differential
that changes the points of one record, and then git takes in the full file, one line longer each time, in a repository of
its own. Whole processes, in turns; prints medians of wall clock and of processor time, and of the full and the first full
too. COMMAND_BEFORE stands before each measured command: `taskset -c 1` for one core.
"""

import csv
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

FULL = "s_ALL20240531.csv"
CHAIN = ("s_20240621", "s_20240628", "s_20240726", "s_20240801", "s_20240823", "s_20240902")
# 変更区分, マスター種別, 診療行為コード, 点数
CLASS, MASTER, CODE, POINTS = 0, 1, 2, 11
BEFORE = sys.argv[4:]
IDENTITY = {f"GIT_{who}_{what}": "bench@example.jp" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def run(folder, *command):
    """Milliseconds of wall clock, and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    done = subprocess.run([*BEFORE, *command], cwd=folder, env=os.environ | IDENTITY, capture_output=True, text=True)
    wall = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr}")
    return wall * 1e3, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def median(runs, at):
    return statistics.median(run[at] for run in runs)


def write(path, rows):
    with open(path, "w", encoding="cp932", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)


def main():
    warifu, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 21
    with open(os.path.join(data, FULL), encoding="cp932", newline="") as file:
        rows = list(csv.reader(file))
    with open(os.path.join(data, FULL), "rb") as file:
        full = file.read()
    with tempfile.TemporaryDirectory() as folder:
        ours, git = os.path.join(folder, "ours"), os.path.join(folder, "git")
        run(folder, warifu, "init", ours)
        run(folder, "git", "init", "--quiet", git)
        take = lambda path, *more: run(ours, warifu, "import", "--series", "r06", path, *more)
        first = take(os.path.join(data, FULL))
        for name in CHAIN:
            take(os.path.join(data, name + ".csv"))
        imports, commits = [], []
        for number in range(rounds + 2):
            row = rows[number * 613 % len(rows)]
            change = [""] * len(row)
            change[CLASS], change[MASTER], change[CODE] = "5", row[MASTER], row[CODE]
            change[POINTS] = f"{row[POINTS].split('.')[0]}.{number % 99 + 1:02}"
            path = os.path.join(folder, f"s_2025{1 + number // 28:02}{1 + number % 28:02}.csv")
            write(path, [change])
            taken = take(path)
            with open(os.path.join(git, "s.csv"), "wb") as out:
                out.write(full + b"%d\n" % number)
            added, committed = run(git, "git", "add", "s.csv"), run(git, "git", "commit", "--quiet", "-m", "version")
            # The first rounds fill the caches of the system.
            if number > 1:
                imports.append(taken)
                commits.append((added[0] + committed[0], added[1] + committed[1]))
        print(f"import of one record   {median(imports, 0):6.1f} ms, {median(imports, 1):6.1f} ms of processor")
        print(f"git add + git commit   {median(commits, 0):6.1f} ms, {median(commits, 1):6.1f} ms of processor")
        ratios = [one[0] / other[0] for one, other in zip(imports, commits)]
        print(f"ratio                  {statistics.median(ratios):6.3f}, median of {rounds} pairs")
        again = os.path.join(folder, "s_ALL20251231.csv")
        run(ours, warifu, "export", "HEAD:r06/procedure", "--format", "kikin", "-o", again)
        whole = take(again)
        print(f"first full             {first[0]:6.1f} ms, {first[1]:6.1f} ms of processor")
        print(f"full onto the chain    {whole[0]:6.1f} ms, {whole[1]:6.1f} ms of processor")


main()
