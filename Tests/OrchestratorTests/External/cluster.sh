#!/bin/sh
# A Redis Cluster of three shards with a replica each, and what runs at it say. cluster.sh FOLDER HOLDFAST
. "$(dirname "$0")/namespaces.sh" "$1" "$2"
for n in 1 2 3 4 5 6; do node $n "cluster-enabled yes" "tls-cluster yes" "cluster-node-timeout 2000" "appendonly no"; done
up 1 2 3 4 5 6
hosts=''
for n in 1 2 3 4 5 6; do hosts="$hosts 10.77.0.1$n:6379"; done
redis-cli $TLS --user admin --pass adminpw --cluster create $hosts --cluster-replicas 1 --cluster-yes >create.log 2>&1
whole() { for n in 1 2 3 4 5 6; do cli $n cluster info | grep -q cluster_state:ok && cli $n cluster nodes | grep -c slave | grep -q 3 || return 1; done; }
until_true 30 whole || { cat create.log; exit 1; }
cat >cluster.yml <<X
cluster: orders
system: redis-cluster
nodes:
$(for n in 1 2 3 4 5 6; do echo "  - {address: \"redis-$n.test:6379\", called: \"$n\"}"; done)
auth: {user: holdfast, password: {file: pw}}
tls: {ca: ca.crt, certificate: client.crt, key: key.pem}
verbs:
  kill: {run: [$D/kill.sh, \$node], proof: [$D/gone.sh, \$node], heal: [$D/start.sh, \$node]}
X
cat >suite.yml <<X
suite: shards
workload: {agents: 6, rate: 200, duration: 3s, payload: 100, producers: 1}
groups: [{name: readers, consumers: 1, ack: after-processing}]
configurations:
  - {name: shards, system: redis-cluster, settings: {appendonly: no, streams: agent}}
faults: [none, primary-kill, primary-kill-failover]
X
cli 1 -c xadd bystander 1-1 a b >/dev/null
cli 1 -c xgroup create bystander theirs 0 >/dev/null
