#!/usr/bin/env bash
# Installs what the package needs on a Debian machine that has the Swift toolchain: image codecs, cairo, a font and pkg-config
# from Debian, and into .deps/ libtorch and Arrow (the libraries and headers of the wheels `torch` and `pyarrow`). Running it
# again does nothing.
#   Scripts/setup.sh            CPU
#   CUDA=1 Scripts/setup.sh     with every CUDA library the wheel asks for
set -euo pipefail
cd "$(dirname "$0")/.."

torch=2.15.0
cuda_runtime=13.5.37
cuda_cupti=13.5.25
arrow=26.0.1
packages=(libjpeg62-turbo-dev libpng-dev libwebp-dev libcairo2-dev libsqlite3-dev fonts-dejavu-core pkg-config)

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

# Its own stamp, which goes when .deps/ does.
stamp=".deps/.installed-arrow"
wanted="pyarrow==$arrow"
if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then
    say "Arrow $arrow: present"
else
    say "installing Arrow $arrow into .deps/ (about 55 MB to download)"
    rm -rf .deps/pyarrow .deps/pyarrow-*.dist-info "$stamp"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .deps --no-deps "$wanted"
    # A wheel names its libraries by version alone; the linker asks for the plain names.
    for library in arrow parquet; do
        versioned=(.deps/pyarrow/lib$library.so.*)
        ln -sf "$(basename "${versioned[0]}")" ".deps/pyarrow/lib$library.so"
    done
    echo "$wanted" >"$stamp"
fi

# SwiftPM finds both through these files. They are written anew each time, because a checkout may have moved; one that says
# what it said keeps its date, so that nothing is compiled again for nothing.
describe() {
    local file=".deps/pkgconfig/$1.pc"
    cat >"$file.new"
    if cmp -s "$file.new" "$file"; then rm "$file.new"; else mv "$file.new" "$file"; fi
}

mkdir -p .deps/pkgconfig
root="$(pwd)/.deps/torch"
describe libtorch <<PC
Name: libtorch
Description: The libraries and headers of the torch wheel
Version: $torch
Cflags: -I$root/include -I$root/include/torch/csrc/api/include
Libs: -L$root/lib -ltorch_cpu -lc10
PC
root="$(pwd)/.deps/pyarrow"
describe arrow <<PC
Name: arrow
Description: The libraries and headers of the pyarrow wheel
Version: $arrow
Cflags: -I$root/include
Libs: -L$root -lparquet -larrow
PC
say "ready"
