#!/usr/bin/env bash
# What the step from one version of the procedure master to the next weighs, beside the published
# differential: a zstd patch between the two canonical states, and the signed metadata of a release. usage:
# delta.sh WARIFU DATA (DATA: the folder with s_ALL20220218.csv and the differentials of r04)
set -euo pipefail
warifu=$1 data=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export WARIFU_AUTHOR="Bench <bench@example.jp>"
"$warifu" init "$work/masters" >/dev/null

# r04: what came before the first file of r06, and three after it.
files=$(ls "$data" | grep -v ALL | awk -F'[_.]' '$2 < "20240306" || $2 ~ /^(20240315|20240320|20240516)$/')
import() {
    "$warifu" import --repo "$work/masters" --series r04 --accept "field/too-long=bench" "$1" >/dev/null 2>&1
    git -C "$work/masters" archive HEAD masters/r04/procedure | tar -xO | grep -v '^change_class,' >"$work/new.csv"
}
import "$data/s_ALL20220218.csv"
for file in $files; do
    mv "$work/new.csv" "$work/old.csv"
    import "$data/$file"
    patch=$(zstd -q -19 --long=27 --patch-from="$work/old.csv" -c "$work/new.csv" 2>/dev/null | wc -c)
    published=$(wc -c <"$data/$file")
    echo "$patch $published $file"
done >"$work/sizes"

# The metadata of a release is the same whatever changed: the newest of the demonstration's channel, as files.
"$warifu" demo --keep --dir "$work/demo" >/dev/null 2>&1
channel=$(find "$work/demo" -type d -name metadata | head -n 1)
newest() { ls "$channel" | grep "$1" | sort -n | tail -n 1; }
signed=$(cat "$channel/$(newest targets.json)" "$channel/$(newest snapshot.json)" "$channel/timestamp.json" | zstd -q -19 -c | wc -c)
sort -n "$work/sizes" | awk -v signed="$signed" '
    {patch[NR] = $1; sum += $1; ratio[NR] = ($1 + signed) / $2}
    END {
        n = asort_(ratio)
        printf "%d steps; patch: median %d B, 9 of 10 below %d B, all %d B\n", NR, patch[int((NR + 1) / 2)], patch[int(NR * 0.9 + 0.5)], sum
        printf "signed metadata of a release (targets, snapshot, timestamp), zstd: %d B\n", signed
        printf "patch and metadata by the published differential: median %.3f\n", ratio[int((NR + 1) / 2)]
    }
    function asort_(a,  i, j, t) { for (i = 2; i <= NR; i++) { t = a[i]; for (j = i - 1; j >= 1 && a[j] > t; j--) a[j + 1] = a[j]; a[j + 1] = t } return NR }'
