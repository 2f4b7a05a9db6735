"""How redis-py gets into a cluster that has users and TLS (docs/clients.md, "access")."""

from holdfast_client import secret


def _login(login):
    if login is None:
        return {}
    return {"username": login.get("user"), "password": secret(login["password"])}


def _tls(tls):
    if tls is None:
        return {}
    return {
        "ssl": True, "ssl_ca_certs": tls.get("ca"), "ssl_certfile": tls.get("certificate"), "ssl_keyfile": tls.get("key"),
        "ssl_password": secret(tls.get("key_password")), "ssl_check_hostname": tls["host_names"],
    }


def arguments(greeting):
    """Of redis.Redis, for the servers that hold the streams; none where everybody may come in."""
    access = greeting.get("access", {})
    return {**_login(access.get("login")), **_tls(access.get("tls"))}


def sentinel_arguments(greeting):
    """The same for the sentinels."""
    access = greeting.get("access", {})
    return {**_login(access.get("sentinel_login")), **_tls(access.get("tls"))}
