#!/bin/sh
# A Redis Cluster of three shards with a replica each, and what runs at it say. cluster.sh FOLDER HOLDFAST
. "$(dirname "$0")/beside.sh" "$1" "$2"
named 1 2 3 4 5 6
whole() { for n in 1 2 3 4 5 6; do cli $n cluster info | grep -q cluster_state:ok && cli $n cluster nodes | grep -c slave | grep -q 3 || return 1; done; }
weaken 1 2 3 4 5 6
# In the last shard.
theirs=bystander
until [ "$(cli 1 cluster keyslot $theirs)" -gt 12000 ]; do theirs=$theirs-; done
cli 3 xadd $theirs 1-1 a b >/dev/null
cli 3 xgroup create $theirs theirs 0 >/dev/null
# steps
settled 1 2 3 4 5 6 >before
cli 3 xinfo groups $theirs >>before
say password with 's|file: .*holdfast.password|file: bad|'
say permission with "$weak"
cli 5 acl setuser holdfast -xadd >/dev/null
say replica-permission with ''
cli 5 acl setuser holdfast +xadd >/dev/null
elsewhere 6
say missing with '/redis-6/d'
sed 's/appendonly: yes/appendonly: no/' suite.yml >setting.yml
say setting run cluster.yml setting.yml out-refused '*/none'
sed 's/access: secured/access: open/' suite.yml >open.yml
say access run cluster.yml open.yml out-refused '*/none'
certificates 2
say failover run cluster.yml suite.yml out-failover '*/primary-kill-failover'
say failover-remains remains 1 2 3 4 5 6
killed suite.yml primary-kill-failover 1 2 3 4 5 6
until_true 60 whole
say healed-remains remains 1 2 3 4 5 6
settled 1 2 3 4 5 6 >after
cli 3 xinfo groups $theirs >>after
say bystanders diff before after
cat $V/holdfast.password $V/admin.password >secrets
say secrets grep -rlFf secrets lab/logs out-failover out-killed state killed.log
