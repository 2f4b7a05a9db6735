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
configurations:
  - {name: watched, system: redis-sentinel, settings: {appendonly: no, down-after-milliseconds: ${SILENCE:-20000}}}
faults: [none, primary-kill, primary-kill-failover]
gates: [{configuration: watched, fault: primary-kill, finding: lost, min: 1}]
X
# steps
say password with '/^sentinel-auth/s/file: sentinelpw/file: bad/'
say permission with 's/^sentinel-auth: .*/sentinel-auth: {user: weak, password: {file: weak}}/'
say primary-name with 's/mymaster/somebody/'
say unnamed with 's/redis-2.test:6379/also-2.test:6379/'
say sentinels with 's/redis-2.test, redis-3.test/redis-2.test/'
sed 's/down-after-milliseconds: [0-9]*/down-after-milliseconds: 777/' suite.yml >setting.yml
say setting run cluster.yml setting.yml out-refused '*/none'
# The same from without and from within.
say outside run cluster.yml suite.yml out-outside '*/primary-kill'
say inside $H run suite.yml --quiet --out out-inside --only '*/primary-kill'
say remains remains 1 2 3
# Without sentinels: their owner promotes.
for n in 1 2 3; do kill $(cat sentinel-$n.pid); done
cat >promote.sh <<X
#!/bin/sh
# NODE leads from now on, and whoever is there follows it, as does whoever is started later.
cd "$D"
for n in 1 2 3; do
    to="10.77.0.1\$1 6379"
    grep -v ^replicaof redis-\$n.conf >new.conf
    [ \$n = \$1 ] && to="no one" || echo "replicaof \$to" >>new.conf
    mv new.conf redis-\$n.conf
    redis-cli -h redis-\$n.test $TLS --user admin --pass adminpw replicaof \$to
done
exit 0
X
cat >leads.sh <<X
#!/bin/sh
redis-cli -h redis-\$1.test $TLS --user admin --pass adminpw info replication | grep -q role:master
X
chmod +x promote.sh leads.sh
sed -e 's/redis-sentinel/redis-replicated/' -e '/^sentinel/d' -e '/^primary-name/d' cluster.yml >replicated.yml
sed -e 's/redis-sentinel/redis-replicated/' -e 's/, down-after-milliseconds: [0-9]*//' -e /^gates/d suite.yml >replicated-suite.yml
cli 1 xadd bystander 1-1 a b >/dev/null
cli 1 xgroup create bystander theirs 0 >/dev/null
copied() { [ "$(cli 2 exists bystander)$(cli 3 exists bystander)" = 11 ]; }
until_true 30 copied
settled 1 2 3 >before
say unpromoted run replicated.yml replicated-suite.yml out-unpromoted '*/primary-kill-failover'
echo "  promote: {run: [$D/promote.sh, \$node], proof: [$D/leads.sh, \$node], heal: [$D/promote.sh, '1']}" >>replicated.yml
say promoted run replicated.yml replicated-suite.yml out-promoted '*/primary-kill-failover'
say promoted-remains remains 1 2 3
until_true 30 synced
settled 1 2 3 >after
say bystanders diff before after
say secrets grep -rlE 'topsecretpw|sentinelsecretpw|adminpw' out-outside out-promoted state
