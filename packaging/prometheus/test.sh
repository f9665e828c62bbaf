#!/bin/sh
# Checks the alerts by Prometheus' own tool, and the metrics of a checker that is being watched:
#   packaging/prometheus/test.sh [http://ADDRESS/metrics]
# Wants promtool (Debian: apt-get install prometheus) and, with an address, curl. Not part of .ci/run.
set -eu
cd "$(dirname "$0")"
promtool check rules warifu-alerts.yml
promtool test rules warifu-alerts.test.yml
if [ $# -gt 0 ]; then
    curl -fsS "$1" | promtool check metrics
fi
