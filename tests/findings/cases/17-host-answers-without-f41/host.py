"""A host that approves everything and leaves the terminal's number, F41, out of its answers. Prints `port N`."""

import socket
import threading

from bare_terminal import Wire

REPEATED = ("2", "3", "4", "11", "12", "13", "14", "42", "49", "60", "70")


def serve(connection):
    wire = Wire(connection)
    while (asked := wire.receive()) is not None:
        answer = {name: asked[name] for name in REPEATED if name in asked}
        answer.update({"t": f"{int(asked['t']) + 10:04}", "39": "00"})
        if asked["t"] != "0800":
            answer["37"] = f"{int(asked['11']):012}"
        if asked["t"] in ("0200", "0220"):
            answer["38"] = asked["11"]
        wire.send(answer)


listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
while True:
    connected, _ = listener.accept()
    threading.Thread(target=serve, args=(connected,), daemon=True).start()
