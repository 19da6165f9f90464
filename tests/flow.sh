#!/usr/bin/env bash
# The whole flow without a window, on the flights data: topic, slice, model, model topic, predictions.
# Usage: tests/flow.sh HOST:PORT [FOLDER]. FOREBAY names the binary, by default the one on the PATH.
# The cluster should have no topics called flights, autumn, models or predictions yet.
set -euo pipefail
flights=$(cd "$(dirname "$0")/../assets/flights" && pwd)
forebay=${FOREBAY:-forebay}
export FOREBAY_BOOTSTRAP=${1:?usage: tests/flow.sh HOST:PORT [FOLDER]}
cd "${2:-$(mktemp -d)}"

step() { printf '\n== %s\n' "$*"; }

# same WHAT GOT EXPECTED
same() {
    [ "$2" = "$3" ] || { echo "$1: $2, and not $3" >&2; exit 1; }
}

lines() { "$forebay" read "$@" -o - | wc -l; }

# field NAME: the first number of that name in a JSON document on standard input.
field() { sed -n "s/^ *\"$1\": \([0-9][0-9]*\),\{0,1\}$/\1/p" | head -n 1; }

step "write the topic"
"$forebay" write "$flights/flights.parquet" --topic flights --partitions 4 --time sched_dep_utc

step "see it"
"$forebay" topics
"$forebay" topic flights

step "choose and read, by offsets and by time"
"$forebay" plan flights --from 1000 --to 2000
same "rows by offsets" "$(lines flights --from 1000 --to 2000)" 4000
"$forebay" read flights --from 2013-01-01 --to 2013-02-01 -o january.parquet
"$forebay" profile flights --from -1000

step "train, publish, name"
"$forebay" train "$flights/run.toml" -o late.zip
"$forebay" publish late.zip --name late
"$forebay" alias late 1 champion
"$forebay" models

step "score what the model has not seen, live"
"$forebay" read flights --from 2013-10-01 -o autumn.jsonl
"$forebay" write autumn.jsonl --topic autumn --partitions 4
arrived=$("$forebay" plan autumn --json | field offsets)
"$forebay" score late@champion --input autumn --output predictions --until-end

step "count"
predicted=$(lines predictions)
places=$("$forebay" read predictions -o - | sed 's/.*\("input.partition":[0-9]*,"input.offset":[0-9]*\).*/\1/' | sort -u | wc -l)
same "predictions" "$predicted" "$arrived"
same "records predicted" "$places" "$arrived"
echo "$predicted predictions of $arrived records: one prediction per record"

step "the same model on a file"
"$forebay" pull late@champion -o again.zip
same "the package" "$(sha256sum < again.zip)" "$(sha256sum < late.zip)"
"$forebay" predict late@champion --input january.parquet -o january-predicted.parquet
