#!/usr/bin/env python3
"""Writes the .ucm tables in this folder from the converters of the system's C library (glibc's iconv).

    python3 schemas/charsets/generate.py                  all tables, into this folder
    python3 schemas/charsets/generate.py --check          compares instead; status 1 when a table differs
    python3 schemas/charsets/generate.py -o DIR ibm-939   one table, elsewhere

Every code of one and two bytes is decoded, and every character of planes 0 to 2 of Unicode is encoded. A pair
that agrees both ways is written with |0. The others are one-way and written for the record only: |1 is a
character that is encoded to a code which decodes to another one, |3 a code that decodes to a character which is
encoded to another code.

Two rules go beyond what the converters do.

A character belongs to the code that decodes to it. For ibm-939 and ibm-930 the C library encodes the tilde to the code
of the overline and the backslash to the code of the yen sign, though both have codes of their own, which decode to
them. Here each of the four goes with the code that decodes to it, as in IBM's and ICU's tables; what the C library
encodes otherwise is one-way.

The pairs of PAIRED go together. Code page 300, the two-byte part of both ibm-939 and ibm-930, has five characters
once that Unicode has twice: IBM's own tables name the one, CP932 the other. It is the same character of JIS X 0208
(the broken bar: of IBM's extensions) either way. Masters are published in CP932 and come back as they were only by
the other, so IBM's name of it is the one-way one. ibm-1399 and ibm-1390 have a code for each of the ten.
"""

import argparse
import ctypes
import os
import sys

CHARSETS = {
    "ibm-1399": ("IBM1399", "Japanese host mixed, extended Latin, euro, JIS X 0213"),
    "ibm-1390": ("IBM1390", "Japanese host mixed, extended Katakana, euro, JIS X 0213"),
    "ibm-939": ("IBM939", "Japanese host mixed, extended Latin"),
    "ibm-930": ("IBM930", "Japanese host mixed, extended Katakana"),
}
# The code in code page 300, what IBM's tables decode it to, and what CP932 does.
PAIRED = [
    (b"\x42\x60", "\u2212", "\uFF0D"),  # minus sign
    (b"\x42\x6A", "\u00A6", "\uFFE4"),  # broken bar
    (b"\x43\xA1", "\u301C", "\uFF5E"),  # wave dash
    (b"\x44\x4A", "\u2014", "\u2015"),  # dash
    (b"\x44\x7C", "\u2016", "\u2225"),  # double bar
]
HAS_CODE_PAGE_300 = {"ibm-939", "ibm-930"}
SO, SI = 0x0E, 0x0F

libc = ctypes.CDLL(None, use_errno=True)
libc.iconv_open.restype = ctypes.c_void_p
libc.iconv_open.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
libc.iconv.restype = ctypes.c_size_t
libc.iconv.argtypes = [ctypes.c_void_p] + [ctypes.c_void_p] * 4
FAILED = ctypes.c_size_t(-1).value


class Converter:
    """One direction of iconv, asked for one code or character at a time from its initial state."""

    def __init__(self, source, target):
        self.handle = libc.iconv_open(target.encode(), source.encode())
        if self.handle == ctypes.c_void_p(-1).value:
            sys.exit(f"this system's iconv has no converter from {source} to {target}")
        self.buffer = ctypes.create_string_buffer(64)

    def __call__(self, data):
        libc.iconv(self.handle, None, None, None, None)
        source = ctypes.c_char_p(data)
        source_left = ctypes.c_size_t(len(data))
        target = ctypes.c_void_p(ctypes.addressof(self.buffer))
        target_left = ctypes.c_size_t(64)
        refs = [ctypes.byref(x) for x in (source, source_left, target, target_left)]
        # A positive result counts characters that were replaced by something alike.
        if libc.iconv(self.handle, *refs) != 0 or source_left.value:
            return None
        if libc.iconv(self.handle, None, None, refs[2], refs[3]) == FAILED:
            return None
        return self.buffer.raw[: 64 - target_left.value]


def bare(code):
    """A code without the shifts around it; None when it is more than one code."""
    if len(code) == 4 and code[0] == SO and code[3] == SI:
        return code[1:3]
    return code if len(code) == 1 else None


def decoded(converter):
    codes = {}
    singles = [bytes([byte]) for byte in range(256) if byte not in (SO, SI)]
    doubles = [bytes([lead, trail]) for lead in range(0x40, 0xFF) for trail in range(0x40, 0xFF)]
    for code in singles + doubles:
        text = converter(code if len(code) == 1 else bytes([SO]) + code + bytes([SI]))
        text = text.decode("utf-32-be") if text else ""
        if text:
            codes[code] = text
    return codes


def encoded(converter):
    characters = {}
    # Nothing beyond plane 2 is in any Japanese charset.
    for point in [*range(0xD800), *range(0xE000, 0x30000)]:
        code = converter(chr(point).encode("utf-32-be"))
        code = bare(code) if code else None
        if code:
            characters[chr(point)] = code
    return characters


def table(name):
    converter, title = CHARSETS[name]
    codes = decoded(Converter(converter, "UTF-32BE"))
    characters = encoded(Converter("UTF-32BE", converter))
    paired = {}
    for code, theirs, ours in PAIRED if name in HAS_CODE_PAGE_300 else []:
        if codes.get(code) != theirs or ours in codes.values():
            sys.exit(f"{name}: {code.hex()} is not what it is known to be; look at PAIRED")
        paired[code] = (theirs, ours)
    codes_of = {}
    for code, text in codes.items():
        codes_of.setdefault(text, []).append(code)
    lines = []
    for code, text in codes.items():
        if code in paired:
            theirs, ours = paired[code]
            lines += [(code, ours, 0), (code, theirs, 1)]
            continue
        owned = characters.get(text) == code
        # Encoded to a code that decodes to something else, and this one is its own.
        owned = owned or (codes_of[text] == [code] and codes.get(characters.get(text), text) != text)
        lines.append((code, text, 0 if len(text) > 1 or owned else 3))
    for character, code in characters.items():
        if codes.get(code) != character and code not in paired:
            lines.append((code, character, 1))
    lines.sort(key=lambda line: (len(line[0]), line[0], line[2], line[1]))
    mark = lambda code: "".join(f"\\x{byte:02X}" for byte in code)
    point = lambda text: "".join(f"<U{ord(one):04X}>" for one in text)
    rows = "".join(f"{point(text)} {mark(code)} |{flag}\n" for code, text, flag in lines)
    return (
        f"# {name}: {title}.\n"
        "# Written by generate.py in this folder from the GNU C library's converter; not edited by hand.\n"
        f'<code_set_name> "{name}"\n'
        '<uconv_class> "EBCDIC_STATEFUL"\n'
        "<mb_cur_min> 1\n<mb_cur_max> 2\n<subchar> \\xFE\\xFE\n"
        f"CHARMAP\n{rows}END CHARMAP\n"
    )


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="Writes .ucm tables from the system's iconv.")
    parser.add_argument("names", nargs="*", default=list(CHARSETS), metavar="NAME")
    parser.add_argument("-o", "--output", default=here, metavar="DIR")
    parser.add_argument("--check", action="store_true", help="compare with what is there; write nothing")
    arguments = parser.parse_args()
    differing = []
    for name in arguments.names:
        if name not in CHARSETS:
            parser.error(f"no charset {name}; there are {', '.join(CHARSETS)}")
        path = os.path.join(arguments.output, f"{name}.ucm")
        text = table(name)
        if arguments.check:
            with open(path, encoding="ascii") as file:
                if file.read() != text:
                    differing.append(path)
        else:
            with open(path, "w", encoding="ascii") as file:
                file.write(text)
    if differing:
        sys.exit(f"not what this system's iconv gives: {', '.join(differing)}")


main()
