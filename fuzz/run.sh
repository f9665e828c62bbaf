#!/usr/bin/env bash
# Runs every fuzz target for a while: fuzz/run.sh [SECONDS] [TARGET...]. Stable Rust and a C++ compiler do.
# As many run at once as there are cores; JOBS=1 for one after the other.
# What is found new stays under target/fuzz-corpus; a crash stops the script and says which input it was.
# SEED=1 (any number above 0) tries the same inputs each time, RUNS of them or as far as the seconds reach: what
# was green here is green elsewhere. What was found before is left out then.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-60}
shift || true
# For libFuzzer a word is 0 seconds, and 0 seconds are for ever.
if ! [[ $seconds =~ ^[1-9][0-9]*$ ]]; then
    echo "fuzz/run.sh [SECONDS] [TARGET...]: $seconds is no number of seconds" >&2
    exit 2
fi

if ! command -v c++ >/dev/null; then
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq g++ >/dev/null
    else
        echo "run as root once, or install: g++" >&2
        exit 2
    fi
fi

# What `cargo fuzz build --sanitizer none` sets: the library forbids unsafe code, so coverage is all that is
# needed.
export RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1"
host=$(rustc -vV | sed -n 's/^host: //p')
targets=("$@")
[ ${#targets[@]} -gt 0 ] || for file in fuzz/fuzz_targets/*.rs; do targets+=("$(basename "$file" .rs)"); done
# What is not asked for is not built; what is called so nowhere is told by cargo.
cargo build --quiet --release --manifest-path fuzz/Cargo.toml --target "$host" --target-dir target/fuzz \
    "${targets[@]/#/--bin=}"

# One target, told in one line. 255 is what xargs begins nothing more after.
fuzz() {
    local target=$1 new=target/fuzz-corpus/$1 log=target/fuzz-$1.log
    local bound=(-max_total_time="$SECONDS_EACH" -seed="${SEED:-0}")
    if [ "${SEED:-0}" != 0 ]; then
        new=target/fuzz-corpus-of-a-seed/$target
        rm -rf "$new"
        bound+=(-runs="${RUNS:-20000}")
    fi
    mkdir -p "$new" target/fuzz-crashes
    if ! "target/fuzz/$HOST/release/$target" "$new" "fuzz/corpus/$target" "${bound[@]}" \
        -rss_limit_mb=1024 -timeout=10 -max_len=65536 -print_final_stats=1 \
        -artifact_prefix="target/fuzz-crashes/$target-" >"$log" 2>&1; then
        { echo "$target: FAILED" && tail -n 40 "$log"; } >&2
        return 255
    fi
    awk -v target="$target" '
        /stat::number_of_executed_units/ {units=$2} /cov: / {for (i = 1; i < NF; i++) if ($i == "cov:") cover=$(i+1)}
        END {
            printf "%s: %d inputs, coverage %d\n", target, units, cover
            # Whoever tried nothing, or saw nothing of it, has found nothing.
            if (units == 0 || cover == 0) {
                print target ": FAILED: nothing was tried" >"/dev/stderr"
                exit 255
            }
        }' "$log"
}
export -f fuzz
# As many at once as there are cores, unless JOBS says otherwise: each takes one.
printf '%s\n' "${targets[@]}" |
    SECONDS_EACH=$seconds HOST=$host xargs -P "${JOBS:-$(nproc)}" -I '{}' bash -c 'fuzz "$1"' fuzz '{}'
