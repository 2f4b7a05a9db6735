#!/bin/bash
# What runs at somebody else's Kafka say, each under a heading, its exit status last. Run beside the brokers by owned.sh.
# audit.sh FOLDER HOLDFAST LIBRARY [PYTHON CLIENTS]: the library's folder, if it is given, has a librdkafka that does
# SCRAM; clients under audit, if their interpreter is there.
F=$1
H=$2
LIBRARY=$3
PYTHON=$4
CLIENTS=$5
S=$(cd "$(dirname "$0")" && pwd)
export XDG_STATE_HOME="$F/state"
cd "$F" || exit 1
LC_ALL=C
export LC_ALL
# Where the authority, keys and passwords are.
V=$(dirname "$HOLDFAST_CLUSTER")
until_() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -gt 600 ] && return 1
        sleep 0.1
    done
}
# Brokers are reached by names, as their certificates have them, and announce their addresses.
cp /etc/hosts hosts
for i in 1 2 3; do echo "198.18.0.1$i broker-$i" >>hosts; done
mount --bind hosts /etc/hosts
for i in 1 2 3; do cat /proc/"$(ip netns pids broker-$i)"/cmdline >program-$i; done

# issue NAME SUBJECT-ALT-NAMES DAYS: a certificate by the lab's own authority, and its key.
issue() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" \
        2>>openssl.log
    printf 'subjectAltName=%s\n' "$2" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$V/ca.crt" -CAkey "$V/ca.key" -CAcreateserial -days "$3" -extfile "$1.ext" \
        -out "$1.crt" 2>>openssl.log
    cat "$1.key" "$1.crt" >"$1.pem"
}
issue expired DNS:broker-1 -1
issue other DNS:other.example 2
# One broker gets two more listeners, whose certificates nobody should believe.
properties=$V/broker-1.properties
more() { sed -n "s|^$1=\(.*\)|$1=\1,$2|p" "$properties"; }
{
    more listeners EXPIRED://0.0.0.0:9095,OTHER://0.0.0.0:9096
    more advertised.listeners EXPIRED://198.18.0.11:9095,OTHER://198.18.0.11:9096
    more listener.security.protocol.map EXPIRED:SASL_SSL,OTHER:SASL_SSL
    for listener in expired other; do
        grep '^listener.name.secured' "$properties" | grep -v keystore | sed "s/secured/$listener/"
        echo "listener.name.$listener.ssl.keystore.type=PEM"
        echo "listener.name.$listener.ssl.keystore.location=$F/$listener.pem"
    done
} >more.properties
cat more.properties >>"$properties"
bash "$S/broker.sh" "$F" kill broker-1
until_ bash "$S/broker.sh" "$F" silent broker-1 198.18.0.11
bash "$S/broker.sh" "$F" start broker-1
python3 "$S/owner.py" ready

# Secrets: a password in a file, another in the environment.
export KEY_PASSWORD=lockedkeypw
openssl pkey -in "$V/client.key" -aes256 -passout env:KEY_PASSWORD -out locked.key
printf nonsense >bad
does() { echo "[$S/broker.sh, $F, $1, \$node, \$address, \$from]"; }
verb() { echo "{run: $(does "$1"), proof: $(does "$2"), heal: $(does "$3")}"; }
# The cluster's file as the lab gives it, with names, a key that is locked, and what its owner does to brokers.
sed -e 's/198\.18\.0\.1\([0-9]\):9092/broker-\1:9092/' -e "s|file: |file: $V/|" -e '/^tls:/d' "$HOLDFAST_CLUSTER" \
    >cluster.yml
cat >>cluster.yml <<X
tls: {ca: $V/ca.crt, certificate: $V/client.crt, key: locked.key, key-password: {environment: KEY_PASSWORD}}
verbs:
  kill: $(verb kill silent start)
  isolate: $(verb isolate cut join)
X
say() { echo "## $1"; shift; "$@" 2>&1; echo "exit $?"; }
run() { $H run "$2" --lab external --i-own-this-cluster --cluster "$1" --quiet --out "$3" --only "$4"; }
# Name, how the cluster's file is changed, and of which configuration
refused() { sed "$2" cluster.yml >"$1.yml"; say "$1" run "$1.yml" suite.yml out-refused "${3:-one}/none"; }
# While the user has all rights but one kind.
lacking() {
    python3 "$S/owner.py" permit "$2"
    refused "$1" '' "$3"
}
look() { python3 "$S/owner.py" look; }

say prepared python3 "$S/owner.py" prepare
look >before
# Whatever is seen of it where anybody may look.
{ cat "$V/holdfast.password" "$V/admin.password"; echo lockedkeypw; } >secrets
(while :; do grep -alFf secrets /proc/[0-9]*/cmdline && echo; sleep 0.3; done) >seen 2>/dev/null &
watcher=$!
say consent $H run suite.yml --lab external --cluster cluster.yml
refused password "s|file: .*holdfast.password|file: bad|"
refused scram "s/PLAIN/SCRAM-SHA-256/;s|file: .*holdfast.password|file: bad|"
refused library 's/PLAIN/SCRAM-SHA-512/'
refused expired 's/broker-1:9092/broker-1:9095/'
refused other 's/broker-1:9092/broker-1:9096/'
refused authority 's|ca: [^,]*|ca: other.crt|'
refused identity 's/, certificate: .*/}/'
refused access '/^tls:/d'
sed 's/access: secured, //' suite.yml >unsaid.yml
say plain run access.yml unsaid.yml out-refused 'one/none'
lacking create all
lacking write write
lacking read read
lacking group group
lacking configs configs committed
python3 "$S/owner.py" permit nothing
refused elsewhere '/broker-3/d'
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
say secrets grep -rlFf secrets lab/logs out-inside out-one out-committed out-guest out-long long.log state
echo "## seen"
cat seen leaked 2>/dev/null
