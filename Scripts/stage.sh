#!/usr/bin/env bash
# Lays out in an empty FOLDER what `make install` and `make release` ship: the built command, every library it needs but glibc's,
# its data and the licences.
#   Scripts/stage.sh FOLDER
set -euo pipefail
[ $# = 1 ] || { echo "usage: Scripts/stage.sh FOLDER" >&2; exit 64; }
mkdir -p "$1"
stage="$(cd "$1" && pwd)"
cd "$(dirname "$0")/.."
. Scripts/debian.sh
. Scripts/glibc.sh

built=.build/release/avar
[ -x "$built" ] || fail "$built is not there; run make build first."
[ -z "$(ls -A "$stage")" ] || fail "$stage is not empty."
# patchelf gives the copies their search path, strip (binutils) leaves the debugging symbols behind.
install_debian patchelf binutils || true
umask 022

libraries="$stage/lib/avar"
shared="$stage/share/avar"
licences="$shared/licences"
mkdir -p "$stage/bin" "$libraries" "$shared/fonts" "$licences"

# The command. The linker wrote absolute paths of this machine into it, and RUNPATH would not reach what libraries need among
# themselves: the copy has one RPATH, which serves all libraries that have none of their own.
cp "$built" "$stage/bin/avar"
strip "$stage/bin/avar"
patchelf --force-rpath --set-rpath '$ORIGIN/../lib/avar' "$stage/bin/avar"

# The libraries, under the names by which they are asked for. Those with a search path of their own get their own folder.
resolved="$(ldd "$built")"
! grep "not found" <<<"$resolved" >&2 || fail "the libraries above were not found; run make build again."
debian=(fonts-dejavu-core)
package_of() {
    # On a system whose /lib is a link to /usr/lib, dpkg knows a file by either name.
    dpkg-query -S "$1" "${1#/usr}" "/usr$1" 2>/dev/null | head -n 1 | cut -d : -f 1 || true
}
while read -r name _ path _; do
    is_glibc "$(basename "$name")" && continue
    [[ "$path" = /* ]] || fail "ldd says of $name what this script does not understand: $path"
    path="$(realpath "$path")"
    cp "$path" "$libraries/$name"
    chmod 644 "$libraries/$name"
    ! readelf --section-headers --wide "$path" | grep -q ' \.symtab ' || strip --strip-unneeded "$libraries/$name"
    search="$(patchelf --print-rpath "$libraries/$name")"
    [ -z "$search" ] || [ "$search" = '$ORIGIN' ] || patchelf --set-rpath '$ORIGIN' "$libraries/$name"
    package="$(package_of "$path")"
    [ -z "$package" ] || debian+=("$package")
done < <(grep -v linux-vdso <<<"$resolved")

# Data: the checkpoint of the demo, and the font in which pictures are drawn. The command adds it to what fontconfig knows, whose
# settings name no folder of fonts: then no cache is written, for which not every user has a place.
mkdir "$shared/Checkpoints"
cp -R Checkpoints/microworld "$shared/Checkpoints/"
# The studies of avar reproduce, to be copied and changed, or done with an --output.
cp -R Configurations "$shared/"
cp /usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf "$shared/fonts/"
cat >"$shared/fonts/fonts.conf" <<'XML'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
XML

# Completions, where the shells look for them.
complete() {
    mkdir -p "$stage/share/$(dirname "$2")"
    "$stage/bin/avar" --generate-completion-script "$1" >"$stage/share/$2"
}
complete bash bash-completion/completions/avar
complete zsh zsh/site-functions/_avar
complete fish fish/vendor_completions.d/avar.fish

# Licences: our own, the toolchain's, those of the packages linked into the command, of the wheels and of Debian's packages.
licence() {
    mkdir -p "$licences/$1"
    cp -RL "${@:2}" "$licences/$1/"
}
licence avar LICENSE
swift="$(dirname "$(realpath "$(ldd "$built" | awk '$1 == "libswiftCore.so" { print $3 }')")")"
licence swift "$swift/../../../share/swift/LICENSE.txt"
shopt -s nullglob nocaseglob
for checkout in .build/checkouts/*/; do
    texts=("$checkout"licen[cs]e* "$checkout"notice*)
    [ ${#texts[@]} -gt 0 ] || fail "${checkout}has no licence text."
    licence "$(basename "$checkout")" "${texts[@]}"
done
shopt -u nocaseglob
for wheel in torch pyarrow nvidia_cuda_runtime nvidia_cuda_cupti; do
    texts=(.deps/$wheel-*.dist-info/licenses/*)
    [ ${#texts[@]} -gt 0 ] || fail "the wheel $wheel in .deps has no licence text; run make setup."
    licence "$wheel" "${texts[@]}"
done
# Debian's sources are found by name and version.
for package in $(printf '%s\n' "${debian[@]}" | sort -u); do
    licence "debian/$package" "/usr/share/doc/$package/copyright"
    dpkg-query -W -f='${source:Package} ${source:Version}: ${Package}\n' "$package" >>"$licences/debian/sources.txt"
done
texts="$(grep -rhoE '/usr/share/common-licenses/[A-Z][A-Za-z0-9.+-]*[A-Za-z0-9]' "$licences/debian" | sort -u)"
for text in $texts; do
    [ ! -e "$text" ] || licence debian/common-licenses "$text"
done

find "$stage" -type d -exec chmod 755 {} +
find "$stage" -type f -exec chmod 644 {} +
chmod 755 "$stage/bin/avar"
