# What packaging/run.sh, packaging/screenshots.sh and tests/run.sh have in common; read in with `.`.

# Builds librdkafka and OpenSSL from source: a compiler, CMake, make, Perl. Of curl only a header: librdkafka 2.12 takes it in
# even where it is told to do without curl.
build_packages="cmake gcc g++ libcurl4-openssl-dev libssl-dev make perl pkg-config"

# Loaded by the window while it runs.
window_packages="libegl1 libgl1-mesa-dri libgles2 libxcursor1 libxi6 libxkbcommon-x11-0 libxrandr2"

# A screen that nobody sees, with keys that nobody presses.
screen_packages="imagemagick xauth xdotool xvfb"

cache_folder="${XDG_CACHE_HOME:-$HOME/.cache}/forebay"

# Everything built stays outside the clone, so that a clean checkout is warm.
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache_folder/target}"

fail() {
    echo "$1" >&2
    exit 1
}

# need PROGRAM WHAT: one line where a program is missing that no package of ours brings.
need() {
    command -v "$1" >/dev/null 2>&1 || fail "$2 is missing: $1 is not on the path."
}

# need_java_17: Java 17 or newer.
need_java_17() {
    need java "Java 17"
    version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${version:-0}" -ge 17 ] || fail "Java 17 is missing: java is version ${version:-unknown}."
}

# install_packages NAME...: installs those that are not there, by apt; elsewhere names them and stops.
install_packages() {
    if ! command -v apt-get >/dev/null 2>&1; then
        command -v cmake >/dev/null 2>&1 && command -v make >/dev/null 2>&1 && command -v c++ >/dev/null 2>&1 && return
        fail "This is no Debian or Ubuntu. Install what these packages hold, then run this again: $*"
    fi
    missing=""
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    as_root=""
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 || fail "Install these packages as root, then run this again:$missing"
        as_root="sudo"
    fi
    echo "installing$missing"
    # shellcheck disable=SC2086 # the packages are words of their own
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >/dev/null ||
        { $as_root apt-get update >/dev/null &&
            $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing >/dev/null; } ||
        fail "apt could not install:$missing"
}

# kafka_jars: FOREBAY_KAFKA_JARS, with the jars of a real Kafka, which Maven copies there once; from the root of the clone.
kafka_jars() {
    kafka_version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' tests/kafka/pom.xml)
    export FOREBAY_KAFKA_JARS="${FOREBAY_KAFKA_JARS:-$cache_folder/kafka-$kafka_version/lib}"
    if [ -d "$FOREBAY_KAFKA_JARS" ] && [ -n "$(ls "$FOREBAY_KAFKA_JARS")" ]; then return; fi
    # Copied beside and renamed, so that a copy that was cut short is not taken for a whole one.
    rm -rf "$FOREBAY_KAFKA_JARS.part"
    mvn -q -B -f tests/kafka/pom.xml dependency:copy-dependencies -DoutputDirectory="$FOREBAY_KAFKA_JARS.part" &&
        mv "$FOREBAY_KAFKA_JARS.part" "$FOREBAY_KAFKA_JARS"
}

# python_witness: FOREBAY_PYTHON, an interpreter that has the Python clients of the tests, in an environment of its own that is
# made once for each requirements file; from the root of the clone.
python_witness() {
    if [ -n "${FOREBAY_PYTHON:-}" ]; then return; fi
    requirements=tests/cluster/conformance/requirements.txt
    environment="$cache_folder/python-$(cksum <"$requirements" | cut -d ' ' -f 1)"
    export FOREBAY_PYTHON="$environment/bin/python"
    if [ -x "$FOREBAY_PYTHON" ] && [ -e "$environment/complete" ]; then return; fi
    rm -rf "$environment"
    python3 -m venv "$environment" &&
        "$FOREBAY_PYTHON" -m pip install --quiet --disable-pip-version-check -r "$requirements" &&
        : >"$environment/complete" || fail "The Python clients of the tests could not be installed in $environment."
}
