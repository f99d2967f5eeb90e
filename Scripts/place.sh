# Sourced by install.sh and uninstall.sh: `target` is the folder PREFIX below DESTDIR, `list` the file that says what was put there.
. Scripts/debian.sh
say() { echo "$(basename "$0" .sh): $*"; }
fail() { say "$*" >&2; exit 1; }

PREFIX="${PREFIX:-/usr/local}"
[[ "$PREFIX" = /* ]] || fail "PREFIX must be an absolute path, got $PREFIX."
[[ "${DESTDIR:-/}" = /* ]] || fail "DESTDIR must be an absolute path, got $DESTDIR."
target="${DESTDIR:-}${PREFIX%/}"
list="$target/share/avar/installed"
