#!/bin/sh
# Both clusters at the same time, each started with TLS and passwords in a lab of its own and then audited by address:
# whatever runs there ends with the lab. owned.sh FOLDER HOLDFAST
here=$(dirname "$0")
mkdir "$1/cluster" "$1/sentinel"
cat >"$1/cluster/suite.yml" <<X
suite: shards
workload: {agents: 6, rate: 200, duration: 3s, payload: 100, producers: 1}
groups: [{name: readers, consumers: 1, ack: after-processing}]
configurations:
  - {name: shards, system: redis-cluster, settings: {access: secured, appendonly: yes, streams: agent}}
faults: [none, primary-kill-failover]
X
cat >"$1/sentinel/suite.yml" <<X
suite: watched
workload: {agents: 4, rate: 200, duration: 3s, payload: 100, producers: 1}
configurations:
  - name: watched
    system: redis-sentinel
    settings: {access: secured, appendonly: no, down-after-milliseconds: ${SILENCE:-20000}}
faults: [none, primary-kill, primary-kill-failover]
gates: [{configuration: watched, fault: primary-kill, finding: lost, min: 250}]
X
for kind in cluster sentinel; do
    "$2" lab "$1/$kind/suite.yml" --quiet --out "$1/$kind/lab" -- sh "$here/$kind.sh" "$1/$kind" "$2" \
        >"$1/$kind.out" 2>&1 &
done
wait
