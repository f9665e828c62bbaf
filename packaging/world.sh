#!/usr/bin/env bash
# A channel with one release of the invented masters, for tests of what is packaged: run where `masters/demo` is.
set -euo pipefail
export WARIFU_AUTHOR="Aoki Hanako <aoki@example.jp>" WARIFU_PASSPHRASE_FILE=passphrase
printf 'correct horse battery staple\n' > passphrase
warifu init repository
warifu import --repo repository --series r04 masters/demo/2024-05/[cst]_ALL20240501.csv
warifu import --repo repository --series r06 masters/demo/2024-05/y_ALL20240401.csv masters/demo/2024-06/*_ALL20240531.csv
for name in aoki abe; do warifu key generate $name --organisation kikin; done
for name in baba bito; do warifu key generate $name --organisation kokuho; done
warifu key generate publisher
warifu trust init --kikin aoki.pub.json --kikin abe.pub.json --kokuho baba.pub.json --kokuho bito.pub.json \
    --timestamp publisher.pub.json -o root-draft.json
for name in aoki abe baba; do warifu trust sign root-draft.json --key $name.key --yes; done
warifu trust finish root-draft.json -o root.json --channel channel
export WARIFU_CHANNEL=channel WARIFU_ROOT=root.json
warifu release draft --repo repository --title "first" -o draft
cp -r repository other
warifu release sign draft --repo repository --key aoki.key --yes
warifu release sign draft --repo other --key baba.key --yes
warifu release publish draft --key publisher.key
