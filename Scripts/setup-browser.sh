#!/usr/bin/env bash
# Installs Chromium and one family of fonts from Debian. Only the tests of the reports need them: they open a report as a
# reader does. Running it again does nothing.
set -euo pipefail

packages=(chromium fonts-dejavu-core)

say() { echo "setup: $*"; }
fail() { echo "setup: $*" >&2; exit 1; }

missing=()
for package in "${packages[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    say "browser: present"
    exit 0
fi
say "installing Debian packages: ${missing[*]}"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "run as root, or install these packages first: ${missing[*]}"
    as_root=(sudo)
fi
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
say "browser: ready"
