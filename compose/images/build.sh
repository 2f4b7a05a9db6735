#!/usr/bin/env bash
# Makes holdfast/redis:local and holdfast/kafka:local out of what this machine has installed, without a registry:
#   compose/images/build.sh [redis] [kafka]
# redis: Debian's redis-server. kafka: the release in KAFKA_HOME (or what `make kafka` fetched), and this machine's Java.
# Each holds these programs, the libraries that they load, and what the release's own scripts need; nothing else.
set -euo pipefail

cache=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/holdfast
work=$(mktemp -d)
name=holdfast-image-$$
trap 'docker rm --force --volumes "$name" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT

say() { echo "build.sh: $*" >&2; exit 2; }
command -v docker >/dev/null || say 'docker is not there; install it (apt-get install docker.io)'
docker version >/dev/null 2>&1 || say 'the Docker Engine does not answer; start it, or name it by DOCKER_HOST'

# Copies files as they are called, with all that they load.
copy() {
    local root=$1 file
    shift
    for file in "$@" $(for f in "$@"; do ldd "$f" 2>/dev/null || true; done | grep -o '/[^ )]*' | sort -u); do
        [ -e "$root$file" ] || { mkdir -p "$root$(dirname "$file")" && cp -L "$file" "$root$file"; }
    done
}

# A root with the folders that programs expect, and root's own name.
skeleton() {
    mkdir -p "$1"/{tmp,etc,data,bin,usr/bin}
    chmod 1777 "$1/tmp"
    echo 'root:x:0:0:root:/:/bin/sh' >"$1/etc/passwd"
    echo 'root:x:0:' >"$1/etc/group"
    echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
}

import() {
    local root=$1 image=$2
    shift 2
    tar -C "$root" -c . | docker import "$@" - "$image" >/dev/null
    echo "$image"
}

redis() {
    local root=$work/redis server
    server=$(command -v redis-server) || say 'redis-server is not there; install it (apt-get install redis-server)'
    skeleton "$root"
    copy "$root" "$server"
    for tool in redis-cli redis-check-aof; do
        if command -v $tool >/dev/null; then copy "$root" "$(command -v $tool)"; fi
    done
    # What the files in compose/ start sentinels and form clusters by.
    for tool in sh cp grep sleep; do copy "$root" "$(command -v $tool)"; done
    [ -e "$root/bin/sh" ] || ln -s ../usr/bin/sh "$root/bin/sh"
    # The repair tool is the server under another name.
    [ -e "$root/usr/bin/redis-check-aof" ] || ln -s "$(basename "$server")" "$root/usr/bin/redis-check-aof"
    import "$root" holdfast/redis:local --change 'CMD ["redis-server"]'
}

kafka() {
    local root=$work/kafka home=${KAFKA_HOME:-} java folder
    if [ -z "$home" ]; then home=$(ls -d "$cache"/kafka_*/ 2>/dev/null | tail -1); fi
    [ -d "$home/libs" ] || say 'there is no Kafka: set KAFKA_HOME to the folder of a release, or fetch one by make kafka'
    java=${JAVA_HOME:+$JAVA_HOME/bin/java}
    java=$(readlink -f "${java:-$(command -v java)}") || say 'Java is not there; install it (apt-get install openjdk-17-jre-headless)'
    folder=$(dirname "$(dirname "$java")")
    skeleton "$root"
    mkdir -p "$root/opt/kafka" "$root$folder"
    cp -RL "$home/libs" "$home/bin" "$root/opt/kafka/"
    [ ! -d "$home/config" ] || cp -RL "$home/config" "$root/opt/kafka/"
    # With the files behind its links, which lie in /etc, and with what its own libraries load.
    cp -RL "$folder/." "$root$folder/" 2>/dev/null || [ -x "$root$java" ]
    find "$folder" -name '*.so' -print0 | while IFS= read -r -d '' library; do copy "$root" "$library"; done
    copy "$root" "$java"
    # What the release's scripts call.
    for tool in bash sh env dirname basename readlink grep sed uname ls cat tr cut mkdir rm ps sleep; do
        if command -v $tool >/dev/null; then copy "$root" "$(command -v $tool)"; fi
    done
    ln -sfn "$java" "$root/usr/bin/java"
    [ -e "$root/bin/sh" ] || ln -s ../usr/bin/sh "$root/bin/sh"
    [ -e "$root/bin/bash" ] || ln -s ../usr/bin/bash "$root/bin/bash"
    import "$root" holdfast/kafka:local --change "ENV JAVA_HOME=$folder"
    archive
}

# What Java learns of Kafka's classes in one start, kept in the image as the official one has it: the next start takes half
# the time. A broker of its own, that nobody can reach, is started and ended.
archive() {
    local warm=$work/warm java=(-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp '/opt/kafka/libs/*')
    mkdir "$warm"
    cat >"$warm/server.properties" <<'PROPERTIES'
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:9093
listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093
controller.listener.names=CONTROLLER
log.dirs=/tmp/warm
offsets.topic.replication.factor=1
log.cleaner.dedupe.buffer.size=2097152
PROPERTIES
    docker create --network none --hostname localhost --tmpfs /tmp:exec --volume "$warm:/warm:ro" --name "$name" holdfast/kafka:local sh -c '
        set -e
        java "$@" kafka.tools.StorageTool format -t AAAAAAAAAAAAAAAAAAAAAQ -c /warm/server.properties
        exec java -XX:ArchiveClassesAtExit=/opt/kafka/kafka.jsa "$@" kafka.Kafka /warm/server.properties' sh "${java[@]}" >/dev/null
    docker start "$name" >/dev/null
    for _ in $(seq 240); do
        if docker exec "$name" bash -c 'exec 3<>/dev/tcp/127.0.0.1/9092' 2>/dev/null; then break; fi
        [ "$(docker inspect --format '{{.State.Running}}' "$name")" = true ] || say "Kafka ended: $(docker logs "$name" 2>&1 | tail -5)"
        sleep 0.5
    done
    docker stop --time 120 "$name" >/dev/null
    docker commit --change 'CMD ["bash"]' "$name" holdfast/kafka:local >/dev/null
    docker rm --force --volumes "$name" >/dev/null
}

for what in "${@:-redis kafka}"; do
    for each in $what; do
        case $each in
            redis | kafka) "$each" ;;
            *) say "there is no image \"$each\"; redis and kafka are what can be made" ;;
        esac
    done
done
