/// What Holdfast knows of redis.conf: enough to refuse a slip before anything starts. A directive that is not known
/// here goes to the server as it stands, so that a newer server's directives work, too.
enum RedisDirectives {
    enum Form: Equatable {
        case yesNo
        case words([String])
        /// Bytes, with or without a unit: `64mb`.
        case memory
        case number(ClosedRange<Int>)
        case text
    }

    static let forms: [String: Form] = {
        var forms: [String: Form] = [:]
        for name in split(yesNo) { forms[name] = .yesNo }
        for name in split(memory) { forms[name] = .memory }
        for name in split(numbers) { forms[name] = .number(0...Int.max) }
        for name in split(texts) { forms[name] = .text }
        for (name, values) in words { forms[name] = .words(split(values)) }
        for (name, range) in ranges { forms[name] = .number(range) }
        return forms
    }()

    /// Directives that are not a suite's to set, and why.
    static let owned: [String: String] = {
        var owned: [String: String] = [:]
        for (names, reason) in ownedByReason { for name in split(names) { owned[name] = reason } }
        return owned
    }()

    /// Directives that may stand on several lines.
    static let severalLines: Set<String> = ["save", "client-output-buffer-limit"]

    private static func split(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static let ownedByReason = [
        (
            """
            port bind bind-source-addr unixsocket unixsocketperm unixsocketgroup rdma-bind rdma-port tcp-backlog
            socket-mark-id
            """,
            "where the server listens is the lab's affair"
        ),
        (
            "dir dbfilename appendfilename appenddirname",
            "where the server keeps its files is the lab's affair: faults and repairs look for them there"
        ),
        (
            "logfile pidfile daemonize supervised syslog-enabled syslog-ident syslog-facility",
            "Holdfast starts the server in the foreground and keeps its log in the trial's directory"
        ),
        ("protected-mode", "the lab's own network is closed already; the server must take the workers' connections"),
        (
            "requirepass masterauth masteruser primaryauth primaryuser user aclfile rename-command",
            "who is let in is the lab's affair: `access: secured` asks for passwords"
        ),
        ("include loadmodule", "a configuration is complete in itself; every directive stands in the suite"),
        (
            """
            tls-port tls-cert-file tls-key-file tls-key-file-pass tls-client-cert-file tls-client-key-file
            tls-client-key-file-pass tls-dh-params-file tls-ca-cert-file tls-ca-cert-dir tls-auth-clients
            tls-auth-clients-user tls-replication tls-cluster tls-protocols tls-ciphers tls-ciphersuites
            tls-prefer-server-ciphers tls-session-caching tls-session-cache-size tls-session-cache-timeout
            tls-auto-reload-interval
            """, "whether connections are encrypted is the lab's affair: `access: secured` has them so"
        ),
    ]

    private static let words = [
        ("appendfsync", "always everysec no"),
        (
            "maxmemory-policy",
            """
            noeviction allkeys-lru allkeys-lfu allkeys-random volatile-lru volatile-lfu volatile-random volatile-ttl
            allkeys-lrm volatile-lrm
            """
        ),
        ("loglevel", "debug verbose notice warning nothing"),
        ("repl-diskless-load", "disabled on-empty-db swapdb flush-before-load"),
        ("enable-debug-command", "no yes local"),
        ("enable-module-command", "no yes local"),
        ("enable-protected-configs", "no yes local"),
        ("oom-score-adj", "no yes relative absolute"),
        ("propagation-error-behavior", "ignore panic panic-on-replicas"),
    ]

    private static let ranges = [
        ("hz", 1...Int.max), ("databases", 1...1_000_000), ("maxclients", 1...1_000_000),
        ("io-threads", 1...256), ("maxmemory-samples", 1...Int.max), ("repl-timeout", 1...Int.max),
        ("repl-ping-replica-period", 1...Int.max),
    ]

    private static let yesNo = """
        activedefrag activerehashing always-show-logo aof-disable-auto-gc aof-load-truncated
        aof-rewrite-incremental-fsync aof-timestamp-enabled aof-use-rdb-preamble appendonly crash-log-enabled
        crash-memcheck-enabled disable-thp dynamic-hz io-threads-do-reads jemalloc-bg-thread latency-tracking
        lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del
        lazyfree-lazy-user-flush no-appendfsync-on-rewrite rdb-del-sync-files rdb-save-incremental-fsync rdbchecksum
        rdbcompression repl-disable-tcp-nodelay repl-diskless-sync replica-announced replica-ignore-disk-write-errors
        replica-ignore-maxmemory replica-lazy-flush replica-read-only replica-serve-stale-data set-proc-title
        slave-ignore-maxmemory slave-lazy-flush slave-read-only slave-serve-stale-data stop-writes-on-bgsave-error
        cluster-allow-pubsubshard-when-down cluster-allow-reads-when-down cluster-allow-replica-migration
        cluster-enabled cluster-replica-no-failover cluster-require-full-coverage cluster-slave-no-failover
        dual-channel-replication-enabled cluster-slot-stats-enabled hide-user-data-from-log import-mode mptcp repl-mptcp
        vset-force-single-threaded-execution
        """

    private static let memory = """
        active-defrag-ignore-bytes auto-aof-rewrite-min-size client-query-buffer-limit cluster-link-sendbuf-limit
        hash-max-listpack-value hash-max-ziplist-value hll-sparse-max-bytes maxmemory proto-max-bulk-len
        repl-backlog-size stream-node-max-bytes zset-max-listpack-value zset-max-ziplist-value
        loading-process-events-interval-bytes
        """

    private static let numbers = """
        acllog-max-len active-defrag-cycle-max active-defrag-cycle-min active-defrag-max-scan-fields
        active-defrag-threshold-lower active-defrag-threshold-upper active-expire-effort auto-aof-rewrite-percentage
        cluster-migration-barrier cluster-node-timeout cluster-replica-validity-factor cluster-slave-validity-factor
        hash-max-listpack-entries hash-max-ziplist-entries latency-monitor-threshold lfu-decay-time lfu-log-factor
        list-compress-depth maxmemory-eviction-tenacity min-replicas-max-lag min-replicas-to-write min-slaves-max-lag
        min-slaves-to-write repl-backlog-ttl repl-diskless-sync-delay repl-diskless-sync-max-replicas
        repl-ping-slave-period replica-priority set-max-intset-entries set-max-listpack-entries
        set-max-listpack-value shutdown-timeout slave-priority slowlog-max-len stream-node-max-entries tcp-keepalive
        timeout tracking-table-max-keys zset-max-listpack-entries zset-max-ziplist-entries
        """

    private static let texts = """
        aof_rewrite_cpulist acl-pubsub-default bgsave_cpulist bio_cpulist busy-reply-threshold
        client-output-buffer-limit cluster-announce-bus-port cluster-announce-hostname cluster-announce-ip
        cluster-announce-port cluster-announce-tls-port cluster-config-file cluster-port
        cluster-preferred-endpoint-type ignore-warnings key-load-delay latency-tracking-info-percentiles
        list-max-listpack-size list-max-ziplist-size lua-time-limit maxmemory-clients notify-keyspace-events
        oom-score-adj-values proc-title-template rdb-key-save-delay replica-announce-ip replica-announce-port
        replicaof sanitize-dump-payload save server_cpulist shutdown-on-sigint shutdown-on-sigterm slave-announce-ip
        slave-announce-port slaveof slowlog-log-slower-than io-threads-always-active extended-redis-compatibility
        availability-zone hash-seed lookahead aof-rewrite-cpulist bgsave-cpulist bio-cpulist server-cpulist
        active-defrag-cycle-us cluster-announce-client-ipv4 cluster-announce-client-ipv6
        cluster-announce-client-port cluster-announce-human-nodename cluster-blacklist-ttl
        cluster-compatibility-sample-ratio cluster-config-save-behavior cluster-databases
        cluster-manual-failover-timeout cluster-slot-migration-log-max-len commandlog-execution-slower-than
        commandlog-large-reply-max-len commandlog-large-request-max-len commandlog-reply-larger-than
        commandlog-request-larger-than commandlog-slow-execution-max-len locale-collate log-format
        log-timestamp-format max-new-connections-per-cycle prefetch-batch-max-size rdb-version-check
        replica-full-sync-buffer-limit slot-migration-max-failover-repl-bytes
        """
}
