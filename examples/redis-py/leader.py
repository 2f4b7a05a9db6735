"""Where the server is that leads, for the clients beside this file."""

import sys

try:
    import redis
    import redis.backoff
    import redis.exceptions as errors  # noqa: F401
    import redis.retry
    import redis.sentinel
except ImportError as error:
    sys.exit(f"redis-py is missing ({error}); `make clients` installs it, or: pip install redis")


class Leader:
    """As sentinels say, if the settings name some; else the first of the addresses."""

    def __init__(self, settings):
        if "cluster" in settings:
            sys.exit("this client does not know Redis Cluster")
        self.sentinel = None
        if "sentinels" in settings:
            places = [(host, int(port)) for host, port in (s.rsplit(":", 1) for s in settings["sentinels"].split())]
            self.sentinel = redis.sentinel.Sentinel(places, socket_timeout=0.5)
            self.name = settings["primary"]

    def place(self, addresses):
        """Host and port; throws if no sentinel knows."""
        if self.sentinel is not None:
            return self.sentinel.discover_master(self.name)
        host, port = addresses[0].rsplit(":", 1)
        return host, int(port)


def client(place, timeout, library_retries=False):
    """One connection, which throws what goes wrong on it.

    redis-py by itself sends a command again when a connection fails.
    """
    own = {} if library_retries else {"retry": redis.retry.Retry(redis.backoff.NoBackoff(), 0)}
    return redis.Redis(
        host=place[0], port=place[1], socket_timeout=timeout, socket_connect_timeout=timeout,
        single_connection_client=True, **own)
