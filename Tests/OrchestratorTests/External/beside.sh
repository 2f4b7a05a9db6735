# To be read by a script that `holdfast lab` runs beside Redis servers:
#     . beside.sh FOLDER HOLDFAST
# FOLDER has the suite that they were started for. What their owner has, and has done to them, is made here.
cd "$1" || exit 1
H=$2
D=$1
export XDG_STATE_HOME="$D/state"
# Where the authority, keys and passwords are.
V=$(dirname "$HOLDFAST_CLUSTER")
printf weakpw >weak
printf nonsense >bad
cp $V/client.crt client.crt

# named NUMBER…: their servers are reached by names, as their certificates have them.
named() {
    cp /etc/hosts hosts
    for n in "$@"; do echo "198.18.0.1$n redis-$n" >>hosts; done
    mount --bind hosts /etc/hosts
}

# elsewhere NUMBER: a run that must be refused, for its name leads to an address of that server which nobody sends clients
# to.
elsewhere() {
    ip -n redis-$1 addr add 198.18.0.20$1/24 dev eth0
    was=$(cli $1 config get bind | tail -1)
    cli $1 config set bind "$was 198.18.0.20$1" >/dev/null
    sed "s/^198.18.0.1$1 /198.18.0.20$1 /" hosts >elsewhere
    mount --bind elsewhere /etc/hosts
    say unnamed with ''
    umount /etc/hosts
    cli $1 config set bind "$was" >/dev/null
    ip -n redis-$1 addr del 198.18.0.20$1/24 dev eth0
}

# issue NAME SUBJECT-ALT-NAMES DAYS KEY: a certificate by the lab's own authority.
issue() {
    openssl req -new -key "$4" -subj "/CN=$1" -out "$1.csr" 2>>openssl.log
    printf 'subjectAltName=%s\n' "$2" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$V/ca.crt" -CAkey "$V/ca.key" -CAcreateserial -days "$3" -extfile "$1.ext" \
        -out "$1.crt" 2>>openssl.log
}

# Commands of the servers' owner: NODE is redis-1 …
cat >start.sh <<Y
#!/bin/sh
cd "$D" && setsid nsenter --net=/run/netns/\$1 redis-server $V/\$1.conf >>\$1.log 2>&1 </dev/null &
Y
cat >kill.sh <<Y
#!/bin/sh
kill -9 \$(ip netns pids \$1)
Y
cat >gone.sh <<Y
#!/bin/sh
[ -z "\$(ip netns pids \$1)" ]
Y
chmod +x start.sh kill.sh gone.sh
# The cluster's file as the lab gives it: nodes by their names, and how they are killed.
sed -e 's/198\.18\.0\.1\([0-9]\):6379/redis-\1:6379/' -e "s|file: |file: $V/|" \
    -e "s|^tls: .*|tls: {ca: $V/ca.crt, certificate: $V/client.crt, key: $V/client.key}|" "$HOLDFAST_CLUSTER" >cluster.yml
cat >>cluster.yml <<Y
verbs:
  kill: {run: [$D/kill.sh, \$node], proof: [$D/gone.sh, \$node], heal: [$D/start.sh, \$node]}
Y

TLS="--tls --cacert $V/ca.crt --cert $V/client.crt --key $V/client.key --no-auth-warning"
# cli NUMBER COMMAND…
cli() {
    n=$1
    shift
    redis-cli -h redis-$n -p 6379 --insecure $TLS --user admin --pass "$(cat $V/admin.password)" "$@"
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
# As somebody who may do little, and is let in.
weak="s|^auth: .*|auth: {user: weak, password: {file: weak}}|"
weaken() {
    for n in "$@"; do
        cli $n acl setuser weak on '>weakpw' '~holdfast:*' resetchannels -@all +ping +info '+config|get' +del
    done >/dev/null
}
# certificates NUMBER: that server shows one that has expired, then one of another name.
certificates() {
    issue expired DNS:redis-$1 -1 $V/redis-$1.key
    issue other DNS:other.example 2 $V/redis-$1.key
    for c in expired other; do
        cli $1 config set tls-cert-file $D/$c.crt >/dev/null
        say $c with ''
    done
    cli $1 config set tls-cert-file $V/redis-$1.crt >/dev/null
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
# killed SUITE FAULT NUMBER…: a run is killed while it has one of these down, and what it left is healed.
killed() {
    suite=$1
    fault=$2
    shift 2
    $H run $suite --lab external --i-own-this-cluster --cluster cluster.yml --quiet --out out-killed \
        --only "*/$fault" >killed.log 2>&1 &
    P=$!
    fallen() { for n in "$@"; do ./gone.sh redis-$n && return 0; done; return 1; }
    until_true 60 fallen "$@"
    say living $H heal --cluster cluster.yml out-killed
    kill -9 $P
    wait $P 2>/dev/null
    say killed-remains remains "$@"
    say heal $H heal --cluster cluster.yml out-killed
}
