#!/bin/sh
# Both clusters at the same time, each in a network, a list of mounts and a list of processes of its own: whatever they
# start ends with them. owned.sh FOLDER HOLDFAST
here=$(dirname "$0")
for kind in cluster sentinel; do
    mkdir "$1/$kind"
    unshare --net --mount --pid --fork --kill-child --mount-proc sh "$here/$kind.sh" "$1/$kind" "$2" \
        >"$1/$kind.out" 2>&1 &
done
wait
