#!/usr/bin/env bash
# Makes .peers/, a Python environment with what the benchmarks compare this package with, at pinned versions. Running it again
# does nothing. What cannot be installed is left out and named: the reason stands in .peers/left-out/NAME, and the table of
# `make bench` repeats it.
#   Scripts/setup-peers.sh
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "peers: $*"; }
fail() { echo "peers: $*" >&2; exit 1; }

python="${PYTHON:-python3}"
"$python" -c "import sys; sys.exit(sys.version_info < (3, 11))" || fail "Python 3.11 or later is needed."
[ -x .peers/bin/python ] || "$python" -m venv .peers || fail "no environment could be made; Debian has it in python3-venv."
mkdir -p .peers/installed .peers/left-out

# add NAME OPTIONS... PACKAGES...: one peer, installed whole or left out. NAME is the package that benchmarks ask for.
add() {
    local name="$1" wanted log
    shift
    wanted="$*"
    if [ "$(cat ".peers/installed/$name" 2>/dev/null)" = "$wanted" ]; then
        say "$name: present"
        return
    fi
    say "installing $name"
    rm -f ".peers/installed/$name" ".peers/left-out/$name"
    log=".peers/$name.log"
    if .peers/bin/python -m pip install --disable-pip-version-check --root-user-action=ignore "$@" >"$log" 2>&1; then
        echo "$wanted" >".peers/installed/$name"
    else
        # pip says what it missed in a line that begins with ERROR; the last is often about the exit of a tool.
        { grep -m 1 '^ *\(ERROR\|error\|CMake Error\|fatal\)' "$log" || tail -n 1 "$log"; } >".peers/left-out/$name"
        say "$name is left out: $(cat ".peers/left-out/$name") (all of it: $log)"
    fi
}

# Whole, with its CUDA libraries (6 GB on the disk): Python's torch does not load without them, as the C++ library alone does.
add torch torch==2.15.0 torchvision==0.29.2
add transformers numpy==2.4.6 pillow==13.0.0 safetensors==0.8.0 tokenizers==0.23.3 transformers==5.24.0
add datasets datasets==5.2.0 pandas==3.1.1 matplotlib==3.11.2
add accelerate accelerate==1.15.0 peft==0.21.2
add trl --no-deps trl==1.16.0
# The vocabulary of Qwen2.5-VL, which this package carries.
add dashscope --no-deps dashscope==2.0.2
add gguf --no-deps gguf==0.19.0
# From its source, for this processor, as its users get it.
CMAKE_ARGS="-DGGML_NATIVE=ON" add llama-cpp-python llama-cpp-python==0.3.36
say "ready: $(ls .peers/installed | tr '\n' ' ')$(ls .peers/left-out | sed 's/^/without /' | tr '\n' ' ')"
