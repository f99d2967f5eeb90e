#!/usr/bin/env bash
# Opens a training's event files in real TensorBoard and compares what it serves with the training's log.jsonl:
#   Scripts/tensorboard-check.sh FOLDER [VENV]
# VENV is a Python environment with tensorboard, made there if it is not; without one it is made in a temporary folder and removed.
set -euo pipefail

[ $# -ge 1 ] && [ $# -le 2 ] || { echo "usage: $0 FOLDER [VENV]" >&2; exit 2; }
[ -d "$1" ] || { echo "$1: no such folder" >&2; exit 2; }
here="$(cd "$(dirname "$0")" && pwd)"

if [ $# -eq 2 ]; then
    venv="$2"
else
    venv="$(mktemp -d)"
    trap 'rm -rf "$venv"' EXIT
fi
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c "import tensorboard" 2>/dev/null || "$venv/bin/python" -m pip install -q tensorboard
"$venv/bin/python" "$here/tensorboard-check.py" "$1"
