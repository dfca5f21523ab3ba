"""Reads a dialogue with a chip card as the library emv does. Arguments: command and answer in hexadecimal, in turns.

Prints `command NAME` for each command that the library knows and would write with the same bytes, `data NAME` where it can only
read it, and `wrong HEX` for the others; then `cryptogram INFORMATION COUNTER VALUE` where an answer holds one.
With `card` as the first argument it holds a dialogue of its own with the card in the reader: `aid HEX`, `number HEX`.
"""

import sys

from emv.protocol.command import CAPDU, ReadCommand, SelectCommand
from emv.protocol.data import Tag
from emv.protocol.response import ErrorResponse, RAPDU


def judge(command, answer):
    kind = CAPDU.get_class(command[:2])
    if kind is None:
        return "wrong", bytes(command).hex()
    name = kind.__name__
    if kind is ReadCommand:
        same = ReadCommand(command[2], command[3] >> 3).marshal() == command
        return ("command", name) if same else ("wrong", bytes(command).hex())
    read = CAPDU.unmarshal(command)
    whole = len(command) == read.lc + 6 and len(read.data) == read.lc and read.le == 0
    if kind is SelectCommand:
        whole = whole and SelectCommand(read.data).marshal() == command
        return ("command", name) if whole else ("wrong", bytes(command).hex())
    return ("data", name) if whole else ("wrong", bytes(command).hex())


def dialogue(turns):
    for command, answer in zip(turns[::2], turns[1::2]):
        print(*judge(list(bytes.fromhex(command)), answer))
        try:
            read = RAPDU.unmarshal(list(bytes.fromhex(answer)))
        except ErrorResponse:
            continue
        format2 = read.data.get(Tag.RMTF2) if read.data else None
        if format2 and (0x9F, 0x26) in format2:
            parts = [bytes(format2[tag]).hex() for tag in ((0x9F, 0x27), (0x9F, 0x36), (0x9F, 0x26))]
            print("cryptogram", *parts)


def card():
    from emv.card import Card
    from smartcard.System import readers

    chip = Card(readers()[0].createConnection())
    for application in chip.list_applications():
        print("aid", bytes(application[Tag.ADF_NAME]).hex())
        chip.select_application(application[Tag.ADF_NAME])
        records = chip.get_application_data(chip.get_processing_options()["AFL"])
        print("number", bytes(records[Tag.PAN]).hex())


card() if sys.argv[1] == "card" else dialogue(sys.argv[1:])
print("end")
