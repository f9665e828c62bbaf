#!/usr/bin/env bash
# What a receiver fetches for each real step: every publication of the data as a release of its own, drafted,
# signed by both and published; after each, a receiver that has the one before fetches over loopback HTTP, and
# every byte of every answer is counted, metadata too. usage: steps.sh WARIFU DATA [procedure|all]
#
# `procedure`: the procedures of r04, one release for each of the differentials (metadata of one master).
# `all`: procedures, drugs, comments and materials of r06, one release for each day of publication.
set -euo pipefail
warifu=$(realpath "$1") data=$(realpath "$2") what=${3:-procedure}
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; [ -n "${KEEP:-}" ] || rm -rf "$work"' EXIT
cd "$work"
export WARIFU_AUTHOR="Bench <bench@example.jp>" WARIFU_PASSPHRASE_FILE=$work/pass WARIFU_LANG=en
export WARIFU_CHANNEL=$work/channel WARIFU_ROOT=$work/root.json XDG_STATE_HOME=$work/signers
echo "a long bench passphrase" >pass
mkdir keys
for name in aoki abe baba; do
    side=kikin; [ "$name" = baba ] && side=kokuho
    "$warifu" key generate "$name" --organisation $side --dir keys >/dev/null
done
"$warifu" key generate publisher --dir keys >/dev/null
"$warifu" trust init --kikin keys/aoki.pub.json --kikin keys/abe.pub.json --kokuho keys/baba.pub.json \
    --timestamp keys/publisher.pub.json -o root-draft.json >/dev/null
for name in aoki abe baba; do "$warifu" trust sign root-draft.json --key keys/$name.key --yes >/dev/null; done
"$warifu" trust finish root-draft.json -o root.json --channel channel >/dev/null
"$warifu" init masters >/dev/null

cat >serve.py <<'PY'
import functools, http.server, os, sys
class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    def log_message(self, *_): pass
    def do_GET(self):
        path = self.translate_path(self.path)
        print(self.path, os.path.getsize(path) if os.path.isfile(path) else 0, file=log, flush=True)
        super().do_GET()
log = open(sys.argv[2], "a")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=sys.argv[1]))
print(server.server_port, flush=True)
server.serve_forever()
PY
: >asked
python3 serve.py channel asked >port &
server=$!
until [ -s port ]; do :; done
url=http://127.0.0.1:$(cat port)

import() {
    "$warifu" import --repo masters --series "$1" --accept "field/too-long=bench" "${@:2}" >import.log 2>&1 ||
        { tail -n 3 import.log >&2; return 1; }
}
draft() { "$warifu" release draft --repo masters --title "$1" -o draft "${@:2}" >draft.log 2>&1; }
release() {
    rm -rf draft
    if ! draft "$1"; then
        # What reaches back is accepted, all of it: this is about its length.
        "$warifu" --json release changes --repo masters >changes.json 2>/dev/null
        python3 - >accepted.toml <<'PY'
import json
classes = ", ".join(json.dumps(name) for name in json.load(open("changes.json"))["classes"])
print(f'[[accepted]]\nclasses = [{classes}]\nreason = "bench"\nsource = "bench"')
PY
        rm -rf draft
        draft "$1" --accepted-past accepted.toml || { tail -n 3 draft.log >&2; return 1; }
    fi
    for name in aoki baba; do
        "$warifu" release sign draft --repo masters --key keys/$name.key --yes >sign.log 2>&1 ||
            { tail -n 3 sign.log >&2; return 1; }
    done
    "$warifu" release publish draft --key keys/publisher.key >/dev/null
}
# What one receiver fetches: metadata, content, and how many patches were taken.
fetch() {
    : >asked
    "$warifu" --json channel fetch "$url" --state receiver -o receiver-files >fetched.json 2>/dev/null
    python3 - "$1" <<'PY'
import json, sys
asked = [line.split() for line in open("asked")]
metadata = sum(int(n) for path, n in asked if not path.startswith("/targets/"))
content = sum(int(n) for path, n in asked if path.startswith("/targets/"))
told = json.load(open("fetched.json"))["transfer"]
assert told["bytes"] == content, (told, content)
print(sys.argv[1], metadata, content, told["patched"], told["on_hand"], told["whole"], len(asked),
      *(n for path, n in asked if n != "0"))
PY
}

if [ "$what" = procedure ]; then
    series=r04
    import r04 "$data/procedure/s_ALL20220218.csv"
    steps=$(ls "$data/procedure" | grep -v ALL |
        awk -F'[_.]' '$2 < "20240306" || $2 ~ /^(20240315|20240320|20240516)$/ {print $2}')
else
    series=r06
    import r06 "$data"/procedure/s_ALL20240531.csv "$data"/drug/y_ALL20240321.csv \
        "$data"/comment/c_ALL20240531.csv "$data"/material/t_ALL20240531.csv
    steps=$(ls "$data"/{procedure,drug,comment} | grep -E '^[syc]_2024' |
        awk -F'[_.]' '($1 == "y" && $2 > "20240321") || $2 > "20240531" {print $2}' | sort -u)
fi
release first
fetch first >first
for day in $(echo "$steps" | head -n "${STEPS:-1000}"); do
    files=$(find "$data"/procedure "$data"/drug "$data"/comment -name "[syc]_$day.csv" | sort)
    [ "$what" = procedure ] && files=$data/procedure/s_$day.csv
    [ "$what" = procedure ] || files=$(echo "$files" | grep -vE '/[sc]_20240[1-5]' || true)
    # shellcheck disable=SC2086
    if [ -n "$files" ] && import $series $files && release "$day"; then
        fetch "$day"
    else
        echo "skipped $day" >&2
    fi
done >steps
cat first steps
python3 - <<'PY'
import statistics
rows = [list(map(int, line.split()[1:8])) for line in open("steps")]
whole = list(map(int, open("first").read().split()[1:8]))
def told(name, values):
    values = sorted(values)
    nine = values[min(len(values) - 1, round(len(values) * 0.9) - 1)]
    print(f"{name}: median {statistics.median(values):.0f} B, 9 of 10 at most {nine} B, most {values[-1]} B")
print(f"{len(rows)} steps; the first release, whole: {whole[0] + whole[1]} B")
told("content", [row[1] for row in rows])
told("metadata", [row[0] for row in rows])
told("together", [row[0] + row[1] for row in rows])
PY
echo "load: $(cut -d' ' -f1-3 /proc/loadavg)"
