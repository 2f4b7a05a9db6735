"""How confluent-kafka gets into a cluster that has users and TLS (docs/clients.md, "access")."""

from holdfast_client import secret


def properties(greeting):
    """librdkafka's properties; none where everybody may come in."""
    access = greeting.get("access")
    if access is None:
        return {}
    login, tls = access.get("login"), access.get("tls")
    own = {"security.protocol": ("sasl_" if login else "") + ("ssl" if tls else "plaintext")}
    if login:
        own["sasl.mechanism"] = access["mechanism"]
        own["sasl.username"] = login["user"]
        own["sasl.password"] = secret(login["password"])
    if tls:
        own["ssl.endpoint.identification.algorithm"] = "https" if tls["host_names"] else "none"
        own["ssl.ca.location"] = tls.get("ca")
        own["ssl.certificate.location"] = tls.get("certificate")
        own["ssl.key.location"] = tls.get("key")
        own["ssl.key.password"] = secret(tls.get("key_password"))
    return {name: value for name, value in own.items() if value is not None}
