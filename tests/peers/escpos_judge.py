"""Reads a receipt's bytes as python-escpos knows them: every command must be one of that library's own, the rest is text.

First argument: the bytes in hexadecimal. Prints `command NAME` and `text LINE` in the order in which they come, and
`unknown BYTES` for what the library does not know. With `status` as the first argument it says instead what the library makes
of every answer to the question for paper: `paper BYTE VALUE`, where 2 is enough, 1 is nearly used up and 0 is none.
"""

import sys

from escpos import constants
from escpos.printer import Dummy


class Answering(Dummy):
    """The library's printer without a printer, whose answer to a question is given."""

    answer = 0

    def _read(self):
        return bytes([self.answer])


def commands():
    known = {
        constants.HW_INIT: "reset",
        constants.PAPER_PART_CUT: "cut",
        constants.PAPER_FULL_CUT: "cut",
    }
    for align in ("left", "center", "right"):
        known[constants.TXT_STYLE["align"][align]] = align
    for high in (1, 2):
        known[constants.TXT_SIZE + bytes([constants.TXT_STYLE["height"][high]])] = f"high {high}"
    for lines in range(1, 10):
        feed = Dummy()
        feed.print_and_feed(lines)
        known[feed.output] = f"feed {lines}"
    return known


def status():
    for byte in range(256):
        if byte & 0x93 == 0x12:
            printer = Answering()
            printer.answer = byte
            print("paper", byte, printer.paper_status())


def receipt(rest):
    known = sorted(commands().items(), key=lambda it: -len(it[0]))
    text = b""
    while rest:
        found = next((it for it in known if rest.startswith(it[0])), None)
        if found:
            print("command", found[1])
            rest = rest[len(found[0]):]
        elif rest[:1] == b"\n":
            print("text", text.decode("ascii"))
            text, rest = b"", rest[1:]
        elif 0x20 <= rest[0] < 0x7F:
            text, rest = text + rest[:1], rest[1:]
        else:
            print("unknown", rest[:4].hex())
            return
    print("end", text.decode("ascii"))


if sys.argv[1] == "status":
    status()
else:
    receipt(bytes.fromhex(sys.argv[1]))
