#!/bin/sh
# A Redis Cluster of three shards with a replica each, and what runs at it say. cluster.sh FOLDER HOLDFAST
. "$(dirname "$0")/namespaces.sh" "$1" "$2"
for n in 1 2 3 4 5 6; do node $n "cluster-enabled yes" "tls-cluster yes" "cluster-node-timeout 2000" "appendonly yes"; done
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
  - {name: shards, system: redis-cluster, settings: {appendonly: yes, streams: agent}}
faults: [none, primary-kill-failover]
X
# In the last shard.
theirs=bystander
until [ "$(cli 1 cluster keyslot $theirs)" -gt 12000 ]; do theirs=$theirs-; done
cli 3 xadd $theirs 1-1 a b >/dev/null
cli 3 xgroup create $theirs theirs 0 >/dev/null
# steps
settled 1 2 3 4 5 6 >before
cli 3 xinfo groups $theirs >>before
say password with 's/file: pw/file: bad/'
say permission with 's/user: holdfast, password: {file: pw}/user: weak, password: {file: weak}/'
sed 's/+xadd//' users.acl >users-5.acl
cli 5 acl load >/dev/null
say replica-permission with ''
cp users.acl users-5.acl
cli 5 acl load >/dev/null
say unnamed with 's/redis-6.test/also-6.test/'
say missing with '/redis-6.test/d'
sed 's/appendonly: yes/appendonly: no/' suite.yml >setting.yml
say setting run cluster.yml setting.yml out-refused '*/none'
for c in expired other; do
    cp $c.crt own-2.crt
    cli 2 config set tls-cert-file $D/own-2.crt >/dev/null
    say $c with ''
done
cp redis-2.crt own-2.crt
cli 2 config set tls-cert-file $D/own-2.crt >/dev/null
say failover run cluster.yml suite.yml out-failover '*/primary-kill-failover'
say failover-remains remains 1 2 3 4 5 6
# One that is killed while it has a node down.
$H run suite.yml --lab external --i-own-this-cluster --cluster cluster.yml --quiet --out out-killed \
    --only '*/primary-kill-failover' >killed.log 2>&1 &
P=$!
fallen() { for n in 1 2 3 4 5 6; do ./gone.sh $n && return 0; done; return 1; }
until_true 60 fallen
say living $H heal --cluster cluster.yml out-killed
kill -9 $P
wait $P 2>/dev/null
say killed-remains remains 1 2 3 4 5 6
say heal $H heal --cluster cluster.yml out-killed
until_true 60 whole
say healed-remains remains 1 2 3 4 5 6
settled 1 2 3 4 5 6 >after
cli 3 xinfo groups $theirs >>after
say bystanders diff before after
say secrets grep -rlE 'topsecretpw|adminpw' out-failover out-killed state killed.log
