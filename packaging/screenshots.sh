#!/bin/sh
# Pictures of every stage, dark and light, in docs/screenshots/: the real window, on a real Kafka that is prepared for it.
# Usage: packaging/screenshots.sh. FOREBAY_BINARY names the binary; without it a release one is built.
# Everything that is started here ends here: a broker, a screen, the window. Live is pictured in the demo.
set -eu
cd "$(dirname "$0")/.."
. packaging/system-packages.sh

pictures=$PWD/docs/screenshots
flights=$PWD/assets/flights
log_settings=$PWD/tests/kafka/log4j2.xml
place=$(mktemp -d)
started=""

clean_up() {
    for process in $started; do kill "$process" 2>/dev/null || true; done
    for process in $started; do wait "$process" 2>/dev/null || true; done
    rm -rf "$place"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# begin NAME COMMAND...: starts it; it is ended with this script. What it says stands in $place/NAME.log.
begin() {
    name=$1
    shift
    "$@" >"$place/$name.log" 2>&1 &
    started="$! $started"
}

# until_true SECONDS WHAT COMMAND...: waits until the command succeeds.
until_true() {
    left=$(($1 * 5)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || {
            tail -n 5 "$place"/*.log >&2
            fail "Waited too long for $what."
        }
        sleep 0.2
    done
}

# free_port FROM: the first port from there on that nobody listens at.
free_port() {
    port=$1
    while grep -qi ":$(printf '%04X' "$port") " /proc/net/tcp /proc/net/tcp6; do port=$((port + 1)); done
    echo "$port"
}

kafka() { java -Xmx512m -Dlog4j2.configurationFile="$log_settings" -cp "$FOREBAY_KAFKA_JARS/*" "$@"; }

start_kafka() {
    port=$(free_port 19092)
    controller=$(free_port $((port + 1)))
    cat >"$place/server.properties" <<END
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$controller
controller.listener.names=CONTROLLER
listeners=CONTROLLER://127.0.0.1:$controller,PLAINTEXT://127.0.0.1:$port
log.dirs=$place/kafka
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
END
    kafka kafka.tools.StorageTool format -t Forebay0Screenshots0AA -c "$place/server.properties" >"$place/format.log"
    begin kafka kafka kafka.Kafka "$place/server.properties"
    export FOREBAY_BOOTSTRAP="127.0.0.1:$port"
    until_true 60 "the broker" "$forebay" topics
}

# run_file DEPTH: the flights' own run with trees so deep, for flights that have departed: their delay is known then. The
# learner stands last in the file.
run_file() {
    { sed 's/"dep_delay", //' "$flights/run.toml" && echo "depth = $1"; } >"$place/run-$1.toml"
    echo "$place/run-$1.toml"
}

# A year of flights to learn from, three versions of a model, and two days' flights to score.
prepare_cluster() {
    "$forebay" write "$flights/flights.parquet" --topic flights --partitions 3 --key flight_id --time sched_dep_utc
    for depth in 2 4 6; do
        "$forebay" train "$(run_file "$depth")" --publish late
    done
    "$forebay" alias late 2 champion
    "$forebay" alias late 3 challenger
    "$forebay" read flights --from 2013-12-19T10:00:00Z --to 2013-12-21T10:00:00Z -o "$place/days.jsonl"
    "$forebay" write "$place/days.jsonl" --topic departures --partitions 3
}

prepare_window() {
    export FOREBAY_CONFIG_DIR="$place/config"
    mkdir "$FOREBAY_CONFIG_DIR"
    cat >"$FOREBAY_CONFIG_DIR/settings.toml" <<END
time_zone = "America/New_York"
END
    cat >"$FOREBAY_CONFIG_DIR/connections.toml" <<END
[[connections]]
name = "local"
bootstrap = "$FOREBAY_BOOTSTRAP"

[[connections]]
name = "staging"
bootstrap = "kafka-1.staging.example:9093,kafka-2.staging.example:9093"

[connections.security]
protocol = "SASL_SSL"
mechanism = "SCRAM-SHA-512"
username = "ana"

[[connections]]
name = "airport-prod"
bootstrap = "kafka.airport.example:9093"
read_only = true

[connections.security]
protocol = "SSL"
END
    cat >"$place/nyc-delays.forebay" <<END
format = 1

[connection]
name = "local"

[layout]
stage = "connect"
topic = "flights"
model = "late"

[layout.tables."Records of flights"]
hidden = ["sched_dep_utc", "dep_utc", "sched_arr_utc", "arr_utc", "status", "flight_id", "year", "month", "day", "hour", "minute"]
order = ["carrier", "flight", "tailnum", "origin", "dest", "sched_dep_time", "dep_time", "dep_delay"]

[ranges.flights]
topics = ["flights"]
from = "2013-02-01T05:00:00Z"
to = "2013-11-01T04:00:00Z"
codec = "json"

[[pipelines]]
name = "delay-features"
topic = "flights"

[[pipelines.steps]]
step = "drop"
columns = [
  "flight_id", "status", "year", "day", "minute", "flight", "tailnum", "dest", "dep_utc", "arr_utc", "dep_time",
  "arr_time", "arr_delay", "air_time", "sched_arr_utc", "sched_dep_time", "sched_arr_time",
]

[[pipelines.steps]]
step = "cast"
columns = ["sched_dep_utc"]
to = "time"

[[pipelines.steps]]
step = "date-parts"
columns = ["sched_dep_utc"]
parts = ["weekday"]

[[pipelines.steps]]
step = "impute"
columns = ["dep_delay", "temp", "wind_speed", "visib", "precip"]
with = "median"

[[pipelines.steps]]
step = "impute"
columns = ["pressure"]
with = "median"
indicator = true

[[pipelines.steps]]
step = "one-hot"
columns = ["carrier", "origin"]

[[pipelines.steps]]
step = "standardize"
columns = ["dep_delay", "hour", "distance", "temp", "wind_speed", "visib", "precip", "pressure"]

[training]
seed = 42

[training.task]
kind = "classification"
target = { column = "arr_delay", above = 15.0 }

[training.split]
by = "time"
train = 0.7
valid = 0.15
test = 0.15
gap = "1h"

[[training.learners]]
kind = "logistic-regression"

[[training.learners]]
kind = "boosted-trees"
rounds = 60

[[deployments]]
name = "late@champion"

[deployments.request]
model = "late@champion"
model_topic = "models"
input = "departures"
output = "departures.predictions"
dead_letter = "departures.dead-letter"
from_beginning = true
commit_ms = 20

# End of the workspace
END
}

open_screen() {
    Xvfb -displayfd 3 -screen 0 1440x900x24 -nolisten tcp 3>"$place/screen" >"$place/screen.log" 2>&1 &
    started="$! $started"
    until_true 20 "the screen" test -s "$place/screen"
    DISPLAY=:$(cat "$place/screen")
    export DISPLAY LIBGL_ALWAYS_SOFTWARE=1
}

# open_window ARGUMENTS...: the window has the keys from now on: nobody else manages windows on this screen.
open_window() {
    # It connects where its workspace says.
    begin window env -u FOREBAY_BOOTSTRAP "$forebay" --frame-times "$place/frames" "$@"
    until_true 60 "the window" xdotool search --onlyvisible --name Forebay
    window=$(xdotool search --onlyvisible --name Forebay | head -n 1)
    xdotool windowfocus "$window"
    out_of_the_way
}

close_window() {
    kill "${started%% *}"
    wait "${started%% *}" || true
    until_true 20 "the window's end" not xdotool search --onlyvisible --name Forebay
}

not() { ! "$@"; }

key() { xdotool key --clearmodifiers "$@"; }
click() { xdotool mousemove "$1" "$2" click 1; }
out_of_the_way() { xdotool mousemove 330 20; }

# run_command TITLE: runs a command from the palette.
run_command() {
    key ctrl+k
    drawn
    xdotool type --delay 20 "> $1"
    drawn
    key Return
    drawn
}

# drawn: waits until the last key is seen. Live draws four times a second as long as it is shown.
drawn() { if [ "$stage" = live ]; then sleep 1; else settled 1; fi; }

# settled SECONDS: waits until the window has drawn nothing for so long. While a job runs it draws ten times a second, and
# a message on the screen is drawn once more when it goes, after 6 seconds.
settled() {
    still=0
    patience=600
    while [ "$still" -lt "$1" ]; do
        before=$(wc -c <"$place/frames")
        sleep 1
        if [ "$(wc -c <"$place/frames")" = "$before" ]; then still=$((still + 1)); else still=0; fi
        patience=$((patience - 1))
        [ "$patience" -gt 0 ] || fail "The window does not come to rest."
    done
}

picture() {
    import -window "$window" -strip -define png:compression-level=9 "$pictures/$1.png"
    echo "$1"
}

# take NAME: the stage as it is, in both themes.
take() {
    picture "$1"
    run_command "Switch to the light theme"
    picture "$1-light"
    run_command "Switch to the dark theme"
}

# The stages in such an order that each has what it shows.
take_pictures() {
    stage=start
    settled 2
    key ctrl+6
    settled 2
    # It is deployed, and from then on Live draws all the time.
    key ctrl+Return
    sleep 2
    key ctrl+1
    settled 1
    key F5
    settled 7
    take connect

    key ctrl+2
    settled 7
    click 700 560
    out_of_the_way
    settled 1
    take browse
    xdotool windowsize --sync "$window" 1024 700
    settled 2
    picture browse-small
    xdotool windowsize --sync "$window" 1440 900
    settled 1
    key ctrl+Return
    settled 7

    key ctrl+3
    settled 2
    run_command "Compare batch and stream"
    settled 7
    click 200 365
    click 700 475
    out_of_the_way
    settled 1
    take prepare

    key ctrl+4
    settled 2
    key ctrl+Return
    settled 7
    click 1000 303
    out_of_the_way
    settled 2
    take train

    key ctrl+5
    settled 7
    take models
}

# Live is shown as the demo has it: its labels come while one looks.
take_live() {
    stage=live
    sleep 75
    take live
}

need_java_17
need mvn "Maven"
# shellcheck disable=SC2086 # the packages are words of their own
install_packages $window_packages $screen_packages
kafka_jars
forebay=${FOREBAY_BINARY:-}
if [ -z "$forebay" ]; then
    need cargo "Rust"
    # shellcheck disable=SC2086 # the packages are words of their own
    install_packages $build_packages
    cargo build --quiet --release --locked
    forebay=$CARGO_TARGET_DIR/release/forebay
fi
mkdir -p "$pictures"
start_kafka
prepare_cluster
prepare_window
open_screen
open_window "$place/nyc-delays.forebay" --typed-paths
take_pictures
close_window
open_window demo --folder "$place/demo"
take_live
