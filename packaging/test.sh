#!/usr/bin/env bash
# Tries the Debian packages in a root of their own: install, start, upgrade while it runs, downgrade, remove, purge.
#
# As root, with debootstrap and a mirror of Debian; DEBS names a folder with packages of two versions, else they
# are built, in a hurry unless PROFILE=dist. Nothing outside target/package/ is changed, and nothing that it
# starts is left.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$PWD/target/package
debs=${DEBS:-$out/tried}
base=$out/base.tar
root=$(mktemp -d "${TMPDIR:-/tmp}/warifu-root.XXXXXX")
checker=
# What the programs ask of the system is held against their units, where it can be seen.
calls=$out/calls traced=
command -v strace >/dev/null && traced="strace -D -f -o $calls"

ended() {
    if [ -n "$checker" ]; then kill "$checker" 2>/dev/null || true; fi
    mountpoint -q "$root/proc" && umount "$root/proc"
    rm -rf --one-file-system "$root"
}
trap ended EXIT

step() { printf '\n== %s\n' "$1"; }
fail() { echo "FAILED: $1" >&2; exit 1; }
here() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive WARIFU_CHECKER_STATE=/var/lib/warifu-checker "$@"; }
installed() { here dpkg-query -W -f '${Version}' warifu-checker; }

if [ -z "${DEBS:-}" ]; then
    step "packages of two versions"
    mkdir -p "$debs"
    # Two versions of one program: what is tried here is the packages.
    PROFILE=${PROFILE:-dev} DEB_VERSION=0.1.0~older-1 bash packaging/build.sh deb
    rm -f "$debs"/* && cp "$out"/*.deb "$debs/"
    PROFILE=${PROFILE:-dev} bash packaging/build.sh deb
    cp "$out"/*.deb "$debs/"
fi
older=$(ls "$debs"/warifu-checker_*older*.deb)
newer=$(ls "$debs"/warifu-checker_*.deb | grep -v older)
tool=$(ls "$debs"/warifu_*.deb | grep -v older)

step "the units are closed enough"
for unit in warifu-checker.service warifu-attach@.service; do
    exposure=$(systemd-analyze security --offline=true "packaging/debian/$unit" \
        | sed -n 's/.*exposure level for .*: \([0-9.]*\).*/\1/p')
    echo "$unit: exposure $exposure"
    awk -v it="$exposure" 'BEGIN { exit !(it != "" && it <= 2.0) }' || fail "exposure $exposure is above 2.0"
    systemd-analyze verify --man=no "packaging/debian/$unit" 2>&1 | grep -v 'is not executable' || true
done

if command -v lintian >/dev/null; then
    step "lintian"
    lintian --allow-root --suppress-tags-from-file packaging/debian/lintian-passed \
        --fail-on error "$newer" "$tool" || fail "lintian has errors"
else
    echo "left out: lintian, it is not installed"
fi

step "a root of its own"
if [ ! -e "$base" ]; then
    debootstrap --variant=minbase --include=systemd,ca-certificates,curl bookworm "$out/base" >"$out/debootstrap.log"
    tar -C "$out/base" -cf "$base" . && rm -rf "$out/base"
fi
tar -C "$root" -xf "$base"
mount -t proc proc "$root/proc"
mkdir -p "$root/debs" "$root/etc/warifu" && cp "$debs"/*.deb "$root/debs/"

step "install the older one"
here dpkg -i "/debs/$(basename "$older")"
[ "$(installed)" = "0.1.0~older-1" ] || fail "$(installed) is installed"
here getent passwd warifu-checker | grep -q ':/usr/sbin/nologin$' || fail "there is no such user"
[ -L "$root/etc/systemd/system/multi-user.target.wants/warifu-checker.service" ] || fail "it is not enabled"
here dpkg-query -W -f '${Conffiles}' warifu-checker | grep -q ' /etc/warifu/checker.toml ' || fail "no conffile"

step "a channel, a root, and what the service is started by"
world=$root/srv/world
mkdir -p "$world" && cp -r masters "$world/"
here dpkg -i --force-depends "/debs/$(basename "$tool")"
for page in man1/warifu-import.1.gz ja/man1/warifu-import.1.gz ja/man1/warifu-checker.1.gz; do
    [ -s "$root/usr/share/man/$page" ] || fail "there is no manual page $page"
done
cp packaging/world.sh "$world/"
here bash -c 'cd /srv/world && HOME=/srv/world bash world.sh'
install -m 644 "$world/root.json" "$root/etc/warifu/root.json"
mkdir -p "$root/srv/warifu" && cp -r "$world/channel" "$root/srv/warifu/"
# What systemd does before: the state folder, as the unit says.
prepared() {
    local unit=$root/usr/lib/systemd/system/$1 instance=${2:-}
    command=$(sed -n 's/^ExecStart=//p' "$unit") state=/var/lib/$(sed -n 's/^StateDirectory=//p' "$unit")
    command=${command//%i/$instance} state=${state//%i/$instance}
    user=$(here id -u "$(sed -n 's/^User=//p' "$unit")") group=$(here id -g "$(sed -n 's/^Group=//p' "$unit")")
    install -d -o "$user" -g "$group" -m "$(sed -n 's/^StateDirectoryMode=//p' "$unit")" "$root$state"
}
run() {
    # Without systemd as init: as the unit's user, without a capability and with no way to gain one.
    $traced chroot --userspec="$user:$group" "$root" /usr/bin/env -i PATH=/usr/bin:/bin LANG=C.UTF-8 \
        setpriv --no-new-privs --inh-caps=-all $command >"$out/serve.log" 2>&1 &
    checker=$!
}
until_so() {
    for _ in $(seq 150); do
        "$@" && return 0
        kill -0 "$checker" 2>/dev/null || break
        sleep 0.2
    done
    cat "$out/serve.log" >&2
    fail "never: $*"
}
start() { run && until_so curl -sf -o /dev/null http://127.0.0.1:8642/readyz; }
stop() { kill "$checker" && wait "$checker" || fail "it did not end well"; checker=; }
allowed() {
    [ -n "$traced" ] || { echo "left out: the calls that $1 allows, strace is not installed"; return; }
    bash packaging/calls.sh "packaging/debian/$1" "$calls" || fail "$1 takes a call away"
}
confined() {
    [ "$(stat -c %u "/proc/$checker")" = "$user" ] || fail "it runs as another user"
    grep -q '^NoNewPrivs:[[:space:]]*1$' "/proc/$checker/status" || fail "it could gain privileges"
    [ -z "$(find "$root$state" ! -user "$user" -print -quit)" ] || fail "the state is another's"
}
release() { here warifu-checker status --json | sed -n 's/^ *"release": \([0-9]*\),$/\1/p' | head -1; }

step "start"
prepared warifu-checker.service
start
[ "$(release)" = 1 ] || fail "it runs release $(release)"
confined
allowed warifu-checker.service
here warifu-checker status

step "upgrade while it runs; the settings were changed"
echo "# changed by this site" >> "$root/etc/warifu/checker.toml"
here dpkg -i --force-confold "/debs/$(basename "$newer")"
[ "$(installed)" != "0.1.0~older-1" ] || fail "nothing was upgraded"
curl -sf -o /dev/null http://127.0.0.1:8642/readyz || fail "the upgrade took it down"
tail -1 "$root/etc/warifu/checker.toml" | grep -q 'changed by this site' || fail "the settings were overwritten"
stop && start
[ "$(release)" = 1 ] || fail "it does not resume"

step "releases for another program"
stop
masters=/srv/masters/theirs
prepared warifu-attach@.service theirs
install -d -o "$user" -g "$group" -m 755 "$root$masters"
install -d "$root/etc/warifu/attach"
cat > "$root/etc/warifu/attach/theirs.toml" <<END
state = "$state"
poll_seconds = 1

[from]
channel = ["/srv/warifu/channel"]
root = "/etc/warifu/root.json"

[place]
folder = "$masters/releases"
link = "$masters/current"
formats = ["kikin"]

[reload]
command = ["/usr/bin/touch", "$masters/told"]

[[probe]]
command = ["/usr/bin/test", "-e", "$masters/current/release.json"]
END
run
until_so test -e "$root$masters/told"
# A stop before three looks saw it work takes a first release back.
until_so here sh -c "! grep -q '\"tried\"' $state/checker.json"
until_so here env WARIFU_CHECKER_STATE="$state" warifu-checker status
confined
here setpriv --reuid=nobody --regid=nogroup --clear-groups cat "$masters/current/release.json" >/dev/null ||
    fail "the program cannot read its masters"
stop
allowed warifu-attach@.service

step "downgrade while it runs"
prepared warifu-checker.service
start
here dpkg -i --force-confold --force-downgrade "/debs/$(basename "$older")"
stop && start
[ "$(release)" = 1 ] || fail "it does not resume"
stop

step "remove keeps what is the site's, purge takes it"
mkdir -p "$root/var/lib/warifu-checker/recent" && echo claim > "$root/var/lib/warifu-checker/recent/1.uke"
here dpkg -r warifu-checker
[ -e "$root/etc/warifu/checker.toml" ] || fail "the settings are gone"
[ -e "$root/var/lib/warifu-checker/checker.json" ] || fail "the state is gone"
[ ! -e "$root/usr/bin/warifu-checker" ] || fail "the program is still there"
here dpkg -P warifu-checker
[ ! -e "$root/etc/warifu/checker.toml" ] || fail "the settings are still there"
[ ! -e "$root/var/lib/warifu-checker" ] || fail "the state is still there"
[ ! -e "$root/var/lib/warifu-attach" ] || fail "the state of the other program's releases is still there"
here test -e "$masters/current/release.json" || fail "what another program reads is gone"
[ -e "$root/etc/warifu/root.json" ] || fail "the root, which no package laid, is gone"
[ ! -L "$root/etc/systemd/system/multi-user.target.wants/warifu-checker.service" ] || fail "it is still enabled"

step "done"
