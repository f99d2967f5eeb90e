#!/usr/bin/env bash
# Installs Chromium and one family of fonts from Debian. Only the tests of the reports need them: they open a report as a
# reader does. Running it again does nothing.
set -euo pipefail

cd "$(dirname "$0")/.."
. Scripts/debian.sh

if install_debian chromium fonts-dejavu-core; then say "browser: ready"; else say "browser: present"; fi
