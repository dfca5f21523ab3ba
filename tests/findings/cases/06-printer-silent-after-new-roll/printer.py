"""An ESC/POS printer. Six seconds after first contact its paper ends; eight seconds later there is a new roll and every status
says sound, but nothing comes out any more. Prints `port N`, and `receipt N` for each that came out."""

import socket
import threading
import time

REAL_TIME_STATUS, CUT, TRANSMIT_STATUS = b"\x10\x04", b"\x1dV\x01", b"\x1dr\x01"
RECOVER = b"\x10\x05\x02"
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
# By the number in the request: printer, cause of being off line, error, paper.
SOUND = {1: 0x12, 2: 0x12, 3: 0x12, 4: 0x12}
PAPER_OUT = {1: 0x1A, 2: 0x32, 3: 0x12, 4: 0x7E}

met = None
receipts = 0


def since_met():
    return time.monotonic() - met


def taken_out(buffer, request):
    while (at := buffer.find(request)) >= 0:
        # What was waiting is dropped with the buffers; otherwise only the request goes.
        kept = b"" if request == CLEAR_BUFFERS else buffer[:at]
        buffer = kept + buffer[at + len(request) :]
    return buffer


def serve(connection):
    global met, receipts
    connection.settimeout(0.05)
    buffer = b""
    while True:
        try:
            came = connection.recv(4096)
            if not came:
                return
            buffer += came
        except TimeoutError:
            pass
        except OSError:
            return
        met = time.monotonic() if met is None else met
        # Real-time requests are answered at once, wherever they stand.
        while 0 <= (at := buffer.find(REAL_TIME_STATUS)) <= len(buffer) - 3:
            status = PAPER_OUT if 6 < since_met() < 14 else SOUND
            connection.sendall(bytes([status[buffer[at + 2]]]))
            buffer = buffer[:at] + buffer[at + 3 :]
        buffer = taken_out(taken_out(buffer, CLEAR_BUFFERS), RECOVER)
        if since_met() > 6:
            continue
        while (at := buffer.find(CUT)) >= 0:
            receipts += 1
            print("receipt", receipts, flush=True)
            buffer = buffer[at + len(CUT) :]
        while buffer.startswith(TRANSMIT_STATUS):
            connection.sendall(b"\x00")
            buffer = buffer[len(TRANSMIT_STATUS) :]


listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
while True:
    connected, _ = listener.accept()
    threading.Thread(target=serve, args=(connected,), daemon=True).start()
