#!/usr/bin/env bash
# A normal month and a Sunday night on the published files: every command that a person types, and how long it
# takes. Kikin, Kokuho and the release manager are three folders. usage: month.sh WARIFU CHECKER DATA
set -euo pipefail
warifu=$(realpath "$1") checker=$(realpath "$2") data=$(realpath "$3")
work=$(mktemp -d)
trap 'kill "${serving:-}" 2>/dev/null; [ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
cd "$work"
mkdir kikin kokuho publisher
export WARIFU_AUTHOR="Bench <bench@example.jp>" WARIFU_PASSPHRASE_FILE=$work/pass WARIFU_LANG=en
export WARIFU_CHANNEL=$work/channel WARIFU_ROOT=$work/root.json XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work
echo "a long bench passphrase" >pass

prepare() {
    mkdir keys
    for name in aoki abe baba bito; do
        side=kikin; [[ $name == b* ]] && side=kokuho
        "$warifu" key generate $name --organisation $side --dir keys
    done
    "$warifu" key generate publisher --dir keys
    "$warifu" trust init --kikin keys/aoki.pub.json --kikin keys/abe.pub.json --kokuho keys/baba.pub.json \
        --kokuho keys/bito.pub.json --timestamp keys/publisher.pub.json -o root-draft.json
    for name in aoki abe baba; do "$warifu" trust sign root-draft.json --key keys/$name.key --yes; done
    "$warifu" trust finish root-draft.json -o root.json --channel channel
    "$warifu" init kikin/masters
    "$warifu" import --repo kikin/masters --series r04 --one-by-one "$data"/procedure/s_ALL20220218.csv \
        "$data"/comment/c_ALL20230801.csv "$data"/material/t_ALL20230317.csv
    "$warifu" import --repo kikin/masters --series r06 --one-by-one "$data"/procedure/s_ALL20240531.csv \
        "$data"/drug/y_ALL20240321.csv "$data"/comment/c_ALL20240531.csv "$data"/material/t_ALL20240531.csv \
        "$data"/procedure/s_20240621.csv "$data"/procedure/s_20240628.csv "$data"/procedure/s_20240726.csv
    "$warifu" repo clone kikin/masters kokuho/masters
    release first
    "$checker" serve --channel channel --root root.json --state checker --listen 127.0.0.1:0 &
    serving=$!
    until "$checker" status --state checker | grep -q "release 1"; do sleep 0.2; done
}
release() {
    "$warifu" release draft --repo kikin/masters --title "$1" -o "$1" "${@:2}"
    "$warifu" release sign "$1" --repo kikin/masters --key keys/aoki.key --yes
    "$warifu" repo fetch --repo kokuho/masters
    "$warifu" release sign "$1" --repo kokuho/masters --key keys/baba.key --yes
    "$warifu" release publish "$1" --key keys/publisher.key
}
all=0 typed=0
# Runs a command as somebody types it; one that is to stop says so by its status.
timed() {
    local who=$1 status=$2 from to
    shift 2
    from=$(date +%s%N)
    local ended=0
    "$@" >>log 2>&1 || ended=$?
    to=$(date +%s%N)
    [ $ended = "$status" ] || { echo "ended with $ended: $*" >&2; tail -n 20 log >&2; exit 1; }
    all=$((all + to - from)) typed=$((typed + 1))
    local words=${*/#$warifu/warifu}
    words=${words//$checker/warifu-checker} words=${words//$work\//}
    printf '| %s | `%s` | %.2f |\n' "$who" "$(cut -c1-100 <<<"${words//"$data"\//}")" "$((to - from))e-9"
}
sum() { printf '| | **%s commands** | **%.1f** |\n\n' "$typed" "${all}e-9"; all=0 typed=0; }
accepted() { # every class of what reaches back, as --accept-past takes it
    "$warifu" --json release changes --repo kikin/masters 2>/dev/null |
        python3 -c 'import json, sys; print(",".join(json.load(sys.stdin)["classes"]))'
}
reasons=(--reason "published by Kikin" --source "the notices of June to August 2024")
table() { printf '%s\n\n| who | command | seconds |\n|---|---|--:|\n' "$1"; }

prepare >log 2>&1 || { tail -n 20 log >&2; exit 1; }

table "A normal month"
timed Kikin 0 "$warifu" status --repo kikin/masters
month=("$data"/procedure/s_20240801.csv "$data"/procedure/s_20240823.csv "$data"/comment/c_20240719.csv
    "$data"/comment/c_20240726.csv)
timed Kikin 0 "$warifu" inspect "${month[@]}"
timed Kikin 0 "$warifu" import --repo kikin/masters --series r06 "${month[@]}"
timed Kikin 0 "$warifu" release changes --repo kikin/masters
past=$(accepted)
if [ -n "$past" ]; then
    timed Kikin 0 "$warifu" release draft --repo kikin/masters --title August -o august \
        --accept-past "$past" "${reasons[@]}"
else
    timed Kikin 0 "$warifu" release draft --repo kikin/masters --title August -o august
fi
timed Kikin 0 "$warifu" release sign august --repo kikin/masters --key keys/aoki.key --yes
timed Kokuho 0 "$warifu" repo fetch --repo kokuho/masters
timed Kokuho 0 "$warifu" release review august --repo kokuho/masters --html august.html
timed Kokuho 0 "$warifu" release sign august --repo kokuho/masters --key keys/baba.key --yes
timed publisher 0 "$warifu" release publish august --key keys/publisher.key
timed publisher 0 "$warifu" channel verify channel
timed operator 0 "$checker" swap --state checker
timed operator 0 "$checker" status --state checker
timed Kikin 0 "$warifu" notice -o august-notice.html
sum

table "A Sunday night: release 2 is wrong"
timed operator 0 "$checker" fall-back --state checker
timed Kokuho 0 "$warifu" release withdraw 2 --reason "a wrong price" --key keys/baba.key --yes
timed operator 0 "$checker" status --state checker
printf '| | every checker is back | **%.1f** |\n' "${all}e-9"
timed Kikin 0 "$warifu" undo --repo kikin/masters s_20240823.csv
timed Kikin 0 "$warifu" release changes --repo kikin/masters
past=$(accepted)
timed Kikin 0 "$warifu" release draft --repo kikin/masters --title correction -o correction \
    --emergency "a wrong price" ${past:+--accept-past "$past" "${reasons[@]}"}
timed Kikin 0 "$warifu" release sign correction --repo kikin/masters --key keys/aoki.key --yes
timed Kokuho 0 "$warifu" repo fetch --repo kokuho/masters
timed Kokuho 0 "$warifu" release review correction --repo kokuho/masters
timed Kokuho 0 "$warifu" release sign correction --repo kokuho/masters --key keys/baba.key --yes
timed publisher 0 "$warifu" release publish correction --key keys/publisher.key
timed operator 0 "$checker" swap --state checker
timed Kikin 0 "$warifu" notice
timed Kikin 0 "$warifu" release post-review 3 --finding "reviewed" --key keys/aoki.key --yes
timed Kokuho 0 "$warifu" release post-review 3 --finding "reviewed" --key keys/baba.key --yes
sum
