#!/usr/bin/env bash
# Removes what install.sh put under PREFIX, and nothing else.
#   PREFIX=/usr/local DESTDIR= Scripts/uninstall.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. Scripts/place.sh

[ -e "$list" ] || fail "nothing is installed under $target: there is no $list."
[ -w "$target/share/avar" ] || fail "$target cannot be written; use sudo."
mapfile -t paths <"$list"
for path in "${paths[@]}"; do
    case "$path" in
    "" | /* | *..*) fail "$list is not a list that install.sh wrote: it names '$path'." ;;
    # A folder of ours in which somebody has put something since stays.
    */) rmdir --ignore-fail-on-non-empty "$target/$path" ;;
    *) rm -f "$target/$path" ;;
    esac
done
say "avar is gone from $target"
