#!/usr/bin/env bash
# The codec's bench, and pyiso8583 on the same messages. POSRIG_PYTHON names an interpreter that has pyiso8583.
set -euo pipefail
cd "$(dirname "$0")"
cargo bench --bench codec "$@"
for dialect in unionpay iso8583-1987-ascii; do
    "${POSRIG_PYTHON:-python3}" ../tests/peers/iso_codec.py time "$dialect" "target/codec/$dialect.hex" 5
done
