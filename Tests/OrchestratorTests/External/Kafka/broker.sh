#!/bin/bash
# What the owner of a broker does to it: broker.sh FOLDER WHAT NAME [ADDRESS] [FROM]
# FOLDER has the command line of each broker, as it was when the lab started it; NAME is broker-1 …
cd "$1" || exit 1
# Commands find no secret in their environment.
[ -z "$KEY_PASSWORD" ] || echo "$*" >>leaked
name=$3
number=${name#broker-}
peers() { for i in 1 2 3; do [ $i = "$number" ] || echo $i; done; }
within() { nsenter --net=/run/netns/broker-"$1" "${@:2}"; }
pids() { ip netns pids "$name"; }
# Whether somebody takes a connection.
answers='timeout 2 bash -c'
case $2 in
start)
    mapfile -d '' -t program <"program-$number"
    # In a session of its own: what a command leaves in its group ends with it.
    setsid nsenter --net=/run/netns/"$name" "${program[@]}" </dev/null >>"$name.out" 2>&1 &
    until grep -qs java "/proc/$!/comm"; do kill -0 $! && sleep 0.05 || exit 1; done
    ;;
kill) kill -KILL $(pids) ;;
silent) ! $answers ">/dev/tcp/$4/9092" 2>/dev/null ;;
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
