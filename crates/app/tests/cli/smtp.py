"""A mail server on loopback: says its port, then every letter it takes as a line of JSON. The first so many are put off.

With a folder it takes letters by STARTTLS from radio, whose password is "letter box", alone; the folder has the
authority of its certificate then, ca.pem."""

import asyncio
import json
import sys
import datetime
import ssl
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult


class Office:
    def __init__(self, put_off):
        self.put_off = put_off

    async def handle_DATA(self, server, session, envelope):
        if self.put_off > 0:
            self.put_off -= 1
            say({"put_off": envelope.rcpt_tos})
            return "451 4.3.0 come again"
        message = message_from_bytes(envelope.content, policy=policy.default)
        part = lambda kind: message.get_body(preferencelist=(kind,)).get_content()
        say({
            "from": str(message["From"]),
            "to": envelope.rcpt_tos,
            "subject": str(message["Subject"]),
            "id": str(message["Message-ID"]),
            "automatic": str(message["Auto-Submitted"]),
            "unsubscribe": str(message["List-Unsubscribe"]),
            "one_click": str(message["List-Unsubscribe-Post"]),
            "defects": [str(defect) for defect in message.defects],
            "plain": part("plain"),
            "html": part("html"),
        })
        return "250 taken"


def say(what):
    print(json.dumps(what), flush=True)


def certified(folder):
    """A server's certificate by an authority of its own."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    name = lambda text: x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def certificate(subject, key, *extensions):
        builder = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name("Authority"))
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - day).not_valid_after(now + day)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(authority, hashes.SHA256())

    ca = certificate("Authority", authority, x509.BasicConstraints(ca=True, path_length=None))
    leaf = certificate("localhost", own, x509.SubjectAlternativeName([x509.DNSName("localhost")]))
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.pem").write_bytes(own.private_bytes(pem, *plain) + leaf.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "server.pem")
    return context


def known(server, session, envelope, mechanism, data):
    return AuthResult(success=(data.login, data.password) == (b"radio", b"letter box"))


async def serve(office, folder):
    loop = asyncio.get_running_loop()
    rules = {"hostname": "localhost"}
    if folder:
        rules |= {"tls_context": certified(Path(folder)), "require_starttls": True}
        rules |= {"auth_required": True, "authenticator": known}
    server = await loop.create_server(lambda: SMTP(office, **rules), "127.0.0.1", 0)
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(serve(Office(int(sys.argv[1])), *sys.argv[2:] or [None]))
