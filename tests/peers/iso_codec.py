"""ISO 8583 by pyiso8583, an independent library: the judge of our codec.

iso_codec.py
    Reads one JSON object a line from stdin and answers each with one line on stdout:
      {"spec": NAME, "decode": HEX}      -> {"fields": {"t": "0200", "2": "...", ...}} or {"error": "..."}
      {"spec": NAME, "encode": {...}}    -> {"bytes": HEX} or {"error": "..."}
    Fields are named by their numbers, the message type by "t"; bitmaps are left out.

iso_codec.py time SPEC FILE SECONDS
    Decodes the messages of a file (one a line, hexadecimal) over and over for so long; prints messages a second.

The specification "iso8583-1987-ascii" is the library's own `default_ascii`, unchanged. "unionpay" is written down here, by hand,
and not made from our dialect file.
"""

import json
import sys
import time

import iso8583
from iso8583.specs import default_ascii


def digits(count, prefix=0, pad="left"):
    """Packed digits: fixed, or with a packed length of one or two bytes."""
    spec = {"data_enc": "b", "len_enc": "bcd", "len_type": prefix, "max_len": count, "len_count": "nibbles", "desc": ""}
    spec[pad + "_pad"] = "0"
    return spec


def text(count, prefix=0):
    return {"data_enc": "ascii", "len_enc": "bcd", "len_type": prefix, "max_len": count, "desc": ""}


def raw(count, prefix=0):
    return {"data_enc": "b", "len_enc": "bcd", "len_type": prefix, "max_len": count, "desc": ""}


UNIONPAY = {
    "h": text(0), "t": raw(2), "p": raw(8), "1": raw(8),
    "2": digits(19, 1, "right"), "3": digits(6), "4": digits(12), "11": digits(6), "12": digits(6), "13": digits(4),
    "14": digits(4), "15": digits(4), "22": digits(3, 0, "right"), "23": digits(3), "25": digits(2), "26": digits(2),
    "32": digits(11, 1, "right"), "35": digits(37, 1, "right"), "36": digits(104, 2, "right"),
    "37": text(12), "38": text(6), "39": text(2), "41": text(8), "42": text(15), "44": text(25, 1),
    "48": digits(322, 2, "right"), "49": text(3), "52": raw(8), "53": digits(16), "54": text(40, 2), "55": raw(255, 2),
    "58": text(100, 2), "59": text(600, 2), "60": digits(17, 2, "right"), "61": digits(29, 2, "right"),
    "62": raw(512, 2), "63": text(163, 2), "64": raw(8),
}

SPECS = {"unionpay": UNIONPAY, "iso8583-1987-ascii": default_ascii}


def answer(question):
    spec = SPECS[question["spec"]]
    try:
        if "decode" in question:
            fields, _ = iso8583.decode(bytes.fromhex(question["decode"]), spec)
            return {"fields": {name: value for name, value in fields.items() if name not in ("h", "p", "1")}}
        encoded, _ = iso8583.encode(dict(question["encode"]), spec)
        return {"bytes": bytes(encoded).hex().upper()}
    except ValueError as why:
        return {"error": str(why)}


def timed(name, path, seconds):
    spec = SPECS[name]
    with open(path, encoding="ascii") as file:
        messages = [bytes.fromhex(line) for line in file]
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        for message in messages:
            iso8583.decode(message, spec)
        count += len(messages)
    print(f"{name}: {count / (time.perf_counter() - began):.0f} messages a second decoded by pyiso8583")


def main():
    if sys.argv[1:2] == ["time"]:
        return timed(sys.argv[2], sys.argv[3], float(sys.argv[4]))
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
