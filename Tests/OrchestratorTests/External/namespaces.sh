# To be read by a script that runs in a network, a list of mounts and a list of processes of its own:
#     . namespaces.sh FOLDER HOLDFAST
# Redis servers, each in a network namespace of its own and reached by its name, that let nobody in but by TLS with a
# client's certificate and by the password of a user.
cd "$1" || exit 1
H=$2
D=$1
export XDG_STATE_HOME="$D/state"
ip link set lo up
mount -t tmpfs tmpfs /run && mkdir -p /run/netns || exit 1
ip link add br0 type bridge && ip addr add 10.77.0.1/24 dev br0 && ip link set br0 up || exit 1

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=authority" -keyout ca.key -out ca.crt 2>openssl.log
openssl genrsa -out key.pem 2048 2>>openssl.log
# issue NAME SUBJECT-ALT-NAMES DAYS
issue() {
    openssl req -new -key key.pem -subj "/CN=$1" -out "$1.csr" 2>>openssl.log
    printf 'subjectAltName=%s\n' "$2" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "$3" -extfile "$1.ext" -out "$1.crt" \
        2>>openssl.log
}
issue client DNS:client 2
issue expired DNS:redis-2.test -1
issue other DNS:other.example 2
may='+ping +info +xadd +xrange +xrevrange +xlen +del +config|get +xgroup +xreadgroup +xack +xpending +xclaim +xinfo'
may="$may +client|id +client|unblock +eval"
cat >users.acl <<X
user default off
user admin on >adminpw ~* &* +@all
user copies on >copiespw ~* resetchannels -@all +psync +replconf +ping
user watches on >watchespw ~* &* -@all +multi +slaveof +ping +exec +subscribe +config|rewrite +role +publish +info +client|setname +client|kill +script|kill
user holdfast on >topsecretpw ~holdfast:* resetchannels -@all $may +cluster|nodes +cluster|info +asking
user weak on >weakpw ~holdfast:* resetchannels -@all +ping +info +config|get +del
X
printf topsecretpw >pw
printf weakpw >weak
printf nonsense >bad
printf 'sentinelsecretpw' >sentinelpw
echo '127.0.0.1 localhost' >hosts

# node NUMBER LINES…: its namespace, its certificate and its configuration. It has another address and name, too, which
# nobody sends clients to.
node() {
    n=$1
    shift
    ip netns add n$n
    ip link add v$n type veth peer name eth0 netns n$n
    ip link set v$n master br0 up
    ip -n n$n addr add 10.77.0.1$n/24 dev eth0
    ip -n n$n addr add 10.77.0.2$n/24 dev eth0
    ip -n n$n link set eth0 up
    ip -n n$n link set lo up
    printf '%s\n' "10.77.0.1$n redis-$n.test" "10.77.0.2$n also-$n.test" >>hosts
    issue redis-$n "DNS:redis-$n.test,DNS:also-$n.test" 2
    mkdir -p data-$n
    cp users.acl users-$n.acl
    cp redis-$n.crt own-$n.crt
    {
        printf '%s\n' "port 0" "tls-port 6379" "bind 10.77.0.1$n 10.77.0.2$n" "tls-cert-file $D/own-$n.crt" "tls-key-file $D/key.pem" \
            "tls-ca-cert-file $D/ca.crt" "tls-replication yes" "aclfile $D/users-$n.acl" "masteruser copies" \
            "masterauth copiespw" 'save ""' "dir $D/data-$n" "daemonize yes" "pidfile $D/redis-$n.pid" \
            "logfile $D/redis-$n.log" "repl-diskless-sync-delay 0" "repl-timeout 5" "repl-ping-replica-period 1"
        printf '%s\n' "$@"
    } >redis-$n.conf
}

# sentinel NUMBER: beside the server of that number.
sentinel() {
    mkdir -p data-s$1
    cat >sentinel-$1.conf <<X
port 0
tls-port 26379
bind 10.77.0.1$1
tls-cert-file $D/redis-$1.crt
tls-key-file $D/key.pem
tls-ca-cert-file $D/ca.crt
tls-replication yes
dir $D/data-s$1
daemonize yes
pidfile $D/sentinel-$1.pid
logfile $D/sentinel-$1.log
user default off
user peers on >peerspw ~* &* +@all
user holdfast on >sentinelsecretpw resetchannels -@all +ping +info +sentinel|master +sentinel|replicas +sentinel|sentinels +sentinel|get-master-addr-by-name
user weak on >weakpw resetchannels -@all +ping +info
sentinel sentinel-user peers
sentinel sentinel-pass peerspw
sentinel monitor mymaster 10.77.0.11 6379 2
sentinel auth-user mymaster watches
sentinel auth-pass mymaster watchespw
sentinel down-after-milliseconds mymaster ${SILENCE:-20000}
sentinel failover-timeout mymaster 5000
X
    ip netns exec n$1 redis-server sentinel-$1.conf --sentinel
}

# Commands of the clusters' owner: NODE is a number.
cat >start.sh <<X
#!/bin/sh
cd "$D" && rm -f redis-\$1.pid && ip netns exec n\$1 redis-server redis-\$1.conf
X
cat >kill.sh <<X
#!/bin/sh
kill -9 \$(cat "$D/redis-\$1.pid")
X
cat >gone.sh <<X
#!/bin/sh
! kill -0 \$(cat "$D/redis-\$1.pid") 2>/dev/null
X
chmod +x start.sh kill.sh gone.sh
TLS="--tls --cacert $D/ca.crt --cert $D/client.crt --key $D/key.pem --no-auth-warning"
# cli NUMBER COMMAND…
cli() {
    n=$1
    shift
    redis-cli -h redis-$n.test -p 6379 --insecure $TLS --user admin --pass adminpw "$@"
}
# until_true SECONDS COMMAND…
until_true() {
    tries=$(($1 * 10))
    shift
    until "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.1
    done
}
pongs() { [ "$(cli $1 ping)" = PONG ]; }
up() {
    mount --bind hosts /etc/hosts
    for n in "$@"; do ./start.sh $n; done
    for n in "$@"; do until_true 20 pongs $n || { cat redis-$n.log; exit 1; }; done
}
say() {
    echo "## $1"
    shift
    "$@" 2>&1
    echo "exit $?"
}
# run CLUSTER SUITE OUT CELLS
run() { $H run "$2" --lab external --i-own-this-cluster --cluster "$1" --quiet --out "$3" --only "$4"; }
# with EDIT: a run that must be refused, at the cluster's file as it is edited.
with() {
    sed "$1" cluster.yml >with.yml
    run with.yml suite.yml out-refused '*/none'
}
# settled NUMBER…: what of others there is on these, and how each is set, but for whom it follows.
settled() {
    for n in "$@"; do
        cli $n keys '*' | grep -v '^holdfast:' | sort
        cli $n config get '*' | paste - - | grep -v '^replicaof\|^slaveof' | sort
    done
}
# remains NUMBER…: what there is of runs.
remains() {
    for n in "$@"; do cli $n keys '*' | grep '^{\?holdfast'; done
    ls state/holdfast/external | grep journal
}
