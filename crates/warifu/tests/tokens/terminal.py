"""Runs a command at a terminal and types lines, each when it is asked for one.

usage: terminal.py LINE,LINE... COMMAND ARGUMENT...

Prints what the terminal showed, and ends as the command ends.
"""

import os
import pty
import select
import sys
import termios


def wait_until_hidden(terminal: int) -> None:
    """The question is there before what is typed is hidden; nobody types that fast."""
    for _ in range(10_000):
        if not termios.tcgetattr(terminal)[3] & termios.ECHO:
            return
        select.select([], [], [], 0.001)


def main() -> int:
    lines = sys.argv[1].split(",")
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[2], sys.argv[2:])
    shown = b""
    while True:
        try:
            more = os.read(terminal, 4096)
        except OSError:
            break
        if not more:
            break
        shown += more
        question = shown.rsplit(b"\n", 1)[-1]
        if lines and question.startswith(b"PIN of ") and question.endswith(b": "):
            wait_until_hidden(terminal)
            os.write(terminal, lines.pop(0).encode() + b"\n")
    sys.stdout.buffer.write(shown)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
