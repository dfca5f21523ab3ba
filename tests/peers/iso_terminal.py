"""A terminal that speaks ISO 8583:1987 in ASCII by pyiso8583, with codes by psec: it stands in the place of a simulated one.

iso_terminal.py PORT SALES TIMEOUT_S [F41] [ROOTS]

Signs on, asks for an echo, makes so many sales one after the other, takes back each that is not answered in time until that is
acknowledged, settles, and prints one JSON object of what it believes. With a file of trusted certificates it speaks TLS.
"""

import json
import socket
import ssl
import struct
import sys
import time

import iso8583
from iso8583.specs import default_ascii
from psec.mac import generate_retail_mac as retail_mac

PORT, SALES, TIMEOUT = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
F41 = sys.argv[4] if len(sys.argv) > 4 else "00000000"
KEY = bytes.fromhex("0123456789ABCDEF"), bytes.fromhex("FEDCBA9876543210")
MACS = ("0200", "0220", "0400", "0500", "0210", "0230", "0410", "0510")


def code(body):
    return retail_mac(KEY[0], KEY[1], body, 1).hex().upper()


class Terminal:
    def __init__(self):
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        if len(sys.argv) > 5:
            context = ssl.create_default_context(cafile=sys.argv[5])
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.stan, self.rest, self.wrong = 0, b"", 0

    def send(self, mti, fields):
        message = {"t": mti, "41": F41, "42": "POSRIG000000000", **fields}
        if mti in MACS:
            number = "128" if any(int(it) > 64 for it in message if it.isdigit()) else "64"
            message[number] = "0" * 16
        body = bytes(iso8583.encode(message, default_ascii)[0])
        if mti in MACS:
            body = body[:-16] + code(body[:-16]).encode()
        self.socket.sendall(struct.pack(">H", len(body)) + body)

    def receive(self, until):
        while True:
            if len(self.rest) >= 2:
                (length,) = struct.unpack(">H", self.rest[:2])
                if len(self.rest) >= 2 + length:
                    body, self.rest = self.rest[2 : 2 + length], self.rest[2 + length :]
                    message = iso8583.decode(body, default_ascii)[0]
                    if message["t"] in MACS and code(body[:-16]).encode() != body[-16:]:
                        self.wrong += 1
                        continue
                    return message
            left = until - time.monotonic()
            if left <= 0:
                return None
            self.socket.settimeout(left)
            try:
                came = self.socket.recv(4096)
            except socket.timeout:
                return None
            if not came:
                sys.exit("the line is cut")
            self.rest += came

    def ask(self, mti, fields):
        """The answer to this message, whatever else comes before it; None after the timeout."""
        answer = f"{int(mti) + 10:04}"
        self.send(mti, fields)
        until = time.monotonic() + TIMEOUT
        while True:
            message = self.receive(until)
            if message is None or (message["t"], message["11"]) == (answer, fields["11"]):
                return message

    def insists(self, mti, fields):
        """The same, asked up to five times: what crosses the network may be lost there."""
        for _ in range(5):
            message = self.ask(mti, fields)
            if message is not None:
                return message
        return None

    def number(self):
        self.stan += 1
        return f"{self.stan:06}"


def main():
    terminal = Terminal()
    now = time.strftime("%H%M%S"), time.strftime("%m%d")
    clock = {"12": now[0], "13": now[1]}
    management = {"60": "00000001", "7": now[1] + now[0]}
    ledger = {"approved": 0, "declined": 0, "reversed": 0, "sum": 0}
    signed = terminal.insists("0800", {"11": terminal.number(), "70": "001", **management})
    echo = terminal.insists("0800", {"11": terminal.number(), "70": "301", **management})
    for sale in range(SALES):
        stan, amount = terminal.number(), 1000 + sale
        fields = {
            "2": "6225880000000010", "3": "000000", "4": f"{amount:012}", "11": stan, **clock, "14": "3512", "22": "052",
            "23": "001", "25": "00", "49": "156", "60": "22000001",
        }
        answer = terminal.ask("0200", fields)
        if answer is None:
            del fields["60"]
            fields.update({"39": "68", "60": "22000001", "90": f"0200{stan}" + "0" * 32})
            while True:
                done = terminal.ask("0400", fields)
                if done and done["39"] in ("00", "12", "25"):
                    break
            ledger["reversed"] += 1
        elif answer["39"] == "00":
            assert int(answer["4"]) == amount
            ledger["approved"], ledger["sum"] = ledger["approved"] + 1, ledger["sum"] + amount
        else:
            ledger["declined"] += 1
    total = {"74": "0" * 10, "76": f"{ledger['approved']:010}", "86": "0" * 16, "88": f"{ledger['sum']:016}"}
    settled = terminal.insists("0500", {"11": terminal.number(), **clock, "60": "00000001", **total})
    ledger["signed"], ledger["echo"] = signed and signed["39"], echo and echo["39"]
    ledger["agreed"], ledger["wrong_codes"] = settled and settled.get("66"), terminal.wrong
    print(json.dumps(ledger), flush=True)


main()
