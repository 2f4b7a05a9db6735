#!/usr/bin/env bash
# Packaging/archive.sh OUT    builds the release with Swift's libraries in it, and packs it with what belongs to it.
#
# SWIFT: the compiler driver. TOOLS: the packages that trials use, for INSTALL.md.
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:?the folder for the archive}
swift=${SWIFT:-$(command -v swift)}
toolchain=$(dirname "$(dirname "$(readlink -f "$swift")")")
build=.build/static                 # apart from .build/release: other flags, and both stay built
say() { echo "dist: $*"; }
fail() { echo "dist: $*" >&2; exit 1; }

# Each Debian release has another libhiredis (0.14, 1.1.0): it goes into the program, and libyaml with it. A folder with
# nothing but their archives comes first in the linker's search, by copies of the pkg-config files that the package asks
# for. librdkafka is librdkafka.so.1 everywhere and stays shared.
inside="hiredis yaml"
libraries=$PWD/.build/static-libraries
rm -rf "$libraries" && mkdir -p "$libraries/pkgconfig"
for name in $inside; do
    file=$("$toolchain/bin/clang" -print-file-name="lib$name.a")
    [ -f "$file" ] || fail "lib$name.a is missing: install lib$name-dev"
    ln -s "$(readlink -f "$file")" "$libraries/lib$name.a"
done
for name in yaml-0.1 rdkafka; do
    sed "s|^Libs: *|Libs: -L$libraries |" "$(pkg-config --variable=pcfiledir "$name")/$name.pc" >"$libraries/pkgconfig/$name.pc"
done
export PKG_CONFIG_PATH=$libraries/pkgconfig

"$swift" build -c release --scratch-path "$build" --product holdfast --static-swift-stdlib \
    -Xlinker --strip-all
built=$build/release/holdfast

needed=$(ldd "$built")
if grep -E 'swift|Foundation|dispatch|hiredis|yaml|not found' <<<"$needed"; then
    fail "the program needs these at run time (above), and should not"
fi
# Foundation's searches and formats for people bring ICU's data, twice the rest; nothing here needs them.
[ "$(stat -c %s "$built")" -lt 40000000 ] || fail "the program has $(du -h "$built" | cut -f1): ICU is in it (which object" \
    "asks for Foundation's own: nm -u $build/release/*.build/*.o | grep 10Foundation)"
# Packages of the shared libraries that it names itself; theirs are apt's affair.
packages=$(for soname in $(readelf -d "$built" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
    dpkg-query -S "*/$soname" | head -1 | cut -d: -f1 || fail "no package has $soname"
done | sort -u | tr '\n' ' ')
glibc=$(readelf --dyn-syms --wide "$built" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -1 | cut -d_ -f2)

version=$("$built" --version | cut -d' ' -f2)
name=holdfast-$version-linux-$(uname -m)
tree=$out/$name
rm -rf "$tree" && mkdir -p "$tree/man/man1" "$tree/licenses"
install -m 755 "$built" "$tree/holdfast"
# What servers load whose fsyncs are slowed down or whose clocks are stepped; in nothing of Holdfast's own.
"$toolchain/bin/clang" -O2 -shared -fPIC -ISources/CPreload/include Sources/CPreload/preload.c -Wl,--strip-all \
    -o "$tree/libHoldfastPreload.so"
cp -r faults suites compose docs examples LICENSE README.md CHANGELOG.md "$tree/"
install -m 644 man/holdfast.1 "$tree/man/man1/"
sed -e "s/@NAME@/$name/g; s/@VERSION@/$version/g; s/@PACKAGES@/${packages% }/g; s/@TOOLS@/${TOOLS:-}/g; s/@GLIBC@/$glibc/g" \
    Packaging/INSTALL.md >"$tree/INSTALL.md"
# What is in the program is distributed with it, and so are its terms.
for name_inside in $inside; do cp "/usr/share/doc/lib$name_inside-dev/copyright" "$tree/licenses/$name_inside"; done
cp "$toolchain/share/swift/LICENSE.txt" "$tree/licenses/swift"

# The same tree gives the same archive: names in order, nobody's files, one date.
date=$(git log -1 --format=%ct 2>/dev/null || date +%s)
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$date" -C "$out" -c "$name" | gzip -9n >"$out/$name.tar.gz"
rm -rf "$tree"
(cd "$out" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
say "$out/$name.tar.gz: $(du -h "$out/$name.tar.gz" | cut -f1); the program $(du -h "$built" | cut -f1)," \
    "glibc $glibc or later, ${packages% }"
