#!/usr/bin/env bash
# Installs what the whole build and its tests need where it is missing: as root by apt, else it says what.
set -euo pipefail

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
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || need+=(postgresql)
# Programs with another clock than the machine's.
compgen -G '/usr/lib/*/faketime/libfaketimeMT.so.1' >/dev/null || need+=(faketime)
# A terminal, for what is shown at one.
command -v script >/dev/null || need+=(bsdutils)
# A fleet's store, and what its client is built by.
command -v etcd >/dev/null || need+=(etcd-server)
command -v etcdctl >/dev/null || need+=(etcd-client)
command -v protoc >/dev/null || need+=(protobuf-compiler)
[ -e /usr/include/google/protobuf/timestamp.proto ] || need+=(libprotobuf-dev)
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
