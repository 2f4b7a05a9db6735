#!/bin/bash
# What runs at somebody else's Kafka say, each under a heading, its exit status last.
# audit.sh FOLDER HOLDFAST LIBRARY [PYTHON CLIENTS]: the folder is empty; the library's, if it is given, has a librdkafka
# that does SCRAM; clients under audit, if their interpreter is there.
F=$1
H=$2
LIBRARY=$3
PYTHON=$4
CLIENTS=$5
S=$(cd "$(dirname "$0")" && pwd)
export XDG_STATE_HOME="$F/state"
. "$S/cluster.sh" || exit 1
# Secrets: a password in a file, another in the environment.
export KEY_PASSWORD=lockedkeypw
openssl pkey -in client.key -aes256 -passout env:KEY_PASSWORD -out locked.key
printf topsecretpw >pw
printf nonsense >bad
for user in nobody reader writer grouper lister; do printf ${user}pw >$user.pw; done
does() { echo "[$S/broker.sh, $F, $1, \$node, \$address, \$from]"; }
verb() { echo "{run: $(does "$1"), proof: $(does "$2"), heal: $(does "$3")}"; }
cat >cluster.yml <<X
cluster: orders
system: kafka
nodes:
  - kafka-1.test
  - {address: kafka-2.test, called: kafka-2}
  - {address: "kafka-3.test:9092", called: kafka-3}
sasl: {mechanism: PLAIN, user: holdfast, password: {file: pw}}
tls: {ca: ca.crt, certificate: client.crt, key: locked.key, key-password: {environment: KEY_PASSWORD}}
verbs:
  kill: $(verb kill silent start)
  isolate: $(verb isolate cut join)
X
cat >suite.yml <<X
suite: external
workload: {agents: 6, rate: 200, duration: 3s, payload: 100, producers: 1, in-flight: 5}
groups: [{name: readers, consumers: 1, ack: after-processing, session-timeout: 3s}]
configurations:
  - {name: one, system: kafka, settings: {acks: 1}, faults: [none, {fault: leader-isolated, with: {partition: 500ms}}]}
  - name: committed
    system: kafka
    retries: idempotent
    transactions: {events: 20, abort: 10%}
    settings: {acks: all, min.insync.replicas: 2, replica.lag.time.max.ms: 3000}
    faults: [none, {fault: leader-kill, with: {down: 100ms}}]
X
say() { echo "## $1"; shift; "$@" 2>&1; echo "exit $?"; }
run() { $H run "$2" --lab external --i-own-this-cluster --cluster "$1" --quiet --out "$3" --only "$4"; }
# Name, how the cluster's file is changed, and of which configuration
refused() { sed "$2" cluster.yml >"$1.yml"; say "$1" run "$1.yml" suite.yml out-refused "${3:-one}/none"; }
as() { echo "s/user: holdfast, password: {file: pw}/user: $1, password: {file: $1.pw}/"; }
look() { python3 "$S/owner.py" look; }

look >before
# Whatever is seen of it where anybody may look.
printf 'topsecretpw\nlockedkeypw\n' >secrets
(while :; do grep -alFf secrets /proc/[0-9]*/cmdline && echo; sleep 0.3; done) >seen 2>/dev/null &
watcher=$!
say consent $H run suite.yml --lab external --cluster cluster.yml
refused password 's/file: pw/file: bad/'
refused scram 's/PLAIN/SCRAM-SHA-256/;s/file: pw/file: bad/'
refused library 's/PLAIN/SCRAM-SHA-512/'
refused expired 's/kafka-1.test/"kafka-1.test:9095"/'
refused other 's/kafka-1.test/"kafka-1.test:9096"/'
refused authority 's/ca: ca.crt/ca: other.crt/'
refused identity 's/, certificate: .*/}/'
refused plain '/^tls:/d'
refused create "$(as nobody)"
refused write "$(as reader)"
refused read "$(as writer)"
refused group "$(as grouper)"
refused configs "$(as lister)" committed
refused elsewhere '/kafka-3/d'
sed 's/time.max.ms: 3000/time.max.ms: 9000/' suite.yml >setting.yml
say setting run cluster.yml setting.yml out-refused 'committed/none'
sed 's/rate: 200/rate: 2000/' suite.yml >fast.yml
say ceiling run cluster.yml fast.yml out-refused '*/none'
look >tried
say tried cmp before tried

say one run cluster.yml suite.yml out-one '*/leader-isolated'
# The same at brokers of Holdfast's own.
say inside $H run suite.yml --quiet --out out-inside --only '*/leader-*'
if [ -n "$LIBRARY" ]; then
    sed 's/PLAIN/SCRAM-SHA-512/' cluster.yml >scram512.yml
    say committed env LD_LIBRARY_PATH="$LIBRARY" $H run suite.yml --lab external --i-own-this-cluster \
        --cluster scram512.yml --quiet --out out-committed --only '*/leader-kill'
else
    say committed run cluster.yml suite.yml out-committed '*/leader-kill'
fi

if [ -n "$PYTHON" ]; then
    cat suite.yml - >guest.yml <<X
  - name: guest
    system: kafka
    settings: {acks: all, min.insync.replicas: 2}
    producer: {command: [$PYTHON, $CLIENTS/producer.py]}
    consumer: {command: [$PYTHON, $CLIENTS/consumer.py]}
    faults: [none]
X
    say guest run cluster.yml guest.yml out-guest 'guest/none'
fi

# Killed while a broker is down by its doing.
sed 's/down: 100ms/down: 30s/' suite.yml >long.yml
$H run long.yml --lab external --i-own-this-cluster --cluster cluster.yml --quiet --out out-long \
    --only '*/leader-kill' >long.log 2>&1 &
killed=$!
struck() { grep -q 'fault.kill' state/holdfast/external/*.journal; }
until_ struck || cat long.log
say living $H heal --cluster cluster.yml out-one
kill -KILL $killed
wait $killed 2>/dev/null
say left python3 "$S/owner.py" left
say heal $H heal --cluster cluster.yml out-one
say again $H heal --cluster cluster.yml out-one
python3 "$S/owner.py" ready
look >after
say bystanders cmp before after
kill $watcher
mkdir -p out-guest
say secrets grep -rlFf secrets out-one out-committed out-guest out-long long.log state
echo "## seen"
cat seen leaked 2>/dev/null
