"""A host that speaks ISO 8583:1987 in ASCII by pyiso8583, with codes by psec: it stands in the place of the simulated gateway.

iso_host.py [MOOD] [CERTIFICATE KEY]

Listens on a free port of 127.0.0.1 and prints `port N`; serves any number of connections. It approves what is not a multiple of
seven cents, takes back what is reversed, answers repetitions as before, and prints `ledger JSON` when it has been idle for a
moment. In the mood `unruly` it answers some sales late, some twice, some with another amount, some with another trace number, and
some not at all; and it hangs up now and then. With a certificate and its key it speaks TLS.
"""

import json
import socket
import ssl
import struct
import sys
import threading
import time

import iso8583
from iso8583.specs import default_ascii
from psec.mac import generate_retail_mac as retail_mac

MOOD = sys.argv[1] if len(sys.argv) > 1 else "sound"
KEY = bytes.fromhex("0123456789ABCDEF"), bytes.fromhex("FEDCBA9876543210")
REPEATED = ("2", "3", "4", "11", "12", "13", "14", "41", "42", "49", "60", "70")
LATE_S = 1.5


def code(body):
    return retail_mac(KEY[0], KEY[1], body, 1).hex().upper()


class Books:
    def __init__(self):
        self.lock = threading.Lock()
        self.sales, self.answers, self.wrong, self.asked, self.changed = {}, {}, 0, 0, time.monotonic()

    def total(self):
        standing = [it for it in self.sales.values() if it["approved"] and not it["reversed"]]
        return {
            "asked": self.asked, "sales": len(standing), "sum": sum(it["amount"] for it in standing),
            "reversed": sum(it["reversed"] for it in self.sales.values()), "wrong_codes": self.wrong,
        }

    def decide(self, message):
        """F39, the response code, of a message whose authentication code is right."""
        key, kind = (message["41"], message["11"]), message["t"]
        sale = self.sales.get(key)
        if kind == "0400":
            if sale is None:
                self.sales[key] = {"amount": int(message["4"]), "approved": False, "reversed": True}
                return "25"
            sale["reversed"] = True
            return "00"
        if sale is None:
            approved = kind == "0220" or int(message["4"]) % 7 != 0
            sale = self.sales[key] = {"amount": int(message["4"]), "approved": approved, "reversed": False}
        return "25" if sale["reversed"] else "00" if sale["approved"] else "51"


LEDGER = Books()


def answer(body):
    """The answers to one message, each with its delay in seconds."""
    message = iso8583.decode(body, default_ascii)[0]
    kind = message["t"]
    with LEDGER.lock:
        LEDGER.asked, LEDGER.changed = LEDGER.asked + 1, time.monotonic()
        if kind == "0800":
            result = "00"
        elif code(body[:-16]).encode() != body[-16:]:
            LEDGER.wrong += 1
            result = "A0"
        else:
            result = LEDGER.decide(message)
    response = {name: message[name] for name in REPEATED if name in message}
    response.update({"t": f"{int(kind) + 10:04}", "39": result})
    if kind != "0800":
        response["37"] = f"{int(message['11']):012}"
        if result == "00":
            response["38"] = message["11"]
    whims = int(message["11"]) % 8 if MOOD == "unruly" and kind == "0200" else 7
    if whims == 0:
        return [(response, LATE_S)]
    if whims == 1:
        return [(response, 0), (response, 0)]
    if whims == 2:
        return [({**response, "4": f"{int(message['4']) + 1:012}"}, 0)]
    if whims == 3:
        return [({**response, "11": "999999"}, 0)]
    if whims == 4:
        return []
    return [(response, 0)]


def written(response):
    sealed = response["t"] != "0810"
    if sealed:
        number = "128" if any(int(it) > 64 for it in response if it.isdigit()) else "64"
        response = {**response, number: "0" * 16}
    body = bytes(iso8583.encode(dict(response), default_ascii)[0])
    if sealed:
        body = body[:-16] + code(body[:-16]).encode()
    return struct.pack(">H", len(body)) + body


def serve(connection):
    rest, count, lock = b"", 0, threading.Lock()

    def send(bytes_):
        try:
            with lock:
                connection.sendall(bytes_)
        except OSError:
            pass

    while True:
        try:
            came = connection.recv(65536)
        except OSError:
            return
        if not came:
            return
        rest += came
        while len(rest) >= 2 and len(rest) >= 2 + struct.unpack(">H", rest[:2])[0]:
            length = struct.unpack(">H", rest[:2])[0]
            body, rest = rest[2 : 2 + length], rest[2 + length :]
            count += 1
            for response, delay in answer(body):
                if delay:
                    threading.Timer(delay, send, (written(response),)).start()
                else:
                    send(written(response))
        if MOOD == "unruly" and count > 60:
            connection.close()
            return


def secure(connection, context):
    if context:
        try:
            connection = context.wrap_socket(connection, server_side=True)
        except OSError:
            # Whoever does not trust the certificate hangs up.
            return
    serve(connection)


def tell():
    told = None
    while True:
        time.sleep(0.2)
        with LEDGER.lock:
            ledger = json.dumps(LEDGER.total())
            idle = time.monotonic() - LEDGER.changed > 0.3
        if idle and ledger != told:
            told = ledger
            print("ledger", ledger, flush=True)


def main():
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print("port", listener.getsockname()[1], flush=True)
    threading.Thread(target=tell, daemon=True).start()
    context = None
    if len(sys.argv) > 3:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=secure, args=(connection, context), daemon=True).start()


main()
