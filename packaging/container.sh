#!/usr/bin/env bash
# Makes a container image from nothing but the static checker, as target/package/warifu-checker.oci.tar, and tries
# it as far as a sandbox allows: unpacked, as its own user, root read-only, one folder to write to.
#
# Wants umoci (Debian) and no network; target/package/static/ is made by `build.sh static`.
set -euo pipefail
cd "$(dirname "$0")/.."
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)} TZ=UTC
out=$PWD/target/package
program=$out/static/warifu-checker
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
made=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
# A number, so that no image has to be read to see that it is not root.
user=64200
work=$(mktemp -d "${TMPDIR:-/tmp}/warifu-image.XXXXXX")
checker=
ended() {
    if [ -n "$checker" ]; then kill "$checker" 2>/dev/null || true; wait "$checker" 2>/dev/null || true; fi
    rm -rf --one-file-system "$work"
}
trap ended EXIT
fail() { echo "FAILED: $1" >&2; exit 1; }

[ -x "$program" ] || fail "no $program: bash packaging/build.sh static"
case $(file -b "$program") in
*statically\ linked* | *static-pie*) ;;
*) fail "$program wants libraries" ;;
esac

# What is in it: the program, its user, a folder for the state, authorities where this machine has them.
files=$work/files
install -D -m 755 "$program" "$files/usr/bin/warifu-checker"
mkdir -p "$files/etc/warifu" "$files/var/lib/warifu-checker" "$files/tmp"
echo "warifu-checker:x:$user:$user::/var/lib/warifu-checker:/nonexistent" > "$files/etc/passwd"
echo "warifu-checker:x:$user:" > "$files/etc/group"
echo "hosts: files dns" > "$files/etc/nsswitch.conf"
if [ -e /etc/ssl/certs/ca-certificates.crt ]; then
    install -D -m 644 /etc/ssl/certs/ca-certificates.crt "$files/etc/ssl/certs/ca-certificates.crt"
fi
chmod 1777 "$files/tmp" && chmod 700 "$files/var/lib/warifu-checker"
chown "$user:$user" "$files/var/lib/warifu-checker"
find "$files" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

image=$work/oci:$version
umoci init --layout "$work/oci"
umoci new --image "$image"
umoci insert --image "$image" --history.created "$made" --history.created_by "packaging/container.sh" "$files" /
umoci config --image "$image" --created "$made" --history.created "$made" --config.user "$user:$user" \
    --config.entrypoint /usr/bin/warifu-checker --config.cmd serve --config.cmd --config \
    --config.cmd /etc/warifu/checker.toml --config.volume /var/lib/warifu-checker --config.exposedports 8642/tcp \
    --config.workingdir /var/lib/warifu-checker --config.stopsignal SIGTERM \
    --config.env WARIFU_CHECKER_STATE=/var/lib/warifu-checker \
    --config.label org.opencontainers.image.title=warifu-checker \
    --config.label org.opencontainers.image.version="$version" \
    --config.label org.opencontainers.image.created="$made" \
    --config.label org.opencontainers.image.revision="$(git rev-parse HEAD)" \
    --config.label org.opencontainers.image.licenses="Apache-2.0 OR MIT" \
    --config.label org.opencontainers.image.description="Checks medical claims by signed masters"
umoci gc --layout "$work/oci"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -C "$work/oci" \
    -cf "$out/warifu-checker.oci.tar" .
sha256sum "$out/warifu-checker.oci.tar"

echo "== as a runtime would: unpacked, its own user, root read-only"
umoci unpack --image "$image" "$work/bundle"
grep -q "\"uid\": $user" "$work/bundle/config.json" || fail "it would run as another user"
root=$work/bundle/rootfs
[ "$(find "$root" -type f | wc -l)" -le 5 ] || fail "more is in it than was put there"
mkdir -p "$work/world" && cp -r masters "$work/world/"
(cd "$work/world" && HOME=$work/world PATH="$out/static:$PATH" bash "$OLDPWD/packaging/world.sh") > "$work/world.log"
mkdir -p "$root/channel" "$work/state" && cp -r "$work/world/channel/." "$root/channel/"
install -m 644 "$work/world/root.json" "$root/etc/warifu/root.json"
chown "$user:$user" "$work/state" && chmod 700 "$work/state"
# A mount namespace of its own: the root read-only, the volume in its place; nothing else of this machine.
cat > "$work/run.sh" <<END
set -e
mount --bind "$root" "$root"
mount --bind "$work/state" "$root/var/lib/warifu-checker"
mount -o remount,bind,ro "$root"
exec setpriv --no-new-privs --inh-caps=-all chroot --userspec=$user:$user --groups= "$root" \
    /usr/bin/warifu-checker "\$@"
END
inside=(unshare --mount env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin bash "$work/run.sh")
"${inside[@]}" --version
"${inside[@]}" serve --channel /channel --root /etc/warifu/root.json --state /var/lib/warifu-checker \
    --listen 127.0.0.1:18642 > "$work/serve.log" 2>&1 &
checker=$!
ready=
for _ in $(seq 150); do
    curl -sf -o /dev/null http://127.0.0.1:18642/readyz && ready=yes && break
    kill -0 "$checker" 2>/dev/null || break
    sleep 0.2
done
[ -n "$ready" ] || { cat "$work/serve.log" >&2; fail "it is not ready"; }
"${inside[@]}" status --state /var/lib/warifu-checker
[ -z "$(find "$work/state" ! -user "$user" -print -quit)" ] || fail "the state is another's"
kill "$checker" && wait "$checker" || fail "it did not end well"
checker=
echo "== done"
