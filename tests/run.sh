#!/usr/bin/env bash
# Installs what the tests need where it is missing (as root: apt; always: a Python environment under target/),
# then runs all of them. Everything stays on this machine: servers listen on loopback only.
set -euo pipefail
cd "$(dirname "$0")/.."

need=()
command -v cc >/dev/null || need+=(gcc libc6-dev)
command -v git >/dev/null || need+=(git)
command -v openssl >/dev/null || need+=(openssl)
# The review page is opened in a browser; its Japanese needs a font.
if [ -z "${WARIFU_TEST_CHROMIUM:-}" ] && ! command -v chromium chromium-browser google-chrome >/dev/null; then
    need+=(chromium fonts-noto-cjk)
fi
# A second oracle for the charsets, besides the C library's iconv.
command -v uconv >/dev/null || need+=(icu-devtools)
command -v curl >/dev/null || need+=(curl)
# An OCI registry, as a site may run it.
command -v docker-registry >/dev/null || need+=(docker-registry)
# PKCS#11 tokens in software.
command -v softhsm2-util >/dev/null || need+=(softhsm2)
# What programs do with memory when libwarifu is in them.
command -v valgrind >/dev/null || need+=(valgrind)
# Programs that are given releases (warifu-checker attach).
command -v nginx >/dev/null || need+=(nginx-light)
# What stands before checkers, besides nginx.
command -v haproxy >/dev/null || need+=(haproxy)
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need+=(postgresql)
# Programs with another clock than the machine's.
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || need+=(faketime)
# A terminal, for what is shown at one.
command -v script >/dev/null || need+=(bsdutils)
python3 -c 'import venv, ensurepip' 2>/dev/null || need+=(python3 python3-venv)
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)
if [ ${#need[@]} -gt 0 ]; then
    echo "installing: ${need[*]}"
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${need[@]}" >/dev/null
    else
        echo "run as root once, or install: ${need[*]}" >&2
        exit 2
    fi
fi

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
# configuration, which has its options, and keys on tokens.
with_all=(--workspace --features warifu-channels/https,warifu-checker/https,warifu/pkcs11)
cargo test "${with_all[@]}" --test network --test checker --test tokens --no-run
cargo test "${with_all[@]}" --test network secure
cargo test "${with_all[@]}" --test checker -- tls elsewhere configured
cargo test "${with_all[@]}" --test tokens
