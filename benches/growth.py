"""How the cost of `warifu validate` and `warifu diff` grows with the rows: 1, 3, 10, 30 times a real full file.

usage: growth.py WARIFU s_ALL20240531.csv

Each copy of a row gets codes of its own (first and last digit), so that keys stay unique and references stay whole.
Prints the medians, the peak of memory, and the exponent of the cost in rows (a straight line through the logarithms).
"""

import csv
import io
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time

# 診療行為コード and the columns that name another one (注加算の年齢加算, 移行先).
CODES = (2, 101, 104, 107, 110, 111)
ROUNDS = 7


def write(rows, copies, path, points):
    written = []
    for copy in range(copies):
        for row in rows:
            row = list(row)
            for column in CODES:
                code = row[column]
                if len(code) == 9 and code.strip("0"):
                    row[column] = f"{1 + copy // 10}{code[1:8]}{(int(code[8]) + copy) % 10}"
            if points and int(row[2]) % 7 == 0:
                row[11] = "1.00"
            written.append(row)
    written.sort(key=lambda row: row[2])
    with open(path, "w", encoding="cp932", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(written)


def run(command):
    """Seconds, and the peak of memory in MiB as the system last told it: what a child inherits counts otherwise."""
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while child.poll() is None:
        try:
            with open(f"/proc/{child.pid}/status") as status:
                lines = dict(line.split(":", 1) for line in status if ":" in line)
            if lines["Name"].strip() != "python3":
                peak = max(peak, int(lines["VmHWM"].split()[0]))
        except (OSError, KeyError, ValueError):
            pass
        time.sleep(0.0005)
    return time.monotonic() - started, peak / 1024


def main():
    warifu, source = sys.argv[1:3]
    with open(source, encoding="cp932", newline="") as file:
        rows = list(csv.reader(file))
    points = {"validate": [], "diff": []}
    with tempfile.TemporaryDirectory() as folder:
        for copies in (1, 3, 10, 30):
            old, new = os.path.join(folder, "old.csv"), os.path.join(folder, "new.csv")
            write(rows, copies, old, False)
            write(rows, copies, new, True)
            size = os.path.getsize(old) / 2**20
            for name, command in (("validate", [warifu, "validate", old]), ("diff", [warifu, "diff", old, new])):
                runs = [run(command) for _ in range(ROUNDS)]
                seconds = statistics.median(one[0] for one in runs)
                memory = max(one[1] for one in runs)
                points[name].append((len(rows) * copies, seconds))
                print(f"{name:8} x{copies:<2} {len(rows) * copies:>7} rows {size:6.1f} MiB: {seconds:7.3f} s, peak {memory:6.1f} MiB ({memory / size:.2f} x the file)", flush=True)
    for name, line in points.items():
        xs = [math.log(rows) for rows, _ in line]
        ys = [math.log(seconds) for _, seconds in line]
        x, y = statistics.mean(xs), statistics.mean(ys)
        slope = sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)
        print(f"{name}: exponent {slope:.3f}")


main()
