#!/bin/sh
# In a network of its own: a Redis with TLS, client certificates and users, and what a run at it says.
# audit.sh FOLDER HOLDFAST
cd "$1" || exit 1
H=$2
export XDG_STATE_HOME="$1/state"
ip link set lo up
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=authority" -keyout ca.key -out ca.crt 2>openssl.log
issue() {
    openssl req -newkey rsa:2048 -nodes -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>>openssl.log
    printf 'subjectAltName=%s\n' "$2" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "$3" -extfile "$1.ext" -out "$1.crt" \
        2>>openssl.log
}
issue server DNS:localhost 2
issue client DNS:client 2
issue other DNS:other.example 2
issue expired DNS:localhost -1
may='+ping +info +xadd +xrange +xrevrange +xlen +del +config|get +xgroup +xreadgroup +xack +xpending +xclaim +xinfo'
cat >users.acl <<X
user default off
user admin on >adminpw ~* &* +@all
user holdfast on >topsecretpw ~holdfast:* resetchannels -@all $may +client|id +client|unblock +eval
user weak on >weakpw ~holdfast:* resetchannels -@all +ping +info +config|get +del
X
echo server >certificate
cat >start.sh <<X
#!/bin/sh
cd "$1"
C=\$(cat certificate)
exec redis-server --port 0 --tls-port 7379 --bind 127.0.0.1 --tls-cert-file \$C.crt --tls-key-file \$C.key \
    --tls-ca-cert-file ca.crt --aclfile "$1/users.acl" --save "" --daemonize yes --pidfile "$1/redis.pid" --dir "$1"
X
printf '#!/bin/sh\nkill -9 $(cat "%s/redis.pid")\n' "$1" >kill.sh
printf '#!/bin/sh\n! kill -0 $(cat "%s/redis.pid") 2>/dev/null\n' "$1" >gone.sh
chmod +x start.sh kill.sh gone.sh
printf topsecretpw >pw; printf weakpw >weak; printf nonsense >bad
cat >cluster.yml <<X
cluster: orders
system: redis-standalone
nodes: [localhost:7379]
auth: {user: holdfast, password: {file: pw}}
tls: {ca: ca.crt, certificate: client.crt, key: client.key}
verbs:
  kill: {run: [$1/kill.sh], proof: [$1/gone.sh], heal: [$1/start.sh]}
X
cat >suite.yml <<X
suite: external
workload: {agents: 4, rate: 300, duration: 2s, payload: 100, producers: 1}
groups: [{name: readers, consumers: 1, ack: after-processing}]
configurations:
  - {name: memory, system: redis-standalone, settings: {appendonly: no}}
faults: [none, primary-kill]
X
C="redis-cli -h localhost -p 7379 --tls --cacert ca.crt --cert client.crt --key client.key --user admin --pass adminpw \
    --no-auth-warning"
up() { ./start.sh >/dev/null; n=0; until [ "$($C ping 2>/dev/null)" = PONG ] || [ $n -gt 100 ]; do n=$((n + 1)); sleep 0.1; done; }
say() { echo "## $1"; shift; "$@" 2>&1; echo "exit $?"; }
run() { $H run "$2" --lab external --i-own-this-cluster --cluster "$1" --quiet --out "$3" --only "$4"; }
with() { sed "$1" cluster.yml >with.yml; run with.yml suite.yml out-refused '*/none'; }
look() { $C keys '*' | sort; $C xinfo groups bystander; $C config get '*' | cksum; }
up
$C xadd bystander 1-1 a b >/dev/null; $C xgroup create bystander theirs 0 >/dev/null
look >before
say consent $H run suite.yml --lab external --cluster cluster.yml
say password with 's/file: pw/file: bad/'
say permission with 's/user: holdfast, password: {file: pw}/user: weak, password: {file: weak}/'
say authority with 's/ca: ca.crt/ca: other.crt/'
say identity with 's/, certificate.*/}/'
sed 's/appendonly: no/appendonly: yes/' suite.yml >setting.yml
say setting run cluster.yml setting.yml out-refused '*/none'
sed 's/rate: 300/rate: 3000/' suite.yml >fast.yml
say ceiling run cluster.yml fast.yml out-refused '*/none'
say untouched run cluster.yml suite.yml out-none '*/none'
sed 's/duration: 2s/duration: 30s/' suite.yml >long.yml
$H run long.yml --lab external --i-own-this-cluster --cluster cluster.yml --quiet --out out-long --only '*/none' \
    >/dev/null 2>&1 &
P=$!
n=0; until $C keys 'holdfast:*-1:events' | grep -q . || [ $n -gt 100 ]; do n=$((n + 1)); sleep 0.1; done
say living $H heal --cluster cluster.yml out-none
kill -9 $P; wait $P 2>/dev/null
echo "## left"; $C keys 'holdfast:*'
say heal $H heal --cluster cluster.yml out-none
look >after
say bystanders cmp before after
say loss run cluster.yml suite.yml out-kill '*/primary-kill'
say secrets grep -rl topsecretpw out-none out-kill out-long state
for c in expired other; do
    ./kill.sh; until ./gone.sh; do :; done
    echo $c >certificate; ./start.sh >/dev/null; n=0; until grep -q . redis.pid || [ $n -gt 50 ]; do n=$((n + 1)); sleep 0.1; done
    say $c run cluster.yml suite.yml out-refused '*/none'
done
./kill.sh
