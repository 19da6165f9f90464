#!/bin/sh
# Sets up what the tests need and runs everything: formatting, lints, documentation, tests, the release binary.
# The parts run one after another; a failed one does not keep the next from running.
set -eu
cd "$(dirname "$0")/.."
. packaging/system-packages.sh

summary=""
failed=0

# part NAME COMMAND...: runs a part, prints its time, remembers how it ended.
part() {
    name=$1
    shift
    echo "== $name"
    began=$(date +%s)
    if "$@"; then result=ok; else result=FAILED failed=1; fi
    line=$(printf '%-14s %-6s %4d s' "$name" "$result" $(($(date +%s) - began)))
    echo "== $line"
    summary="$summary$line
"
}

set_up() {
    # shellcheck disable=SC2086 # the packages are words of their own
    install_packages $build_packages $window_packages $screen_packages
    kafka_jars
    python_witness
}

# The tests draw windows: on a screen of their own, whose number Xvfb finds.
with_screen() {
    xvfb-run --auto-servernum --server-args "-screen 0 1600x1000x24" "$@"
}

documentation() {
    RUSTDOCFLAGS="-D warnings" cargo doc --quiet --locked --no-deps --document-private-items
}

release_binary() {
    cargo build --quiet --release --locked &&
        version=$("$CARGO_TARGET_DIR/release/forebay" --version) &&
        echo "$version" &&
        [ "$version" = "forebay $(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)" ]
}

need git "Git"
need cargo "Rust"
need_java_17
need mvn "Maven"
need python3 "Python 3"

part "set up" set_up
[ "$failed" -eq 0 ] || exit 1
part "format" cargo fmt --check
part "lints" cargo clippy --quiet --locked --all-targets -- -D warnings
part "documentation" documentation
# A test that never ends is named by the last "has been running" above, and must not keep the rest from being told.
part "tests" with_screen timeout --kill-after=60 3300 cargo test --quiet --locked
part "release" release_binary

printf '\n%s' "$summary"
exit "$failed"
