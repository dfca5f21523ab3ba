#!/usr/bin/env python3
"""A broker's client that means no good: sends commands that nobody should take, and prints what it is answered.

    mqtt_hostile.py HOST PORT GROUP TERMINAL

It prints `result {...}` for each answer and `session STATE`, and ends with the session.
"""

import json
import sys
import threading

import paho.mqtt.client as mqtt

HOST, PORT, GROUP, TERMINAL = sys.argv[1:5]
fired = []
BASE = f"posrig/v1/{GROUP}/{TERMINAL}/command"


def fire(client):
    send = lambda topic, payload, **how: client.publish(topic, payload, qos=1, **how)
    for garbage in (b"", b"restart", b"\xff\xfe\x00", b"[1, 2", b"{}", b'{"do": "explode", "id": "boom"}',
                    b'{"do": "restart", "id": {"deep": 1}}', b"[" * 3000):
        send(BASE, garbage)
    send(BASE, json.dumps({"do": "restart", "id": "x" * 5000}))
    send(BASE, json.dumps({"do": "restart", "id": "y" * 100}))
    send(f"posrig/v1/{GROUP}/nobody-7/command", '{"do": "restart", "id": "ghost"}')
    send(f"posrig/v1/elsewhere/{TERMINAL}/command", '{"do": "restart", "id": "stranger"}')
    for _ in range(2):
        send(BASE, '{"do": "lock", "id": "twice"}')
    send(BASE, '{"do": "restart", "id": "for ever"}', retain=True)
    for number in range(3000):
        send(BASE, json.dumps({"do": "configure", "id": number}))


def on_message(client, _, message):
    if message.topic.endswith("/session"):
        state = json.loads(message.payload)["state"]
        print("session", state, flush=True)
        if state != "running":
            client.disconnect()
        elif not fired:
            fired.append(True)
            threading.Thread(target=fire, args=(client,), daemon=True).start()
    else:
        print("result", message.payload.decode(), flush=True)


def on_connect(client, *_):
    client.subscribe([("posrig/v1/session", 1), ("posrig/v1/+/+/command/result", 1)])


def on_subscribe(client, *_):
    print("ready", flush=True)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="hostile")
client.on_connect, client.on_message, client.on_subscribe = on_connect, on_message, on_subscribe
client.max_queued_messages_set(0)
client.connect(HOST, int(PORT), keepalive=10)
client.loop_forever()
