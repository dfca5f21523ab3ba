"""A terminal with nothing around it: ISO 8583:1987 in ASCII by pyiso8583, authentication codes by psec.

A case sends what it wants and prints each answer as one JSON object a line: `{"mti": ..., "stan": ..., "answer": {...}}`, where the
answer is null if none came in time.
"""

import json
import socket
import struct
import sys
import time

import iso8583
from iso8583.specs import default_ascii
from psec.mac import generate_retail_mac

KEY = bytes.fromhex("0123456789ABCDEF"), bytes.fromhex("FEDCBA9876543210")
AUTHENTICATED = ("0200", "0220", "0400", "0500", "0210", "0230", "0410", "0510")
CARD, OTHER_CARD = "6225880000000010", "6225880000000028"


def authentication_code(body):
    return generate_retail_mac(KEY[0], KEY[1], body, 1).hex().upper()


def written(message):
    """A message as it stands on the wire: length, fields, authentication code where the kind has one."""
    message = dict(message)
    authenticated = message["t"] in AUTHENTICATED
    if authenticated:
        field = "128" if any(int(name) > 64 for name in message if name.isdigit()) else "64"
        message[field] = "0" * 16
    body = bytes(iso8583.encode(message, default_ascii)[0])
    if authenticated:
        body = body[:-16] + authentication_code(body[:-16]).encode()
    return struct.pack(">H", len(body)) + body


class Wire:
    """Messages of one connection; empty ones, which keep it alive, are passed over."""

    def __init__(self, connection):
        self.connection, self.rest = connection, b""

    def receive(self, until=None):
        """The next message, or None after `until` (of the monotonic clock) or if the other end hangs up."""
        while True:
            while len(self.rest) >= 2:
                (length,) = struct.unpack(">H", self.rest[:2])
                if len(self.rest) < 2 + length:
                    break
                body, self.rest = self.rest[2 : 2 + length], self.rest[2 + length :]
                if body:
                    return iso8583.decode(body, default_ascii)[0]
            if until is not None:
                left = until - time.monotonic()
                if left <= 0:
                    return None
                self.connection.settimeout(left)
            try:
                came = self.connection.recv(4096)
            except (TimeoutError, ConnectionError):
                return None
            if not came:
                return None
            self.rest += came

    def send(self, message):
        self.connection.sendall(written(message))


class Terminal:
    """Connects to the port that the first argument of the program names."""

    def __init__(self):
        self.wire = Wire(self.connected(int(sys.argv[1])))

    @staticmethod
    def connected(port):
        for _ in range(100):
            try:
                return socket.create_connection(("127.0.0.1", port))
            except ConnectionRefusedError:
                time.sleep(0.1)
        sys.exit("nobody listens")

    def ask(self, mti, fields):
        message = {"t": mti, "41": "00000000", "42": "POSRIG000000000", **fields}
        self.wire.send(message)
        until, wanted = time.monotonic() + 5.0, (f"{int(mti) + 10:04}", fields["11"])
        while True:
            answer = self.wire.receive(until)
            if answer is None or (answer["t"], answer["11"]) == wanted:
                break
        print(json.dumps({"mti": mti, "stan": fields["11"], "answer": answer}), flush=True)


def sale(stan, amount, at=None, on=None, card=CARD):
    return {
        "2": card, "3": "000000", "4": f"{amount:012}", "11": f"{stan:06}", "12": at or time.strftime("%H%M%S"),
        "13": on or time.strftime("%m%d"), "14": "3512", "22": "052", "23": "001", "25": "00", "49": "156", "60": "22000001",
    }


def reversal(of):
    return {**of, "39": "68", "60": "22000001", "90": "0200" + of["11"] + "0" * 32}


def settlement(stan, sales, total):
    return {
        "11": f"{stan:06}", "12": time.strftime("%H%M%S"), "13": time.strftime("%m%d"), "60": "00000001",
        "74": "0" * 10, "76": f"{sales:010}", "86": "0" * 16, "88": f"{total:016}",
    }


def sign_on(stan):
    return {"11": f"{stan:06}", "70": "001", "60": "00000001", "7": time.strftime("%m%d%H%M%S")}
