"""A chip card behind vsmartcard's virtual reader: speaks vpcd's protocol over TCP, two bytes of length before each message.

Prints `in` when it is powered, then `apdu HEX HEX` for every command and its answer. Arguments: how it behaves, and vpcd's
port. Behaviours:
  sound     a payment card with a directory, one application and two records; checks the lengths of what it asks for
  refuses   the same, but its cryptogram declines
  mute      is powered and answers no command
  slow      takes half a second for every answer
  torn      leaves the reader when it is asked for its processing options
  nonsense  answers processing options with bytes that are no object
"""

import hashlib
import socket
import struct
import sys
import time

MODE = sys.argv[1]
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 35963
# Direct convention, T=1 with the usual interface bytes, no history.
ATR = bytes.fromhex("3B80800101")
AID = bytes.fromhex("A000000333010101")
# A number of the scheme's test range; its check digit is right.
PAN = "6225880312345672"
counter = 0


def tlv(tag, *values):
    value = b"".join(values)
    length = bytes([len(value)]) if len(value) < 0x80 else bytes([0x81, len(value)])
    return bytes.fromhex(tag) + length + value


PDOL = bytes.fromhex("9F66049F02065F2A02")
CDOL = bytes.fromhex("9F02069F03069F1A0295055F2A029A039C019F3704")
APPLICATION = tlv("61", tlv("4F", AID), tlv("50", b"UPI CREDIT"), tlv("87", b"\x01"))
DIRECTORY = tlv("6F", tlv("84", b"1PAY.SYS.DDF01"), tlv("A5", tlv("88", b"\x01")))
ABOUT = tlv("6F", tlv("84", AID), tlv("A5", tlv("50", b"UPI CREDIT"), tlv("9F38", PDOL)))
TRACK = bytes.fromhex(PAN + "D3012201000000000F")
RECORDS = {
    1: tlv("70", tlv("57", TRACK), tlv("5F24", bytes.fromhex("301231"))),
    2: tlv("70", tlv("5A", bytes.fromhex(PAN)), tlv("8C", CDOL)),
}
OK = b"\x90\x00"
selected = None


def wishes(dol):
    total, at = 0, 0
    while at < len(dol):
        at += 2 if dol[at] & 0x1F == 0x1F else 1
        total, at = total + dol[at], at + 1
    return total


def generate(data):
    global counter
    if len(data) != wishes(CDOL):
        return b"\x67\x00"
    counter += 1
    information = b"\x00" if MODE == "refuses" else b"\x80"
    cryptogram = hashlib.sha256(data + struct.pack(">H", counter)).digest()[:8]
    kept = tlv("9F27", information), tlv("9F36", struct.pack(">H", counter))
    return tlv("77", *kept, tlv("9F26", cryptogram)) + OK


def answer(apdu):
    global selected
    head, data = apdu[:4], apdu[5:5 + apdu[4]] if len(apdu) > 5 else b""
    if head[1] == 0xA4:
        known = {b"1PAY.SYS.DDF01": DIRECTORY, AID: ABOUT}
        if data not in known:
            return b"\x6A\x82"
        selected = data
        return known[data] + OK
    if head[1] == 0xB2:
        number, directory = head[2], selected != AID
        record = tlv("70", APPLICATION) if directory and number == 1 else RECORDS.get(number)
        missing = record is None or directory and number > 1
        return b"\x6A\x83" if missing else record + OK
    if head[1] == 0xA8:
        if MODE == "torn":
            print("torn", flush=True)
            sys.exit()
        if MODE == "nonsense":
            return b"\x77\x7F\x01" + OK
        if data[:1] != b"\x83" or data[1] not in (0, wishes(PDOL)):
            return b"\x67\x00"
        return tlv("77", tlv("82", b"\x1C\x00"), tlv("94", bytes.fromhex("08010200"))) + OK
    if head[1] == 0xAE:
        return generate(data)
    return b"\x6D\x00"


def receive(reader, length):
    data = b""
    while len(data) < length:
        more = reader.recv(length - len(data))
        if not more:
            sys.exit()
        data += more
    return data


def send(reader, data):
    reader.sendall(struct.pack(">H", len(data)) + data)


reader = socket.create_connection(("127.0.0.1", PORT))
while True:
    message = receive(reader, struct.unpack(">H", receive(reader, 2))[0])
    if message == b"\x04":
        send(reader, ATR)
    elif message in (b"\x01", b"\x02"):
        print("in", flush=True)
    elif len(message) >= 4 and MODE != "mute":
        said = answer(message)
        if MODE == "slow":
            time.sleep(0.5)
        print("apdu", message.hex(), said.hex(), flush=True)
        send(reader, said)
