#!/usr/bin/env bash
# Makes .release/avar-VERSION-linux-MACHINE.tar.gz and its SHA-256: the built command with all it needs, to be unpacked anywhere.
# gzip, because a bare Debian unpacks nothing else. The same build gives the same bytes.
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/debian.sh
say() { echo "release: $*"; }

commit="$(git rev-parse --short=10 HEAD)"
[ -z "$(git status --porcelain)" ] || commit="$commit with changes that were not committed"
date="$(git log -1 --format=%ct)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
Scripts/stage.sh "$work/stage"
version="$("$work/stage/bin/avar" --version)"
name="avar-$version"
archive="$name-linux-$(uname -m).tar.gz"
mv "$work/stage" "$work/$name"

glibc="$(find "$work/$name" -type f \( -name '*.so*' -o -path '*/bin/*' \) -exec readelf --version-info --wide {} + \
    | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -n 1 | cut -d _ -f 2)"
cat >"$work/$name/README" <<TEXT
avar $version for Linux on $(uname -m), made of commit $commit.

It measures how much a vision-language model looks at the picture. It computes on the CPU, and needs nothing of the system but
glibc $glibc or later (ldd --version says which is there); downloads of models need certificates (ca-certificates) too.

    bin/avar doctor                          # what will be used
    bin/avar demo --output FOLDER            # a small model that lies in share/avar/Checkpoints
    bin/avar help

Move this folder where you like, and link to bin/avar from a folder on your PATH. Completions for bash, zsh and fish lie in
share/. Licences of all that is inside lie in share/avar/licences; debian/sources.txt there names the sources of Debian's.
TEXT
chmod 644 "$work/$name/README"

mkdir -p .release
tar --create --directory "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" --format=gnu "$name" \
    | gzip -9 --no-name >".release/$archive.new"
mv ".release/$archive.new" ".release/$archive"
(cd .release && sha256sum "$archive" >"$archive.sha256")
say ".release/$archive, $(du -h --apparent-size ".release/$archive" | cut -f 1)B packed, $(du -sh "$work/$name" | cut -f 1)B unpacked"
