#!/bin/bash
# Three brokers that are controllers too, started with TLS and passwords in a lab, and then audited by address: whatever
# runs there ends with the lab. owned.sh FOLDER HOLDFAST LIBRARY [PYTHON CLIENTS]
cat >"$1/suite.yml" <<X
suite: external
workload: {agents: 6, rate: 200, duration: 3s, payload: 100, producers: 1, in-flight: 5}
groups: [{name: readers, consumers: 1, ack: after-processing, session-timeout: 3s}]
configurations:
  - name: one
    system: kafka
    settings: {access: secured, controllers: 3, combined: true, acks: 1}
    faults: [none, {fault: leader-isolated, with: {partition: 500ms}}]
  - name: committed
    system: kafka
    retries: idempotent
    transactions: {events: 20, abort: 10%}
    settings:
      {access: secured, controllers: 3, combined: true, acks: all, min.insync.replicas: 2, replica.lag.time.max.ms: 3000}
    faults: [none, {fault: leader-kill, with: {down: 100ms}}]
X
exec "$2" lab "$1/suite.yml" --only one --quiet --out "$1/lab" -- bash "$(dirname "$0")/audit.sh" "$@"
