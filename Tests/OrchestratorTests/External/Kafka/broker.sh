#!/bin/bash
# What the owner of a broker does to it: broker.sh FOLDER WHAT NAME [ADDRESS] [FROM]
# FOLDER is what cluster.sh has made; NAME is kafka-1 or kafka-1.test.
cd "$1" || exit 1
# Commands find no secret in their environment.
[ -z "$KEY_PASSWORD" ] || echo "$*" >>leaked
name=${3%.test}
number=${name#kafka-}
peers() { for i in 1 2 3; do [ $i = "$number" ] || echo $i; done; }
within() { nsenter --net=/proc/"$(cat network-"$1")"/ns/net "${@:2}"; }
# Whether somebody takes a connection.
answers='timeout 2 bash -c'
case $2 in
start)
    read -ra program <program
    # In a session of its own: what a command leaves in its group ends with it.
    setsid nsenter --net=/proc/"$(cat network-"$number")"/ns/net "${program[@]}" -Dkafka.log="$name.log" \
        -cp "$(cat classpath)" kafka.Kafka "$name.properties" </dev/null >>"$name.out" 2>&1 &
    echo $! >"$name.pid"
    until grep -qs java "/proc/$!/comm"; do kill -0 $! && sleep 0.05 || exit 1; done
    ;;
kill) kill -KILL "$(cat "$name.pid")" ;;
terminate) kill -TERM "$(cat "$name.pid")" ;;
silent) ! $answers ">/dev/tcp/$4/9092" 2>/dev/null ;;
pause) kill -STOP "$(cat "$name.pid")" ;;
paused) grep -q '^State:.T' "/proc/$(cat "$name.pid")/status" ;;
resume) kill -CONT "$(cat "$name.pid")" ;;
isolate)
    # Cut off from the others; `all` are the clients, too.
    for i in $(peers); do within "$number" iptables -w 5 -I INPUT -s "198.18.0.1$i" -j DROP; done
    if [ "$5" = all ]; then within "$number" iptables -w 5 -I INPUT -s 198.18.0.1 -j DROP; fi
    ;;
cut)
    for i in $(peers); do
        if within "$i" $answers ">/dev/tcp/$4/9092" 2>/dev/null; then exit 1; fi
    done
    ;;
join) within "$number" iptables -w 5 -F ;;
*) exit 2 ;;
esac
