#!/usr/bin/env bash
# Installs what the package needs on a Debian machine that has the Swift toolchain: image codecs, cairo, a font and pkg-config
# from Debian, and libtorch (the `torch` wheel's own libraries and headers) into .deps/. Running it again does nothing.
#   Scripts/setup.sh            CPU
#   CUDA=1 Scripts/setup.sh     with every CUDA library the wheel asks for
set -euo pipefail
cd "$(dirname "$0")/.."

torch=2.15.0
cuda_runtime=13.5.37
cuda_cupti=13.5.25
packages=(libjpeg62-turbo-dev libpng-dev libwebp-dev libcairo2-dev fonts-dejavu-core pkg-config)

. Scripts/debian.sh

command -v swift >/dev/null || fail "the Swift toolchain is not on the PATH; install Swift 6.2 or later first."

# python3 fetches the wheels and the demo's pictures; nothing runs on it afterwards.
command -v python3 >/dev/null && python3 -m pip --version >/dev/null 2>&1 || packages+=(python3 python3-pip)

install_debian "${packages[@]}" || say "Debian packages: present"

variant="cpu"
[ "${CUDA:-0}" = 1 ] && variant="cuda"
stamp=".deps/.installed"
wanted="torch==$torch $variant"
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] || [ "$(cat "$stamp" 2>/dev/null)" = "torch==$torch cuda" ]; then
    say "libtorch $torch: present"
else
    say "installing libtorch $torch ($variant) into .deps/ (about 540 MB to download)"
    rm -rf .deps
    mkdir -p .deps
    options=(--quiet --disable-pip-version-check --root-user-action=ignore --target .deps)
    if [ "$variant" = cuda ]; then
        python3 -m pip install "${options[@]}" "torch==$torch"
    else
        # Only libraries that libtorch_cpu itself links; the wheel's Python dependencies are not needed.
        python3 -m pip install "${options[@]}" --no-deps "torch==$torch" "nvidia-cuda-runtime==$cuda_runtime" \
            "nvidia-cuda-cupti==$cuda_cupti"
    fi
    echo "$wanted" >"$stamp"
fi

# SwiftPM finds libtorch through this file. It is written anew each time, because a checkout may have moved.
mkdir -p .deps/pkgconfig
root="$(pwd)/.deps/torch"
cat >.deps/pkgconfig/libtorch.pc.new <<PC
Name: libtorch
Description: The libraries and headers of the torch wheel
Version: $torch
Cflags: -I$root/include -I$root/include/torch/csrc/api/include
Libs: -L$root/lib -ltorch_cpu -lc10
PC
# An unchanged file keeps its date, so that nothing is compiled again for nothing.
cmp -s .deps/pkgconfig/libtorch.pc.new .deps/pkgconfig/libtorch.pc 2>/dev/null \
    && rm .deps/pkgconfig/libtorch.pc.new \
    || mv .deps/pkgconfig/libtorch.pc.new .deps/pkgconfig/libtorch.pc
say "ready"
