#!/usr/bin/env bash
# Makes the documentation of the library products, as a folder that any web server can serve, out of a build in release and with
# nothing but the toolchain; fails at a link that leads nowhere.
#   Scripts/documentation.sh [BUILD]
# BUILD is the folder of the build (.build/release). What is made lies in .build/documentation:
#   python3 -m http.server -d .build/documentation    # then http://localhost:8000/documentation/
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "documentation: $*" >&2; exit 1; }

# Each module behind those it builds on, so that links can lead from one to the other.
modules=(
    Safetensors Torch Images Tokenization Parquet Mathematics Scoring TensorBoard Reports Hub
    QwenVL Samples VisualAttention Microworld Training ColdStart Reinforcement Quality Serving
)
for product in $(sed -n 's/^ *\.library(name: "\([A-Za-z]*\)".*/\1/p' Package.swift); do
    [[ " ${modules[*]} " == *" $product "* ]] || fail "the product $product is not in the list of modules of $0; add it."
done

build="${1:-.build/release}"
[ -d "$build/Modules" ] || fail "$build holds no modules; build first (make build)."
build="$(cd "$build" && pwd)"
root="$(dirname "$build")"
while [ ! -d "$root/checkouts" ]; do
    [ "$root" != / ] || fail "no checkouts beside $build, in which the headers of dependencies lie."
    root="$(dirname "$root")"
done

binaries="$(dirname "$(readlink -f "$(command -v swift)")")"
docc="$(command -v docc || echo "$binaries/docc")"
[ -x "$docc" ] || fail "the toolchain has no docc; Swift 6.2 for Linux brings it."

# What the modules import that is written in C: maps that the build made, those of this package, those of its dependencies.
flags=(-I "$build/Modules" -target "$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')")
for include in $(PKG_CONFIG_PATH="$PWD/.deps/pkgconfig:${PKG_CONFIG_PATH:-}" pkg-config --cflags-only-I cairo); do
    flags+=(-Xcc "$include")
done
for map in "$build"/*.build/module.modulemap Sources/*/module.modulemap \
    "$root"/checkouts/*/Sources/*/module.modulemap "$root"/checkouts/*/Sources/*/include/module.modulemap; do
    # SQLCipher's module has the name of SQLite's, and is not built.
    [[ ! -f "$map" || "$map" == *SQLCipher* ]] || flags+=(-Xcc "-fmodule-map-file=$map")
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
archives=()
dependencies=()
broken=()
for module in "${modules[@]}"; do
    graphs="$work/graphs/$module"
    mkdir -p "$graphs"
    swift symbolgraph-extract -module-name "$module" "${flags[@]}" -minimum-access-level public \
        -skip-synthesized-members -skip-inherited-docs -output-dir "$graphs" >"$work/log" 2>&1 ||
        { cat "$work/log" >&2; fail "the module $module of $build cannot be read; build again (make build)."; }
    catalog="Sources/$module/$module.docc"
    [ -d "$catalog" ] || fail "$module has no catalog; write $catalog/$module.md with a sentence and its topics."
    archive="$work/$module.doccarchive"
    convert=("$docc" convert "$catalog" --additional-symbol-graph-dir "$graphs" --output-dir "$archive"
        --fallback-display-name "$module" --fallback-bundle-identifier "$module" --fallback-default-module-kind Library
        --enable-experimental-external-link-support "${dependencies[@]}")
    if ! "${convert[@]}" --warnings-as-errors >"$work/log" 2>&1; then
        grep -v '^$' "$work/log" >&2
        broken+=("$module")
        # Those that follow can still link to it.
        "${convert[@]}" >/dev/null 2>&1 || true
    fi
    archives+=("$archive")
    dependencies+=(--dependency "$archive")
done
[ ${#broken[@]} = 0 ] || fail "what is said above is wrong with the documentation of: ${broken[*]}"

rm -rf .build/documentation
mkdir -p .build
"$docc" merge "${archives[@]}" --output-path .build/documentation \
    --synthesized-landing-page-name avar --synthesized-landing-page-kind Package \
    --synthesized-landing-page-topics-style list >/dev/null
echo "$PWD/.build/documentation: ${#archives[@]} modules, $(find .build/documentation/data -name '*.json' | wc -l) pages"
