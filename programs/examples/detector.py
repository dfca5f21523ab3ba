#!/usr/bin/env python3
"""A detector: a CUSUM of requests that are not answered, one for each terminal.

    posrig run scenarios/showcase/comms.ron --detector "python3 programs/examples/detector.py"

Each unanswered request adds 6, each answered one takes 1, never below 0: the sum follows the logarithm of the likelihood of 30 % lost
requests against 5 % (E. S. Page, Biometrika 41, 1954). At 20 it alarms, back at 0 it is over. See docs/detector.md.
"""

import json
import sys

SCHEMA = "posrig.detector/1"
ADDS, TAKES, ALARM_AT = 6, 1, 20
SYMPTOM = "requests-unanswered"


def judge(sums, alarmed, seen):
    """What one observation makes of a terminal's sum."""
    terminal = seen["actor"]
    change = -TAKES if seen["answered"] else ADDS
    now = sums[terminal] = min(max(sums.get(terminal, 0) + change, 0), ALARM_AT)
    if now >= ALARM_AT and terminal not in alarmed:
        alarmed.add(terminal)
        # A fault of the link or of what stands behind it, by what is commonest; one in five is nothing that lasts.
        candidates = [{"fault": "cellular.half-open", "weight": 0.5}, {"fault": "wifi.interference", "weight": 0.3}]
        return {"alarm": {"symptom": SYMPTOM, "candidates": candidates}}
    if now == 0 and terminal in alarmed:
        alarmed.remove(terminal)
        return {"over": SYMPTOM}
    return {}


def main():
    hello = json.loads(sys.stdin.readline())
    if hello["schema"] != SCHEMA:
        sys.exit(f"this detector speaks {SCHEMA}, not {hello['schema']}")
    print(json.dumps({"observe": ["request"]}), flush=True)
    sums, alarmed = {}, set()
    for line in sys.stdin:
        said = json.loads(line)
        if said["type"] == "observation":
            print(json.dumps(judge(sums, alarmed, said)), flush=True)


if __name__ == "__main__":
    main()
