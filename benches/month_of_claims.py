#!/usr/bin/env python3
"""Writes a month of claims of a prefecture, made from the published sample, to measure `release impact` with.

    python3 benches/month_of_claims.py RECEIPTC_GAIRAI_SAMPLE.UKE FOLDER [FILES] [CLAIMS] [MONTH]

FILES files (2,000) of CLAIMS claims (1,000) each, every one of its own institution. The claims are those of the
sample again and again, numbered anew, in MONTH (202406). Some 0.5 KB a claim.
"""
import pathlib
import re
import sys


def main() -> None:
    sample, folder = pathlib.Path(sys.argv[1]).read_bytes(), pathlib.Path(sys.argv[2])
    numbers = [int(text) for text in sys.argv[3:5]]
    files, claims = numbers + [2000, 1000][len(numbers):]
    month = (sys.argv[5] if len(sys.argv) > 5 else "202406").encode()
    sample = sample.replace(b"202110", month)
    head, *texts = re.split(rb"(?m)^(?=RE,)", sample)
    texts[-1] = re.split(rb"(?m)^GO,", texts[-1])[0]
    # A claim's number is the second field of its RE.
    rests = [text.split(b",", 2)[2] for text in texts]
    body = b"".join(b"RE,%d,%s" % (at + 1, rests[at % len(rests)]) for at in range(claims))
    for file in range(files):
        under = folder / f"{file // 100:02}"
        under.mkdir(parents=True, exist_ok=True)
        first = head.replace(b"0000000", b"%07d" % (file + 1), 1)
        (under / f"{file:04}.UKE").write_bytes(first + body + b"GO,%d,0,99\r\n" % claims)


main()
