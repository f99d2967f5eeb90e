#!/usr/bin/env bash
# Installs the built command, the libraries it needs and its data under PREFIX, and a list of all that for uninstall.sh.
#   PREFIX=/usr/local DESTDIR= Scripts/install.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/place.sh

umask 022
mkdir -p "$target" 2>/dev/null && [ -w "$target" ] || fail "$target cannot be written; use sudo, or give another PREFIX."

stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
Scripts/stage.sh "$stage"

# Only now that the new version is complete does an older one go.
[ ! -e "$list" ] || Scripts/uninstall.sh >/dev/null

# Folders that are there already are somebody else's: they are not listed, and stay when avar goes.
folders=()
while read -r folder; do
    [ -d "$target/$folder" ] || { mkdir "$target/$folder"; folders=("$folder/" "${folders[@]}"); }
done < <(cd "$stage" && find . -mindepth 1 -type d -printf '%P\n' | sort)
mapfile -t files < <(cd "$stage" && find . -type f -printf '%P\n' | sort)
printf '%s\n' "${files[@]}" share/avar/installed "${folders[@]}" >"$list"
# One by one, because a copy of folders would give those that are there our permissions.
for file in "${files[@]}"; do
    cp --remove-destination --preserve=mode,timestamps "$stage/$file" "$target/$file"
done
say "$PREFIX/bin/avar, $(du -shc "$stage" | awk 'END { print $1 }')B with its libraries${DESTDIR:+, in $DESTDIR}"
