#!/usr/bin/env bash
# `warifu channel fetch` and `verify` over loopback HTTP, against curl of the same bytes, metadata too: over one
# connection, one file after the other, and over several at once. And what the work takes without any of ours:
# unfolding, digests of both sides and writing.
#
#     fetch.sh WARIFU CHANNEL ROOT [RUNS]
#
# CHANNEL is a folder. Needs python3, curl, zstd and sha256sum; with nginx, that serves, otherwise Python's server.
set -euo pipefail
warifu=$(realpath "$1") channel=$(realpath "$2") root=$(realpath "$3") runs=${4:-15}
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state"
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
serve() {
    python3 "$work/serve.py" "$channel" "$work/asked" >"$work/port" &
    server=$!
    until [ -s "$work/port" ]; do :; done
    url=http://127.0.0.1:$(cat "$work/port")
    name="Python's server"
}
serve
if command -v nginx >/dev/null; then
    # The port that Python's server had, so that the files asked for have the same URLs.
    port=${url##*:}
    cat >"$work/nginx.conf" <<CONF
user $(id -un); worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/nginx.err;
events { worker_connections 256; }
http {
    access_log $work/nginx.log; sendfile on; keepalive_requests 100000;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3;
    uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    server { listen 127.0.0.1:$port; root $channel; }
}
CONF
fi

# Milliseconds of each run, in turns, so that all meet the same load; then medians.
in_turns() {
    rm -f "$work"/took.*
    for _ in $(seq "$runs"); do
        # What is there already would not come again.
        rm -rf "$work/out" "$work/got" && mkdir "$work/got"
        a=$(date +%s%N); "${ours[@]}" >/dev/null 2>&1
        b=$(date +%s%N); curl -sf -K "$work/curl"
        c=$(date +%s%N); curl -sfZ --no-progress-meter --parallel-max 4 -K "$work/curl"
        d=$(date +%s%N); bare
        e=$(date +%s%N)
        echo $(((b - a) / 1000)) >>"$work/took.ours"; echo $(((c - b) / 1000)) >>"$work/took.one"
        echo $(((d - c) / 1000)) >>"$work/took.four"; echo $(((e - d) / 1000)) >>"$work/took.bare"
    done
    python3 - "$1" "$work" <<'PY'
import statistics, sys
took = {of: [int(line) / 1000 for line in open(f"{sys.argv[2]}/took.{of}")] for of in ("ours", "one", "four", "bare")}
told = {of: f"{statistics.median(it):.1f} ms ({min(it):.1f}-{max(it):.1f})" for of, it in took.items()}
ratio = lambda of: statistics.median(took["ours"]) / statistics.median(took[of])
paired = statistics.median(a / b for a, b in zip(took["ours"], took["one"]))
print(f"{sys.argv[1]}: {told['ours']}")
print(f"  curl, one connection: {told['one']}, ratio {ratio('one'):.2f} (of pairs {paired:.2f})")
print(f"  curl --parallel: {told['four']}, ratio {ratio('four'):.2f}")
if sys.argv[1].startswith("fetch"):
    print(f"  zstd, sha256sum of both sides, sync of what was written: {told['bare']}, ratio {ratio('bare'):.2f}")
PY
}
# The blobs unfolded, digests taken of what they hold and of what is written, that written and flushed; two files
# at once, as ours. Without converting anything, and without verifying a signature.
bare() {
    [ "$command" = fetch ] || return 0
    for blob in "${blobs[@]}"; do
        (zstd -dqf "$blob" -o "$work/bare.${blob##*/}" && sha256sum "$work/bare.${blob##*/}" >/dev/null &&
            sha256sum "$work/bare.${blob##*/}" >/dev/null && sync "$work/bare.${blob##*/}") &
        jobs+=($!)
    done
    wait "${jobs[@]}"
    jobs=()
}
jobs=()

for command in verify fetch; do
    ours=("$warifu" channel "$command" "$url" --root "$root")
    [ "$command" = verify ] || ours+=(-o "$work/out")
    : >"$work/asked"
    rm -rf "$work/state"
    "${ours[@]}" >/dev/null 2>&1
    # What a reader asks for who remembers the release, and got; both metadata and content.
    : >"$work/asked"
    rm -rf "$work/out"
    "${ours[@]}" >/dev/null 2>&1
    : >"$work/curl"
    count=0 bytes=0 blobs=()
    while read -r path; do
        [ -f "$channel$path" ] || continue
        count=$((count + 1)) bytes=$((bytes + $(stat -c %s "$channel$path")))
        printf 'url = "%s"\noutput = "%s"\n' "$url$path" "$work/got/$count" >>"$work/curl"
        case "$path" in *.csv.zst) blobs+=("$channel$path") ;; esac
    done <"$work/asked"
    asked=$(wc -l <"$work/asked")
    if [ -f "$work/nginx.conf" ]; then
        kill "$server"; wait "$server" 2>/dev/null || true
        nginx -e "$work/nginx.err" -c "$work/nginx.conf" & server=$!
        until curl -sf -o /dev/null "$url/metadata/timestamp.json"; do :; done
        name=nginx
    fi
    in_turns "$command ($asked questions; $count files, $bytes bytes; $name)"
    if [ -f "$work/nginx.conf" ]; then
        kill "$server"; wait "$server" 2>/dev/null || true
        : >"$work/port"
        # On the same port again.
        sed -i 's/("127.0.0.1", [0-9]*)/("127.0.0.1", '"$port"')/' "$work/serve.py"
        serve
    fi
done
echo "load: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) processors"
