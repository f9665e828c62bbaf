#!/usr/bin/env bash
# Installs what the tests need where it is missing (tests/install.sh; and a Python environment under target/), then
# runs all of them. Everything stays on this machine: servers listen on loopback only.
set -euo pipefail
cd "$(dirname "$0")/.."

bash tests/install.sh

# The stock TUF client of the Python ecosystem, untouched, an S3 store, and what reads pipelines.
venv=target/test-python
if ! "$venv/bin/python" -c 'import tuf, tuf.ngclient, cryptography, moto.server, yaml; assert tuf.__version__ == "7.0.1"' \
    2>/dev/null; then
    echo "installing: tuf, moto, yaml (PyPI) into $venv"
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'tuf==7.0.1' 'securesystemslib[crypto]' 'moto[server]>=5,<6' 'PyYAML>=6,<7'
fi
export WARIFU_TEST_PYTHON="$PWD/$venv/bin/python"
PATH="$PWD/$venv/bin:$PATH"

# The stock TUF client of the JavaScript ecosystem, in the version that the lock file names.
node=target/test-node
if ! cmp -s tests/node/package-lock.json "$node/package-lock.json" || [ ! -d "$node/node_modules/tuf-js" ]; then
    echo "installing: tuf-js (npm) into $node"
    mkdir -p "$node"
    cp tests/node/package.json tests/node/package-lock.json "$node/"
    npm ci --prefix "$node" --no-audit --no-fund --ignore-scripts --loglevel=error
fi

# Everything is there now: a test that leaves itself out for want of a program fails.
export WARIFU_TEST_ALL=1
# All of them at once: the programs are built for the tests of their own crates, and the others take these.
[ $# -gt 0 ] || export WARIFU_TEST_PROGRAMS=built
# One selection of packages and two of features, so that no crate of others is built for each of them.
cargo test --workspace "$@"
# What the demonstration's build does without: channels, claims and operators over TLS, the example of a
# configuration, which has its options, keys on tokens, and members of a fleet on three nodes of etcd.
with_all=(--workspace --features warifu-channels/https,warifu-checker/fleet-testing,warifu/pkcs11)
cargo test "${with_all[@]}" --test network --test checker --test tokens --test fleet --no-run
cargo test "${with_all[@]}" --lib -- service:: fleet::
cargo test "${with_all[@]}" --test network secure
cargo test "${with_all[@]}" --test checker -- tls elsewhere configured
cargo test "${with_all[@]}" --test tokens
cargo test "${with_all[@]}" --test fleet
