"""Judges a claim file by the newest release of a channel, and looks a code up: libwarifu from Python.

    python3 check.py CHANNEL ROOT REMEMBERED KIND CODE DAY CLAIMS.UKE

LIBWARIFU names the library where the system does not find it. Status: 0 done, 1 the file has errors, 2 could not
run, 3 the release is not trusted.
"""

import ctypes
import json
import os
import sys
from ctypes import POINTER, byref, c_bool, c_char_p, c_int, c_size_t, c_uint8, c_uint32, c_uint64, c_void_p

OK, EXPIRED, REFUSED = 0, 4, 5
KINDS = {"procedure": 1, "drug": 2, "material": 3, "comment": 4}
STANDINGS = {1: "in force", 2: "abolished", 3: "unknown", 4: "not known", 5: "not held"}


class Text(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("length", c_size_t)]

    def __str__(self):
        # A copy: the text itself is gone with the handle that gave it.
        return ctypes.string_at(self.data, self.length).decode("utf-8")


class Source(ctypes.Structure):
    _fields_ = [(name, c_char_p) for name in ("channel", "root", "remembered", "policy", "schemas")]


class Record(ctypes.Structure):
    _fields_ = [
        ("standing", c_int),
        ("day", c_uint32),
        ("name", Text),
        ("series", Text),
        ("has_amount", c_bool),
        ("amount_kind", c_uint8),
        ("amount_hundredths", c_uint64),
    ]


class Summary(ctypes.Structure):
    names = ("release", "claims", "items", "findings", "errors", "unjudged", "notices", "left_out", "lines")
    _fields_ = [(name, c_uint64) for name in names]


library = ctypes.CDLL(os.environ.get("LIBWARIFU", "libwarifu.so.0"))
HANDLE, ERROR = c_void_p, POINTER(c_void_p)
for name, takes in {
    "warifu_open": [POINTER(Source), POINTER(HANDLE), ERROR],
    "warifu_release_about": [HANDLE, POINTER(Text), ERROR],
    "warifu_look_up": [HANDLE, c_uint32, c_uint32, c_uint32, POINTER(Record), ERROR],
    "warifu_release_close": [POINTER(HANDLE), ERROR],
    "warifu_check": [HANDLE, c_char_p, c_size_t, POINTER(HANDLE), ERROR],
    "warifu_answer_summary": [HANDLE, POINTER(Summary), ERROR],
    "warifu_answer_line": [HANDLE, c_size_t, POINTER(Text), ERROR],
    "warifu_answer_close": [POINTER(HANDLE), ERROR],
    "warifu_error_message": [HANDLE, c_uint32, POINTER(Text)],
    "warifu_error_close": [POINTER(HANDLE)],
}.items():
    function = getattr(library, name)
    function.argtypes, function.restype = takes, c_int
library.warifu_version.argtypes, library.warifu_version.restype = [], Text


class WarifuError(Exception):
    """Why a call was not done: a status, and a message in English and Japanese."""

    def __init__(self, status, messages):
        super().__init__("\n".join(messages))
        self.status = status


def call(function, *arguments):
    """Calls, and raises what went wrong."""
    error = c_void_p()
    status = function(*arguments, byref(error))
    if status != OK:
        messages = []
        for language in (0, 1):
            message = Text()
            if library.warifu_error_message(error, language, byref(message)) == OK:
                messages.append(str(message))
        library.warifu_error_close(byref(error))
        raise WarifuError(status, messages)


class Release:
    """An open release; any number of threads may ask it."""

    def __init__(self, channel, root, remembered=None):
        self._handle = c_void_p()
        paths = [os.fsencode(path) if path else None for path in (channel, root, remembered)]
        call(library.warifu_open, byref(Source(*paths)), byref(self._handle))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        call(library.warifu_release_close, byref(self._handle))

    def about(self):
        text = Text()
        call(library.warifu_release_about, self._handle, byref(text))
        return json.loads(str(text))

    def look_up(self, kind, code, day):
        record = Record()
        call(library.warifu_look_up, self._handle, KINDS[kind], int(code), int(day), byref(record))
        return record

    def check(self, bytes):
        """The findings and the summary, as JSON texts, one after the other."""
        answer = c_void_p()
        call(library.warifu_check, self._handle, bytes, len(bytes), byref(answer))
        try:
            summary, line = Summary(), Text()
            call(library.warifu_answer_summary, answer, byref(summary))
            for index in range(summary.lines):
                call(library.warifu_answer_line, answer, index, byref(line))
                yield str(line)
        finally:
            call(library.warifu_answer_close, byref(answer))


def main(channel, root, remembered, kind, code, day, claims):
    with open(claims, "rb") as file:
        bytes = file.read()
    with Release(channel, root, remembered) as release:
        print(json.dumps(release.about(), ensure_ascii=False), file=sys.stderr)
        found = release.look_up(kind, code, day)
        amount = f", {found.amount_hundredths / 100:.2f}" if found.has_amount else ""
        since = f", {found.day}" if found.day else ""
        standing = STANDINGS[found.standing]
        print(f"{code} on {day}: {standing}, {found.name} ({found.series}){since}{amount}", file=sys.stderr)
        lines = list(release.check(bytes))
    print("\n".join(lines))
    return 1 if json.loads(lines[-1])["errors"] else 0


if __name__ == "__main__":
    if len(sys.argv) != 8:
        sys.exit(__doc__)
    try:
        sys.exit(main(*sys.argv[1:]))
    except WarifuError as error:
        print(error, file=sys.stderr)
        sys.exit(3 if error.status in (EXPIRED, REFUSED) else 2)
