#!/usr/bin/env python3
"""A fleet back office on an MQTT broker: restarts terminals that raise an alarm, and checks every payload by its schema.

    mqtt_back_office.py HOST PORT SCHEMA.json SUSPECT ORDER

It prints `ready`, then one line for each alarm, status, session state and result, and `summary {...}` when the session ends.
"""

import collections
import json
import sys

import jsonschema
import paho.mqtt.client as mqtt

HOST, PORT, SCHEMA, SUSPECT, ORDER = sys.argv[1:6]
WHOLE = json.load(open(SCHEMA, encoding="utf-8"))
# The last levels of a topic say which of the payloads it carries.
KINDS = {"heartbeat": "Heartbeat", "telemetry": "Telemetry", "alarm": "Alarm", "status": "Status",
         "result": "Result", "session": "Session", "command": "Command"}


def validator(kind):
    schema = {"$ref": f"#/$defs/{kind}", "$defs": WHOLE["$defs"]}
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


CHECKS = {level: validator(kind) for level, kind in KINDS.items()}
seen = collections.Counter()
open_alarms = {}
pending = {}
count = 0


def say(*words):
    print(*words, flush=True)


def order(client, base, terminal):
    global count
    count += 1
    command = {"do": ORDER, "id": f"order-{count}"}
    CHECKS["command"].validate(command)
    pending[terminal] = command["id"]
    seen["ordered"] += 1
    client.publish(f"{base}/command", json.dumps(command), qos=1)


def on_message(client, _, message):
    levels = message.topic.split("/")
    kind = levels[-1]
    if kind == "command":
        return
    payload = json.loads(message.payload)
    CHECKS[kind].validate(payload)
    seen[kind] += 1
    if kind == "session":
        say("session", payload["state"], "retained" if message.retain else "live")
        if payload["state"] in ("ended", "lost") and not message.retain:
            client.disconnect()
        return
    terminal = payload["terminal"]
    base = "/".join(levels[:4])
    assert levels[3] == terminal, message.topic
    if kind == "status":
        say("status", terminal, payload["state"])
    if kind == "alarm":
        say("alarm", terminal, payload["suspect"], payload["state"])
        key = (terminal, payload["suspect"])
        if payload["state"] == "cleared":
            open_alarms.pop(key, None)
        else:
            open_alarms[key] = base
            if payload["suspect"] == SUSPECT and terminal not in pending:
                order(client, base, terminal)
    if kind == "heartbeat" and (terminal, SUSPECT) in open_alarms and terminal not in pending:
        # It is back and the trouble is not gone: once more.
        order(client, base, terminal)
    if kind == "result":
        say("result", terminal, payload.get("id"), payload["result"], payload.get("why", ""))
        seen[payload["result"]] += 1
        if pending.get(terminal) == payload.get("id"):
            del pending[terminal]


def on_connect(client, *_):
    client.subscribe("posrig/v1/#", qos=1)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="back-office")
client.on_connect = on_connect
client.on_message = on_message
client.on_subscribe = lambda *_: say("ready")
client.connect(HOST, int(PORT), keepalive=10)
client.loop_forever()
say("summary", json.dumps({**seen, "open": len(open_alarms)}))
