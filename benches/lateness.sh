#!/usr/bin/env bash
# How late the boundary is: a real terminal program sells for a minute, ten thousand simulated terminals beside it.
# POSRIG_PYTHON names an interpreter that has tests/peers/requirements.txt.
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --quiet
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
port=${1:-18583}
target/release/posrig hil benches/beside.ron --out "$out/run" \
    --attach "iso8583-server:device=$port,dialect=iso8583-1987-ascii" 2>/dev/null &
session=$!
trap 'kill "$session" 2>/dev/null || true; rm -rf "$out"' EXIT
until (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do sleep 0.1; done
"${POSRIG_PYTHON:-python3}" tests/peers/iso_terminal.py "$port" 100 1.0 00000000 2>/dev/null
wait "$session"
