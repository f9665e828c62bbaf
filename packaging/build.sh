#!/usr/bin/env bash
# Builds what is given out, from this checkout into target/package/: `deb` the two Debian packages, `static` the
# programs that need no library, `library` the folder of libwarifu, `all` of it. PROFILE=dev builds in a hurry, for
# tests of the packaging alone; what is given out has the profile of that name (`dist`).
# DEB_MAINTAINER is who answers for the packages: whoever gives them to others sets it, as "Name <address>".
set -euo pipefail
cd "$(dirname "$0")/.."
. packaging/flags.sh
what=${1:-all}
profile=${PROFILE:-dist}
folder=${profile/dev/debug}
out=$PWD/target/package
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
mkdir -p "$out"
# The project has no address; this one says so, and no mail to it ever arrives anywhere (RFC 2606).
maintainer=${DEB_MAINTAINER:-Nobody yet (set DEB_MAINTAINER) <nobody@warifu.invalid>}

# Each program by itself: together, one would get what only the other asks of a crate (zlib in C, for one). And no
# example or test beside them: the programs would get what crates have for tests alone.
# A target that is named keeps the flags from build scripts and macros, which run here and are given to nobody.
build() { cargo build --profile "$profile" --target "$TRIPLE" "$@"; }
if [ "$profile" = dev ]; then
    # As everybody builds, so that what is built already is taken.
    unset RUSTFLAGS CFLAGS CARGO_INCREMENTAL LIBZ_SYS_STATIC
    TRIPLE=.
    build() { cargo build "$@"; }
fi

changelog() {
    cat <<END
$1 ($version-1) stable; urgency=medium

  * Built from commit $(git rev-parse HEAD).
  * What changed for operators is in CHANGELOG.md.

 -- $maintainer  $(date -u -R -d "@$SOURCE_DATE_EPOCH")
END
}

debian() {
    build -p warifu --features https,pkcs11,manual --bins
    build -p warifu-checker --features https,jemalloc,manual --bins
    local built=${CARGO_TARGET_DIR:-target}/$TRIPLE/$folder staged=$out/cargo
    # cargo-deb takes what lies in a target folder; this one holds nothing else.
    rm -rf "$staged" "$out/man" "$out/completions" && mkdir -p "$staged/release" "$out/man"
    for program in warifu warifu-checker; do
        install "$built/$program" "$staged/release/"
        strip --strip-all "$staged/release/$program"
        changelog "$program" > "$out/$program.changelog"
    done
    "$built/warifu-manual" "$out/man/warifu"
    "$built/warifu-checker-manual" "$out/man/warifu-checker"
    # Of the programs that were built, in English: a shell knows one text for each completion.
    for program in warifu warifu-checker; do
        mkdir -p "$out/completions/$program"
        for shell in bash zsh fish; do
            "$built/$program" --lang en completions "$shell" > "$out/completions/$program/$shell"
        done
    done
    PATH="$PWD/target/tools/bin:$PATH"
    command -v cargo-deb >/dev/null || cargo install cargo-deb --version 3.8.0 --locked --root target/tools
    rm -f "$out"/*.deb
    for program in warifu warifu-checker; do
        CARGO_TARGET_DIR=$staged cargo deb -p "$program" --no-build --no-strip -o "$out/" --maintainer "$maintainer" \
            ${DEB_VERSION:+--deb-version "$DEB_VERSION"}
    done
    sha256sum "$out"/*.deb
}

static() {
    # Without tokens: a module of their vendor is loaded, and a static program loads nothing.
    local built=${CARGO_TARGET_DIR:-target}/static
    for program in warifu:https warifu-checker:https,jemalloc; do
        RUSTFLAGS="${RUSTFLAGS:-} -C target-feature=+crt-static" CARGO_TARGET_DIR=$built \
            cargo build --profile "$profile" --target "$(rustc -vV | sed -n 's/^host: //p')" \
            -p "${program%:*}" --features "${program#*:}" --bins
    done
    mkdir -p "$out/static"
    for program in warifu warifu-checker; do
        install "$built"/*-linux-gnu/"$folder/$program" "$out/static/"
        strip --strip-all "$out/static/$program"
    done
    sha256sum "$out"/static/*
}

library() {
    build -p libwarifu --lib
    local built=${CARGO_TARGET_DIR:-target}/$TRIPLE/$folder staged=$out/libwarifu
    rm -rf "$staged" && mkdir -p "$staged"/{include,lib/pkgconfig,share/doc/libwarifu/examples}
    install -m 644 "$built/libwarifu.so" "$staged/lib/libwarifu.so.0"
    strip --strip-unneeded "$staged/lib/libwarifu.so.0"
    ln -s libwarifu.so.0 "$staged/lib/libwarifu.so"
    install -m 644 "$built/libwarifu.a" "$staged/lib/"
    strip --strip-debug "$staged/lib/libwarifu.a"
    install -m 644 crates/libwarifu/include/warifu.h "$staged/include/"
    install -m 644 docs/libwarifu.md LICENSE-APACHE LICENSE-MIT "$staged/share/doc/libwarifu/"
    install -m 644 docs/examples/libwarifu/* "$staged/share/doc/libwarifu/examples/"
    # Found from where it lies, so that the folder may be copied anywhere.
    cat > "$staged/lib/pkgconfig/warifu.pc" <<END
prefix=\${pcfiledir}/../..
Name: warifu
Description: A claim checker inside another program
Version: $version
Cflags: -I\${prefix}/include
Libs: -L\${prefix}/lib -lwarifu
Libs.private: -lm -lpthread -ldl
END
    find "$staged" -type f -exec sha256sum {} +
}

case $what in
deb) debian ;;
static) static ;;
library) library ;;
all) debian && static && library ;;
*) echo "deb, static, library or all, not $what" >&2 && exit 2 ;;
esac
