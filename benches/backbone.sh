#!/usr/bin/env bash
# What the wider world costs: the same scenario by this tree and by the backbone, in turns, on one thread.
# benches/backbone.sh [REVISION] [ROUNDS]; prints seconds a round and the ratio of the medians.
set -euo pipefail
cd "$(dirname "$0")/.."
revision=${1:-067660e}
rounds=${2:-5}
room=$(mktemp -d)
trap 'git worktree remove --force "$room/tree" >/dev/null 2>&1 || true; rm -rf "$room"' EXIT
git worktree add --quiet --detach "$room/tree" "$revision"
cargo build --release --quiet
cargo build --release --quiet --manifest-path "$room/tree/Cargo.toml" --target-dir "$room/target"
sed 's/count: 100000/count: 10000/' benches/hundred-thousand.ron >"$room/bench.ron"
seconds() {
    local began
    began=$(date +%s.%N)
    "$1" run "$room/bench.ron" --out "$room/run" -q
    echo "$(date +%s.%N) - $began" | bc
}
for ((round = 1; round <= rounds; round++)); do
    seconds "$room/target/release/posrig" >>"$room/old"
    seconds target/release/posrig >>"$room/new"
    echo "round $round: backbone $(tail -1 "$room/old") s, now $(tail -1 "$room/new") s"
done
median() { sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"; }
echo "medians: backbone $(median "$room/old") s, now $(median "$room/new") s, ratio $(echo "scale=3; $(median "$room/new") / $(median "$room/old")" | bc)"
