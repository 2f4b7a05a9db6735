"""How Kafka's Java clients get into a cluster that has users and TLS (docs/clients.md, "access")."""

from holdfast_client import secret


def _text(path):
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        return file.read()


def _jaas(mechanism, login):
    kind = "plain.Plain" if mechanism == "PLAIN" else "scram.Scram"
    user, password = (word.replace("\\", "\\\\").replace('"', '\\"') for word in (login["user"], secret(login["password"])))
    return f'org.apache.kafka.common.security.{kind}LoginModule required username="{user}" password="{password}";'


def properties(greeting):
    """The Java clients' properties; none where everybody may come in. A key must be PKCS #8 (BEGIN PRIVATE KEY, or
    BEGIN ENCRYPTED PRIVATE KEY)."""
    access = greeting.get("access")
    if access is None:
        return {}
    login, tls = access.get("login"), access.get("tls")
    own = {"security.protocol": ("SASL_" if login else "") + ("SSL" if tls else "PLAINTEXT")}
    if login:
        own["sasl.mechanism"] = access["mechanism"]
        own["sasl.jaas.config"] = _jaas(access["mechanism"], login)
    if tls:
        own["ssl.endpoint.identification.algorithm"] = "https" if tls["host_names"] else ""
        if tls.get("ca"):
            own["ssl.truststore.type"] = "PEM"
            own["ssl.truststore.certificates"] = _text(tls["ca"])
        if tls.get("certificate"):
            own["ssl.keystore.type"] = "PEM"
            own["ssl.keystore.certificate.chain"] = _text(tls["certificate"])
            own["ssl.keystore.key"] = _text(tls["key"])
            own["ssl.key.password"] = secret(tls.get("key_password"))
    return {name: value for name, value in own.items() if value is not None}
