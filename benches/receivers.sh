#!/usr/bin/env bash
# Many receivers in flight against one static server process on loopback, and what one reader costs beside it:
#
#     receivers.sh WORK [COUNT]
#
# WORK is what reach.sh made. Needs nginx (Debian: nginx-light) and the example: cargo build --release
# -p warifu-channels --example receivers
set -euo pipefail
receivers=$(realpath target/release/examples/receivers) count=${2:-1000}
cd "$1"
run=$(mktemp -d)
ulimit -n "$(ulimit -H -n)"
cat >"$run/nginx.conf" <<CONF
daemon off;
master_process off;
worker_rlimit_nofile 65536;
pid $run/pid;
error_log $run/error.log;
events { worker_connections 16384; }
http {
    access_log $run/access.log;
    client_body_temp_path $run;
    proxy_temp_path $run;
    fastcgi_temp_path $run;
    uwsgi_temp_path $run;
    scgi_temp_path $run;
    keepalive_requests 100000;
    server {
        listen 127.0.0.1:18642 backlog=8192;
        root $PWD/after;
    }
}
CONF
nginx -c "$run/nginx.conf" 2>"$run/stderr" &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true; rm -rf "$run"' EXIT
for _ in $(seq 100); do curl -sf http://127.0.0.1:18642/metadata/timestamp.json >/dev/null && break; done
for how in "by patch:before" "whole:"; do
    echo "${how%%:*}"
    : >"$run/access.log"
    "$receivers" http://127.0.0.1:18642 root.json "$(cat instant)" "$count" ${how#*:}
    awk '{bytes += $10; status[$9]++} END {printf "  server: %d answers, %d B", NR, bytes; for (s in status) printf ", %d x %s", status[s], s; print ""}' "$run/access.log"
done
awk '/^utime|VmHWM/' /proc/$server/status
awk -v hz="$(getconf CLK_TCK)" '{printf "server: %.2f s of processor\n", ($14 + $15) / hz}' "/proc/$server/stat"
echo "load: $(cut -d' ' -f1-3 /proc/loadavg) on $(nproc) processors"
