"""A bench supply, simulated by the SCPI server library scpipy: parser, error queue and status are that library's.

Prints its port, then one line for each change of its output. Modes, by the first argument:
  sound     does what it is told
  nonsense  measures nonsense once its output has been on for a while
  gone      drops every connection once its output is on, and listens again
  stuck     does not switch its output off
"""

import asyncio
import sys

from scpipy.server import Router, Server
from scpipy.shared.errors import DefaultScpiErrors, ScpiException

MODE = sys.argv[1] if len(sys.argv) > 1 else "sound"
supply = {"volts": 0.0, "on": False, "measured": 0}
router = Router()
writers = set()


def say(*words):
    print(*words, flush=True)


@router.register("*IDN?")
def identity(context):
    return "SCPIPY,SUPPLY,0,1.5"


@router.register("VOLTage[:LEVel][:IMMediate][:AMPLitude] <value>")
def set_voltage(context, value: str):
    volts = float(value)
    if not 0.0 <= volts <= 32.0:
        raise ScpiException(DefaultScpiErrors.DATA_OUT_OF_RANGE.value)
    supply["volts"] = volts
    say("volt", f"{volts:.3f}")


@router.register("OUTPut[:STATe] <value>")
def switch(context, value: str):
    on = value.upper() in ("ON", "1")
    if MODE == "stuck" and not on:
        return
    supply["on"] = on
    supply["measured"] = 0
    say("output", "on" if on else "off")


@router.register("OUTPut[:STATe]?")
def is_on(context) -> int:
    return 1 if supply["on"] else 0


@router.register("MEASure[:SCALar]:VOLTage[:DC]?")
def measure(context) -> str:
    supply["measured"] += 1
    if MODE == "nonsense" and supply["on"] and supply["measured"] > 2:
        return "OVLD"
    if MODE == "gone" and supply["on"] and supply["measured"] > 2:
        for writer in list(server._client_writers):
            writer.transport.abort()
    return f"{supply['volts'] if supply['on'] else 0.0:+.6E}"


async def serve():
    # The library does not say which port it was given: it is asked of its own listener.
    listening = asyncio.create_task(server._listen())
    while server._server is None:
        await asyncio.sleep(0.01)
    say("port", server._server.sockets[0].getsockname()[1])
    await listening


server = Server("127.0.0.1", 0)
server.include_router(router)
asyncio.run(serve())
