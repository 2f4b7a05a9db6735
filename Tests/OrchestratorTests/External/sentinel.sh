#!/bin/sh
# A primary, two replicas and three sentinels, and what runs at them say. sentinel.sh FOLDER HOLDFAST
. "$(dirname "$0")/beside.sh" "$1" "$2"
named 1 2 3
synced() { cli 1 info replication | grep -c state=online | grep -q 2; }
weaken 1 2 3
for n in 4 5 6; do
    redis-cli -h 198.18.0.1$n -p 26379 $TLS --user admin --pass "$(cat $V/admin.password)" \
        acl setuser weak on '>weakpw' resetchannels -@all +ping +info >/dev/null
done
cli 1 xadd bystander 1-1 a b >/dev/null
cli 1 xgroup create bystander theirs 0 >/dev/null
copied() { [ "$(cli 2 exists bystander)$(cli 3 exists bystander)" = 11 ]; }
until_true 30 copied
# What is others', and how it is set.
theirs() {
    settled 1 2 3
    cli 1 xrange bystander - +
    cli 1 xinfo groups bystander
}
# steps
theirs >before
say password with '/^sentinel-auth/s|file: .*holdfast.password|file: bad|'
say permission with "s|^sentinel-auth: .*|sentinel-auth: {user: weak, password: {file: weak}}|"
say server-permission with "$weak"
say plain with '/^tls/d'
say authority with 's|ca: [^,]*|ca: client.crt|'
say identity with 's|, certificate: .*|}|'
say primary-name with 's/^primary-name: .*/primary-name: somebody/'
elsewhere 2
say missing with '/redis-2/d'
say sentinels with '/sentinel-2/d'
sed 's/down-after-milliseconds: [0-9]*/down-after-milliseconds: 777/' suite.yml >setting.yml
say setting run cluster.yml setting.yml out-refused '*/none'
certificates 2
theirs >tried
say tried diff before tried
# The same from without and from within.
say outside run cluster.yml suite.yml out-outside '*/primary-kill'
say inside $H run suite.yml --quiet --out out-inside --only '*/primary-kill'
say remains remains 1 2 3
# A run is killed while it has a replica down: the primary has everything in its memory still.
cli 1 xadd bystander 1-1 a b >/dev/null
cli 1 xgroup create bystander theirs 0 >/dev/null
until_true 30 copied
theirs >before
mkdir faults
cat >faults/replica-down.yml <<X
fault: replica-down
about: A replica is killed, and is away for long.
applies-to: [redis-sentinel]
timeline:
  - {at: 50%, do: kill, node: replica}
  - {after: 10s, do: restart, node: same}
X
sed -e 's/^faults: .*/faults: [replica-down]/' -e /^gates/d suite.yml >long.yml
killed long.yml replica-down 1 2 3
until_true 30 synced
say healed-remains remains 1 2 3
theirs >after
say healed-bystanders diff before after
# Without sentinels their owner promotes.
for n in 1 2 3; do kill $(ip netns pids sentinel-$n); done
cat >promote.sh <<X
#!/bin/sh
# NODE leads from now on, and whoever is there follows it, as does whoever is started later.
cd "$D"
for n in 1 2 3; do
    to="198.18.0.1\${1#redis-} 6379"
    grep -v ^replicaof $V/redis-\$n.conf >new.conf
    [ redis-\$n = \$1 ] && to="no one" || echo "replicaof \$to" >>new.conf
    mv new.conf $V/redis-\$n.conf
    redis-cli -h redis-\$n $TLS --user admin --pass \$(cat $V/admin.password) replicaof \$to
done
exit 0
X
cat >leads.sh <<X
#!/bin/sh
redis-cli -h \$1 $TLS --user admin --pass \$(cat $V/admin.password) info replication | grep -q role:master
X
chmod +x promote.sh leads.sh
sed -e 's/redis-sentinel/redis-replicated/' -e '/^sentinel/d' -e '/called: sentinel/d' -e '/^primary-name/d' cluster.yml >replicated.yml
sed -e 's/redis-sentinel/redis-replicated/' -e 's/, down-after-milliseconds: [0-9]*//' -e /^gates/d suite.yml >replicated-suite.yml
theirs >before
say unpromoted run replicated.yml replicated-suite.yml out-unpromoted '*/primary-kill-failover'
echo "  promote: {run: [$D/promote.sh, \$node], proof: [$D/leads.sh, \$node], heal: [$D/promote.sh, redis-1]}" >>replicated.yml
say promoted run replicated.yml replicated-suite.yml out-promoted '*/primary-kill-failover'
say promoted-remains remains 1 2 3
until_true 30 synced
theirs >after
say bystanders diff before after
cat $V/holdfast.password $V/admin.password >secrets
say secrets grep -rlFf secrets lab/logs out-outside out-inside out-promoted out-killed state
