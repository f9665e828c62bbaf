#!/usr/bin/env bash
# `warifu channel fetch` and `verify` over loopback HTTP, against curl of the same bytes over one connection:
#
#     fetch.sh WARIFU CHANNEL ROOT [RUNS]
#
# CHANNEL is a folder. Needs python3 and curl.
set -euo pipefail
warifu=$(realpath "$1") channel=$(realpath "$2") root=$(realpath "$3") runs=${4:-15}
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
cat >"$work/serve.py" <<'PY'
import functools, http.server, sys
class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    def log_message(self, *_): pass
    def do_GET(self):
        print(self.path, file=log, flush=True)
        super().do_GET()
log = open(sys.argv[2], "a")
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=sys.argv[1]))
print(server.server_port, flush=True)
server.serve_forever()
PY
python3 "$work/serve.py" "$channel" "$work/asked" >"$work/port" &
server=$!
until [ -s "$work/port" ]; do :; done
url=http://127.0.0.1:$(cat "$work/port")

# Milliseconds of each run, in pairs, so that both meet the same load; then medians.
paired() {
    : >"$work/ours" && : >"$work/curls"
    for _ in $(seq "$runs"); do
        # What is there already would not come again.
        rm -rf "$work/out"
        a=$(date +%s%N); "${ours[@]}" >/dev/null; b=$(date +%s%N)
        curl -sf -K "$work/curl" ; c=$(date +%s%N)
        echo $(((b - a) / 1000)) >>"$work/ours"; echo $(((c - b) / 1000)) >>"$work/curls"
    done
    python3 - "$1" "$work/ours" "$work/curls" <<'PY'
import statistics, sys
ours, curls = ([int(line) / 1000 for line in open(name)] for name in sys.argv[2:])
a, b = statistics.median(ours), statistics.median(curls)
spread = lambda it: f"{min(it):.1f}-{max(it):.1f}"
print(f"{sys.argv[1]}: {a:.1f} ms ({spread(ours)}); curl {b:.1f} ms ({spread(curls)}); ratio {a / b:.2f}")
PY
}

for command in verify fetch; do
    ours=("$warifu" channel "${command%% *}" "$url" --root "$root")
    [ "$command" = verify ] || ours+=(-o "$work/out")
    : >"$work/asked"
    "${ours[@]}" >/dev/null
    # The very files that it asked for and got, over one connection as it has.
    : >"$work/curl"
    while read -r path; do
        if [ -f "$channel$path" ]; then printf 'url = "%s"\noutput = "%s"\n' "$url$path" "$work/got" >>"$work/curl"; fi
    done <"$work/asked"
    bytes=$(while read -r path; do [ -f "$channel$path" ] && stat -c %s "$channel$path"; done <"$work/asked" | paste -sd+ | bc)
    paired "$command ($(grep -c url "$work/curl") files, $bytes bytes)"
done
echo "load: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) processors"
