#!/usr/bin/env bash
# Packaging/try.sh ARCHIVE    unpacks it where neither a Swift toolchain nor the sources can be reached, and uses it.
#
# Needs root: what must not be found is covered by empty folders, in a mount namespace of its own that ends with this.
set -euo pipefail
archive=$(readlink -f "${1:?an archive}")
sources=$(cd "$(dirname "$0")/.." && pwd)
fail() { echo "try: $*" >&2; exit 1; }

if [ "${2:-}" != inside ]; then
    [ "$(id -u)" = 0 ] || fail "needs root"
    # On a disk: where results are, a filesystem in memory would know no fsync.
    place=$(mktemp -d "${TMPDIR:-/var/tmp}/holdfast-try.XXXXXX")
    trap 'rm -rf "$place"' EXIT
    tar -xzf "$archive" -C "$place"
    cp "$0" "$place/try.sh"
    swift=${SWIFT:-$(command -v swift || true)}
    unshare --mount --propagation private -- bash "$place/try.sh" "$archive" inside "$place" "$sources" "$swift"
    exit
fi

place=$3 sources=$4 swift=$5
mkdir "$place/empty"
cover() { if [ -d "$1" ]; then mount --bind "$place/empty" "$1"; elif [ -e "$1" ]; then mount --bind /dev/null "$1"; fi; }
cd /
cover "$sources"
if [ -n "$swift" ]; then
    toolchain=$(dirname "$(dirname "$(readlink -f "$swift")")")
    case $toolchain in
    /usr) for part in /usr/bin/swift* /usr/lib/swift /usr/lib/swift_static /usr/libexec/swift; do cover "$part"; done ;;
    *) cover "$toolchain" ;;
    esac
    ! "$swift" --version 2>/dev/null || fail "the toolchain is still there"
fi

folder=$(echo "$place"/holdfast-*/)
program=${folder}holdfast
clean() { env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin "$@"; }
holdfast() { clean "$program" "$@"; }
! ldd "$program" | grep -iE 'swift|foundation|dispatch|not found' || fail "libraries that are not the distribution's"

count=$(find "$folder/faults" -name '*.yml' | wc -l)
[ "$count" -gt 0 ] && [ "$(holdfast faults | grep -c '^  [a-z]')" = "$count" ] || fail "not all of its $count faults are listed"
holdfast faults power-loss >/dev/null || fail "a fault is not explained"
# By a link, and where a system would have it.
mkdir -p "$place/usr/bin" "$place/usr/share/holdfast"
ln -s "$program" "$place/link"
clean "$place/link" faults primary-kill >/dev/null || fail "the faults are not found by a link to the program"
cp "$program" "$place/usr/bin/"
! clean "$place/usr/bin/holdfast" faults >/dev/null 2>&1 || fail "faults were found that are not this program's"
cp -r "$folder/faults" "$place/usr/share/holdfast/"
clean "$place/usr/bin/holdfast" faults primary-kill >/dev/null || fail "the faults are not found in share/holdfast"

holdfast doctor || fail "doctor failed"
holdfast doctor | grep -q "${folder%/}/libHoldfastPreload.so" || fail "the library that servers load is not beside the program"
(cd "$place" && holdfast run "${folder}suites/smoke.yml" --out "$place/out") || fail "the smoke suite ended with $?"
holdfast report "$place/out" --out "$place/report" >/dev/null || fail "report failed"
for file in summary.json report.html report.md junit.xml; do [ -s "$place/out/$file" ] || fail "no $file"; done
if command -v man >/dev/null; then clean man -l "${folder}man/man1/holdfast.1" | grep -q . || fail "no manual"; fi
! grep -n '@[A-Z]*@' "${folder}INSTALL.md" || fail "INSTALL.md has blanks"
echo "try: $(basename "$archive") works without Swift"
