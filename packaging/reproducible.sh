#!/usr/bin/env bash
# Builds the commit that is checked out twice, in two folders of other names and lengths, and compares what is
# given out byte for byte. WHAT=deb leaves the static programs out; KEEP=1 leaves both folders where they are.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${WHAT:-all}
checkout=$PWD
scratch=$(mktemp -d "${TMPDIR:-/tmp}/warifu-twice.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
export PATH="$checkout/target/tools/bin:$PATH"
one=$scratch/one other="$scratch/another/folder-with-a-longer-name"
# Both before either is built: the checkout may go on meanwhile.
for folder in "$one" "$other"; do
    mkdir -p "$(dirname "$folder")" && git clone --quiet "$checkout" "$folder"
done
for folder in "$one" "$other"; do
    (cd "$folder" && env -u CARGO_TARGET_DIR bash packaging/build.sh "$what" >"$scratch/log" 2>&1) ||
        { tail -30 "$scratch/log" >&2; exit 2; }
done
status=0
while read -r file; do
    if cmp -s "$one/target/package/$file" "$other/target/package/$file"; then
        echo "the same: $(sha256sum "$one/target/package/$file" | cut -d' ' -f1) $file"
    else
        echo "DIFFERS: $file" && status=1
    fi
done < <(cd "$one/target/package" && find . -name '*.deb' -o -path './static/*' -type f -o -path './cargo/release/*' \
    -type f | sort)
# No folder of this machine is named in what is given out.
for folder in "$scratch" "${CARGO_HOME:-$HOME/.cargo}"; do
    if grep -rlaF "$folder" "$one/target/package" --include=warifu --include=warifu-checker; then
        echo "NAMES THIS MACHINE: $folder" && status=1
    fi
done
if [ -n "${KEEP:-}" ]; then trap - EXIT && echo "kept: $scratch"; fi
exit $status
