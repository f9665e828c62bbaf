#!/usr/bin/env python3
"""Sends a claim file (UKE) to a checker over HTTP and prints what it says, counts by code first.

    check_claims.py CLAIMS.UKE --url http://127.0.0.1:8642 --deadline 60 --lang ja

Exit status: 0 no error in the file; 1 errors; 2 no answer that can be used, and why.
Python 3.9 or newer, standard library only. Free to copy and change.
"""

import argparse
import http.client
import json
import ssl
import sys
import time
from urllib.parse import urlsplit

# The form of the answer that this program reads. Fields that are added later change nothing.
SCHEMA = 1
# An answer has at most 10,000 findings of some 600 bytes each.
ANSWER_BYTES = 64 * 1024 * 1024
# How many findings of a code are printed.
SHOWN = 5
# How long to wait where the checker does not say it, or cannot be reached.
PAUSE_SECONDS = 2.0


class Failed(Exception):
    """No answer that can be used: the message says why, in both languages."""

    def __init__(self, en, ja):
        super().__init__(en)
        self.said = {"en": en, "ja": ja}


class Deadline:
    """So many seconds for everything: sending, waiting in the queue, trying again."""

    def __init__(self, seconds):
        self.ends = time.monotonic() + seconds
        self.seconds = seconds

    def left(self):
        """Seconds that are left; at the end it fails, with what went wrong last."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

    def passed(self, why):
        en, ja = why
        return Failed(
            f"no answer within {self.seconds:g} seconds; the last try: {en}",
            f"{self.seconds:g} 秒以内に結果を得られませんでした。最後の状況: {ja}",
        )

    def wait(self, seconds, why):
        """Waits, or fails at once where what is left is too short for another try."""
        if time.monotonic() + seconds >= self.ends:
            raise self.passed(why)
        time.sleep(seconds)


def connect(url, deadline, context):
    parts = urlsplit(url)
    if parts.scheme == "https":
        return http.client.HTTPSConnection(parts.netloc, timeout=deadline.left(), context=context)
    if parts.scheme == "http":
        return http.client.HTTPConnection(parts.netloc, timeout=deadline.left())
    raise Failed(f"{url} begins with no http:// or https://", f"{url} は http:// か https:// で始まっていません")


def ask_once(url, claims, deadline, context):
    """One try: the status, how long the checker asks to wait, and the body."""
    connection = connect(url, deadline, context)
    try:
        connection.connect()
        connection.sock.settimeout(deadline.left())
        connection.request("POST", "/check", body=claims)
        answer = connection.getresponse()
        retry_after = answer.getheader("Retry-After", "")
        body = bytearray()
        while True:
            # Each piece in what is left: a slow answer does not outlast the deadline.
            if connection.sock is not None:
                connection.sock.settimeout(deadline.left())
            piece = answer.read1(65536)
            if not piece:
                break
            body += piece
            if len(body) > ANSWER_BYTES:
                raise Failed("the answer is too long", "応答が大きすぎます")
        wait = float(retry_after) if retry_after.isdigit() else PAUSE_SECONDS
        return answer.status, wait, bytes(body)
    finally:
        connection.close()


def said_of(body, status):
    """What a refusal says: the checker tells it in both languages, a proxy does not."""
    try:
        said = json.loads(body)["error"]
        return said["en"], said["ja"]
    except (ValueError, KeyError, TypeError):
        return f"HTTP status {status}", f"HTTP ステータス {status}"


def ask(url, claims, deadline, context=None):
    """The answer's lines. A full queue (503) is waited for as the checker asks, and so is a restart."""
    why = ("nothing was answered", "応答がありません")
    try:
        while True:
            try:
                status, wait, body = ask_once(url, claims, deadline, context)
            except ssl.SSLCertVerificationError as error:
                # Waiting makes no certificate right.
                raise Failed(
                    f"the certificate of {url} does not hold: {error}",
                    f"{url} の証明書を信頼できません: {error}",
                ) from None
            except TimeoutError:
                raise
            except (OSError, http.client.HTTPException) as error:
                why = (f"{url} cannot be reached: {error}", f"{url} に接続できません: {error}")
                deadline.wait(PAUSE_SECONDS, why)
                continue
            if status == 200:
                return body
            why = said_of(body, status)
            if status != 503:
                raise Failed(
                    f"refused ({status}): {why[0]}",
                    f"受け付けられませんでした（{status}）: {why[1]}",
                )
            deadline.wait(wait, why)
    except TimeoutError:
        raise deadline.passed(why) from None


def read(body):
    """The findings and the summary. An answer that broke off is no answer: its counts tell."""
    broken = Failed(
        "the answer broke off; nothing can be said of the file",
        "応答が途中で切れています。点検結果は使えません",
    )
    try:
        *findings, summary = [json.loads(line) for line in body.splitlines() if line]
        is_whole = len(findings) + summary["left_out"] == summary["findings"]
    except (ValueError, KeyError, TypeError):
        raise broken from None
    if not is_whole:
        raise broken
    if summary.get("schema") != SCHEMA:
        given = summary.get("schema")
        raise Failed(
            f"the answer has the form {given}, and this program reads {SCHEMA}",
            f"応答の形式が {given} です（対応は {SCHEMA}）",
        )
    return findings, summary


def show(findings, summary, lang):
    counts = (summary["claims"], summary["errors"], summary["unjudged"], summary["release"])
    if lang == "en":
        print("{} claims: {} errors, {} not judged; release {}".format(*counts))
    else:
        print("レセプト {} 件: エラー {} 件、判定不能 {} 件（リリース {}）".format(*counts))
    for code in summary["codes"]:
        asp = f"  ASP {code['asp']}" if "asp" in code else ""
        print(f"{code['findings']:6}  {code['code']}{asp}  {code[lang]}")
    for code in summary["codes"]:
        of_code = [finding for finding in findings if finding["code"] == code["code"]]
        print(f"\n{code['code']}")
        for finding in of_code[:SHOWN]:
            claim, line = finding.get("claim", "-"), finding["line"]
            item = " ".join(finding[key] for key in ("record", "item", "name") if key in finding)
            print(f"  {claim}  {line}  {item}: {finding[lang]}")
        if code["findings"] > SHOWN:
            print(f"  … {code['findings'] - SHOWN}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--url", default="http://127.0.0.1:8642")
    parser.add_argument("--deadline", type=float, default=60, metavar="SECONDS")
    parser.add_argument("--ca", metavar="FILE", help="who signs the checker's certificate")
    parser.add_argument("--lang", choices=("en", "ja"), default="ja")
    given = parser.parse_args()
    try:
        with open(given.file, "rb") as file:
            claims = file.read()
        context = ssl.create_default_context(cafile=given.ca) if given.url.startswith("https:") else None
        findings, summary = read(ask(given.url, claims, Deadline(given.deadline), context))
    except Failed as failed:
        print(f"check_claims: {failed.said[given.lang]}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"check_claims: {error}", file=sys.stderr)
        return 2
    show(findings, summary, given.lang)
    return 1 if summary["errors"] else 0


if __name__ == "__main__":
    sys.exit(main())
