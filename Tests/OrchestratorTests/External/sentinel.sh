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
hello() { redis-cli -h redis-$1.test -p 26379 $TLS --user holdfast --pass sentinelsecretpw sentinel master mymaster | grep -A1 num-other-sentinels | grep -qx 2; }
for n in 1 2 3; do until_true 30 hello $n || exit 1; done
cat >cluster.yml <<X
cluster: orders
system: redis-sentinel
nodes:
$(for n in 1 2 3; do echo "  - {address: \"redis-$n.test:6379\", called: \"$n\"}"; done)
sentinels: [redis-1.test, redis-2.test, redis-3.test]
primary-name: mymaster
auth: {user: holdfast, password: {file: pw}}
sentinel-auth: {user: holdfast, password: {file: sentinelpw}}
tls: {ca: ca.crt, certificate: client.crt, key: key.pem}
verbs:
  kill: {run: [$D/kill.sh, \$node], proof: [$D/gone.sh, \$node], heal: [$D/start.sh, \$node]}
X
cat >suite.yml <<X
suite: watched
workload: {agents: 4, rate: 200, duration: 3s, payload: 100, producers: 1}
groups: [{name: readers, consumers: 1, ack: after-processing}]
configurations:
  - {name: watched, system: redis-sentinel, settings: {appendonly: no}}
faults: [none, primary-kill, primary-kill-failover]
X
cli 1 xadd bystander 1-1 a b >/dev/null
cli 1 xgroup create bystander theirs 0 >/dev/null
