#!/bin/sh
# A primary, two replicas and three sentinels, and what runs at them say. sentinel.sh FOLDER HOLDFAST
. "$(dirname "$0")/namespaces.sh" "$1" "$2"
node 1 "appendonly no"
node 2 "appendonly no" "replicaof 10.77.0.11 6379"
node 3 "appendonly no" "replicaof 10.77.0.11 6379"
up 1 2 3
synced() { cli 1 info replication | grep -c state=online | grep -q 2; }
until_true 30 synced || exit 1
for n in 1 2 3; do sentinel $n; done
