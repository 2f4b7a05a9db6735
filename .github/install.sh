#!/usr/bin/env bash
# .github/install.sh ARCHIVE    installs the packages that the archive's INSTALL.md names.
set -euo pipefail
lines=$(tar -xzOf "${1:?an archive}" --wildcards '*/INSTALL.md' | grep -E '^(RUNLEVEL=1 )?apt-get install ')
[ -n "$lines" ]
sudo apt-get update -qq
while read -r line; do
    sudo env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive ${line#RUNLEVEL=1 } -y
done <<<"$lines"
