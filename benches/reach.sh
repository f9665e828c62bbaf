#!/usr/bin/env bash
# A real monthly step on its way to every institution: two releases of the masters of r06 are published as two
# organisations do it, and 215,060 receivers behind 47 x 2 mirrors take the second one, on a virtual clock, by
# the client's own code.
#
#     reach.sh WARIFU DATA WORK [name=value ...]
#
# DATA has procedure/ and drug/ with the files of r06; WORK keeps the channels, so that a second run begins with
# the simulation. The names are those of crates/warifu-channels/examples/reach.rs, which must have been built:
# cargo build --release -p warifu-channels --example reach
set -euo pipefail
warifu=$(realpath "$1") data=$(realpath "$2") work=$3
shift 3
reach=$(realpath target/release/examples/reach)
mkdir -p "$work" && cd "$work"
export WARIFU_AUTHOR="Bench <bench@example.jp>" XDG_STATE_HOME="$PWD/states" WARIFU_PASSPHRASE_FILE="$PWD/passphrase"
if [ ! -d after ]; then
    echo "correct horse battery" >passphrase
    place=(--channel channel --root root.json)
    for key in aoki:kikin abe:kikin baba:kokuho bito:kokuho; do
        "$warifu" key generate "${key%:*}" --organisation "${key#*:}"
    done
    "$warifu" key generate ci
    "$warifu" trust init --kikin aoki.pub.json --kikin abe.pub.json --kokuho baba.pub.json \
        --kokuho bito.pub.json --timestamp ci.pub.json -o root.draft.json
    for officer in aoki abe bito; do "$warifu" trust sign root.draft.json --key $officer.key --yes; done
    "$warifu" trust finish root.draft.json -o root.json --channel channel
    "$warifu" init kikin --series r06=procedure:2024-06-01,drug:2024-04-01
    git clone --quiet kikin kokuho
    publish() {
        git -C kokuho pull --quiet
        accepted=()
        if [ -d before ]; then
            classes=$("$warifu" release changes --repo kikin "${place[@]}" --json | python3 -c \
                'import json, sys; print(",".join(json.load(sys.stdin)["classes"]))')
            [ -z "$classes" ] || accepted=(--accept-past "$classes" --reason revision --source notice-1)
        fi
        "$warifu" release draft --repo kikin "${place[@]}" --title "$1" -o "$1" "${accepted[@]}"
        "$warifu" release sign "$1" --repo kikin "${place[@]}" --key aoki.key --yes
        "$warifu" release sign "$1" --repo kokuho "${place[@]}" --key baba.key --yes
        "$warifu" release publish "$1" "${place[@]}" --key ci.key
    }
    files() { ls "$data/$1/$2"_2024*.csv | grep -v columns | awk -F'[_.]' -v from="$3" '$(NF - 1) > from'; }
    mapfile -t procedures < <(files procedure s 20240601)
    mapfile -t drugs < <(files drug y 20240321)
    "$warifu" import --repo kikin --series r06 "$data/procedure/s_ALL20240531.csv" "${procedures[@]:0:${#procedures[@]}-1}"
    "$warifu" import --repo kikin --series r06 "$data/drug/y_ALL20240321.csv" "${drugs[@]:0:${#drugs[@]}-1}"
    publish first
    cp -r channel before
    "$warifu" import --repo kikin --series r06 "${procedures[-1]}"
    "$warifu" import --repo kikin --series r06 "${drugs[-1]}"
    publish second
    cp -r channel after
    date +%s >instant
fi >made.log 2>&1 || { tail -n 20 made.log >&2; exit 1; }
"$reach" before after root.json "$(cat instant)" "$@"
echo "load: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) processors"
