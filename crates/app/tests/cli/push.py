"""A browser and its push service on loopback: says where it is and what encrypts for it, then every message that comes,
decrypted and with its sender's claims checked, as a line of JSON. Nothing here is ours."""

import base64
import http.server
import json
import os

import http_ece
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

KEY = ec.generate_private_key(ec.SECP256R1())
AUTH = os.urandom(16)


def text(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def point(key):
    form = serialization.PublicFormat.UncompressedPoint
    return key.public_bytes(serialization.Encoding.X962, form)


def claims(header):
    """Of the token, if the key that stands beside it has signed it."""
    scheme, parts = header.split(" ", 1)
    assert scheme == "vapid", scheme
    fields = dict(part.strip().split("=", 1) for part in parts.split(","))
    signed, signature = fields["t"].rsplit(".", 1)
    r, s = raw(signature)[:32], raw(signature)[32:]
    der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(fields["k"]))
    key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))
    return {"key": fields["k"], **json.loads(raw(signed.split(".")[1]))}


class Service(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        message = http_ece.decrypt(body, private_key=KEY, auth_secret=AUTH, version="aes128gcm")
        headers = {name: self.headers[name] for name in ["content-encoding", "ttl", "topic", "urgency"]}
        say({"message": json.loads(message), "claims": claims(self.headers["authorization"]), "headers": headers})
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_):
        pass


def say(what):
    print(json.dumps(what), flush=True)


server = http.server.HTTPServer(("127.0.0.1", 0), Service)
endpoint = f"http://127.0.0.1:{server.server_port}/send/canary"
say({"endpoint": endpoint, "keys": {"p256dh": text(point(KEY.public_key())), "auth": text(AUTH)}})
server.serve_forever()
