#!/usr/bin/env python3
"""A fault-handling policy: what the shipped procedures do, but software trouble is met with a restart from afar first.

    posrig run scenarios/showcase/software.ron --policy "python3 programs/examples/policy.py"

Every line that posrig writes is a JSON object; one of type "decide" waits for one line in answer. See docs/policy.md.
"""

import json
import sys

SCHEMA = "posrig.policy/3"


def decide(question):
    """The recovery action for this attempt: {"do": action, "by": performer}, {"do": "default"}, {"wait_s": seconds}, ..."""
    restarted = any(it["do"] == "restart-terminal" for it in question["tried"])
    if question["alarm"]["family"] == "software" and not restarted:
        return {"do": "restart-terminal", "by": "remote"}
    return {"do": "default"}


def main():
    hello = json.loads(sys.stdin.readline())
    if hello["schema"] != SCHEMA:
        sys.exit(f"this policy speaks {SCHEMA}, not {hello['schema']}")
    asked = closed = 0
    for line in sys.stdin:
        said = json.loads(line)
        if said["type"] == "decide":
            asked += 1
            print(json.dumps(decide(said)), flush=True)
        elif said["type"] == "closed":
            closed += 1
    print(f"asked {asked} times, {closed} incidents closed", file=sys.stderr)


if __name__ == "__main__":
    main()
