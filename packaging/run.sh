#!/bin/sh
# Builds Forebay and starts it: packaging/run.sh [arguments of forebay]
set -eu
folder=$(cd "$(dirname "$0")/.." && pwd)
. "$folder/packaging/system-packages.sh"

need cargo "Rust"
# shellcheck disable=SC2086 # the packages are words of their own
install_packages $build_packages $window_packages
cargo build --quiet --release --locked --manifest-path "$folder/Cargo.toml"
exec "$CARGO_TARGET_DIR/release/forebay" "$@"
