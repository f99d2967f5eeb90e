#!/usr/bin/env bash
# Tries an archive of `make release` on a bare Debian, without network: unpacked in two places there, once as root and once for a
# user who can write nothing but a folder of work. Needs root, for chroot; the bare root is made once, in .release/bare-DEBIAN.
#   Scripts/release-check.sh ARCHIVE [DEBIAN]    a code name, as in bookworm; this machine's unless given
# MIRROR names a mirror other than deb.debian.org.
set -euo pipefail
[ $# = 1 ] || [ $# = 2 ] || { echo "usage: Scripts/release-check.sh ARCHIVE [DEBIAN]" >&2; exit 64; }
archive="$(realpath "$1")"
debian="${2:-$(. /etc/os-release && echo "${VERSION_CODENAME:-}")}"
cd "$(dirname "$0")/.."
. Scripts/debian.sh
say() { echo "release-check: $*"; }
fail() { say "$*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || fail "this check needs root: it makes a bare Debian and runs the command there by chroot."
[ -r "$archive" ] || fail "$archive cannot be read."
[ -n "$debian" ] || fail "this machine's system has no code name; give one of Debian's, as in bookworm."
bare="$(pwd)/.release/bare-$debian"

# Mounts, processes and a loopback of its own: whatever happens, nothing of it stays.
if [ -z "${AVAR_CHECK_INSIDE:-}" ]; then
    install_debian debootstrap iproute2 || true
    if [ ! -d "$bare" ]; then
        say "making a bare Debian, $debian, in $bare"
        mkdir -p .release
        rm -rf "$bare.new"
        debootstrap --variant=minbase "$debian" "$bare.new" "${MIRROR:-http://deb.debian.org/debian}" \
            >.release/debootstrap.log 2>&1 || fail "debootstrap failed; .release/debootstrap.log says why."
        mv "$bare.new" "$bare"
    fi
    export AVAR_CHECK_INSIDE=1
    exec unshare --mount --pid --net --fork --kill-child Scripts/release-check.sh "$archive" "$debian"
fi

# The first process of a namespace is deaf to signals that it does not ask for.
trap 'exit 130' INT TERM
ip link set lo up
mount --make-rprivate /
# What is written goes to memory-backed layers: the root stays bare.
layers="$(pwd)/.release/layers"
mkdir -p "$layers"
mount -t tmpfs -o mode=755 avar-check "$layers"
mkdir "$layers/upper" "$layers/work" "$layers/root"
root="$layers/root"
mount -t overlay -o "lowerdir=$bare,upperdir=$layers/upper,workdir=$layers/work" avar-check "$root"
mount -t proc proc "$root/proc"
foreign="$(find "$root" -xdev \( -name 'swift*' -o -name 'python3*' -o -name 'libjpeg*' -o -name 'libcairo*' -o -name '*.ttf' \
    -o -name 'libtorch*' -o -name 'fonts.conf' \) -print -quit)"
[ -z "$foreign" ] || fail "the root is not bare: it has ${foreign#"$root"}; delete $bare."

mkdir "$root/trial"
cp Scripts/release-trial.sh Scripts/glibc.sh "$root/trial/"
cp "$archive" "$root/trial/archive.tar.gz"
# try NAME USER FOLDER: unpacks there with the root's own tar, and works in /work/NAME.
try() {
    say "$1: unpacked in $3, run by user $2, without network"
    mkdir -p "$root$3" "$root/work/$1"
    chown "$2" "$root/work/$1"
    chroot "$root" tar --extract --gzip --file /trial/archive.tar.gz --directory "$3" --strip-components=1
    chroot --userspec="$2:$2" "$root" env -i PATH=/usr/bin:/bin HOME=/nonexistent LANG=C.UTF-8 \
        bash -c 'cd "/work/$1" && /trial/release-trial.sh "$2"' bash "$1" "$3" || exit 1
}
try first 0 /opt/avar
try second 1234 "/srv/a place with spaces/avar"
diff <(cd "$root/work/first" && cat vas.out generate.out && find world -type f | sort | xargs sha256sum) \
    <(cd "$root/work/second" && cat vas.out generate.out && find world -type f | sort | xargs sha256sum) \
    || fail "the two places gave different results, as above."
# A link from a folder on the PATH finds everything too.
ln -s /opt/avar/bin/avar "$root/usr/local/bin/avar"
chroot "$root" /usr/local/bin/avar doctor | grep -qE '^cpu +works' || fail "the command does not work through a link."
say "passed: scores, answers and pictures are the same in both places"
