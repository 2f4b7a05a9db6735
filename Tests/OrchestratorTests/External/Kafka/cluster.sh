# Somebody else's Kafka: three brokers that are controllers too, each in a network of its own, with TLS, client
# certificates, passwords and access lists. To be read by a shell in namespaces of its own (unshare --net --mount --pid
# --fork --kill-child --mount-proc): with it goes everything that was started.
# Wants F, an empty folder, S, where this file lies, and KAFKA_HOME. Makes the folder the working directory.
cd "$F" || exit 1
LC_ALL=C
export LC_ALL
until_() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -gt 600 ] && return 1
        sleep 0.1
    done
}

# Java. An archive of classes that a lab has made of the same jars serves here, too.
classpath=$(printf '%s:' "$KAFKA_HOME"/libs/*.jar)
printf '%s' "${classpath%:}" >classpath
java="${JAVA_HOME:+$JAVA_HOME/bin/}java -Xlog:disable -XX:-UsePerfData -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
for archive in "${XDG_CACHE_HOME:-$HOME/.cache}"/holdfast/kafka-*.jsa; do
    with="-XX:SharedArchiveFile=$archive"
    if $java -Xshare:on "$with" -cp "${classpath%:}" -version >/dev/null 2>&1; then
        java="$java $with"
        break
    fi
done
echo "$java -Xmx256m -Dlog4j2.configurationFile=$F/log4j2.properties" >program

# Certificates, in files of PEM.
key='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
openssl req -x509 $key -days 2 -subj /CN=authority -keyout ca.key -out ca.crt 2>openssl.log
issue() {
    openssl req $key -subj "/CN=$1" -keyout "$1.key" -out "$1.csr" 2>>openssl.log
    printf 'subjectAltName=DNS:%s\n' "$2" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days "$3" -extfile "$1.ext" -out "$1.crt" \
        2>>openssl.log
    cat "$1.key" "$1.crt" >"$1.pem"
}
for i in 1 2 3; do issue kafka-$i kafka-$i.test 2; done
issue client client 2
issue expired kafka-1.test -1
issue other other.example 2

# Networks: one for each broker, and this one for clients. Names are known here and nowhere else.
ip link set lo up
ip link add cluster type bridge
ip addr add 198.18.0.1/24 dev cluster
ip link set cluster up
cp /etc/hosts hosts
for i in 1 2 3; do echo "198.18.0.1$i kafka-$i.test" >>hosts; done
mount --bind hosts /etc/hosts
here=$(readlink /proc/$$/ns/net)
elsewhere() { [ "$(readlink "/proc/$1/ns/net")" != "$here" ]; }
for i in 1 2 3; do
    unshare --net sleep infinity &
    echo $! >network-$i
    until_ elsewhere $!
    ip link add v$i type veth peer name eth0 netns $!
    ip link set v$i master cluster up
    for words in "addr add 198.18.0.1$i/24 dev eth0" "link set eth0 up" "link set lo up"; do
        nsenter --net=/proc/$!/ns/net ip $words
    done
done

users='org.apache.kafka.common.security.plain.PlainLoginModule required username="admin" password="adminpw"'
for user in admin:adminpw holdfast:topsecretpw nobody:nobodypw reader:readerpw writer:writerpw grouper:grouperpw \
    lister:listerpw; do
    users="$users user_${user%:*}=\"${user#*:}\""
done
scram='org.apache.kafka.common.security.scram.ScramLoginModule required;'
# Beside the listener that clients are to use, two whose certificates nobody should believe.
for i in 1 2 3; do
    at="://198.18.0.1$i"
    name="://kafka-$i.test"
    cat >kafka-$i.properties <<X
process.roles=broker,controller
node.id=$i
controller.quorum.voters=1@198.18.0.11:9093,2@198.18.0.12:9093,3@198.18.0.13:9093
controller.listener.names=CONTROLLER
listeners=CLIENTS$at:9092,EXPIRED$at:9095,OTHER$at:9096,CONTROLLER$at:9093
advertised.listeners=CLIENTS$name:9092,EXPIRED$name:9095,OTHER$name:9096
listener.security.protocol.map=CLIENTS:SASL_SSL,EXPIRED:SASL_SSL,OTHER:SASL_SSL,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENTS
sasl.mechanism.inter.broker.protocol=PLAIN
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
ssl.keystore.type=PEM
ssl.keystore.location=$F/kafka-$i.pem
ssl.truststore.type=PEM
ssl.truststore.location=$F/ca.crt
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:admin;User:ANONYMOUS
log.dirs=$F/data-$i
auto.create.topics.enable=false
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=3000
replica.fetch.wait.max.ms=100
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
offsets.topic.num.partitions=3
transaction.state.log.num.partitions=3
log.cleaner.dedupe.buffer.size=2097152
num.network.threads=2
num.io.threads=2
num.recovery.threads.per.data.dir=1
X
    for listener in clients expired other; do
        # Said of all listeners together it would hold for none of these: passwords are thought to be enough.
        echo "listener.name.$listener.ssl.client.auth=required"
        echo "listener.name.$listener.plain.sasl.jaas.config=$users;"
        for mechanism in 256 512; do
            echo "listener.name.$listener.scram-sha-$mechanism.sasl.jaas.config=$scram"
        done
        [ $listener = clients ] && continue
        echo "listener.name.$listener.ssl.keystore.type=PEM"
        echo "listener.name.$listener.ssl.keystore.location=$F/$listener.pem"
    done >>kafka-$i.properties
done
cat >log4j2.properties <<'X'
appender.file.type=File
appender.file.name=file
appender.file.fileName=${sys:kafka.log}
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d %p %c %m%n
rootLogger.level=info
rootLogger.appenderRef.file.ref=file
X
# One is formatted; the others have the same but for their names.
id=AAAAAAAAAAAAAAAAAAAAAQ
$java -cp "${classpath%:}" kafka.tools.StorageTool format -t $id -c kafka-1.properties \
    --add-scram 'SCRAM-SHA-256=[name=holdfast,password=topsecretpw]' \
    --add-scram 'SCRAM-SHA-512=[name=holdfast,password=topsecretpw]' >format.log 2>&1 || {
    cat format.log
    exit 1
}
for i in 2 3; do
    mkdir data-$i
    cp data-1/bootstrap.checkpoint data-$i
    own=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d =)
    printf 'version=1\ncluster.id=%s\nnode.id=%s\ndirectory.id=%s\n' $id $i "$own" >data-$i/meta.properties
done
for i in 1 2 3; do bash "$S/broker.sh" "$F" start kafka-$i; done
python3 "$S/owner.py" ready && python3 "$S/owner.py" prepare
