# What makes two builds of one commit alike wherever they are built: sourced by build.sh.
#
# Folders are named by what they are, times are the commit's, and no symbols are kept that name either.
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
: "${CARGO_HOME:=$HOME/.cargo}"
export SOURCE_DATE_EPOCH CARGO_HOME
export LC_ALL=C.UTF-8 TZ=UTC CARGO_INCREMENTAL=0 CARGO_TERM_COLOR=never
sources=$(rustc --print sysroot)
RUSTFLAGS="--remap-path-prefix=$PWD=/warifu --remap-path-prefix=$CARGO_HOME=/cargo"
RUSTFLAGS="$RUSTFLAGS --remap-path-prefix=$sources=/rust"
# The C parts (libgit2, zlib, zstd) name their sources in messages.
CFLAGS="-O2 -ffile-prefix-map=$PWD=/warifu -ffile-prefix-map=$CARGO_HOME=/cargo"
export RUSTFLAGS CFLAGS
# zlib in the program, whatever development files this machine has.
export LIBZ_SYS_STATIC=1
TRIPLE=$(rustc -vV | sed -n 's/^host: //p')
