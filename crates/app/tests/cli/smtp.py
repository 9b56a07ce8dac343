"""A mail server on loopback: says its port, then every letter it takes as a line of JSON. The first so many are put off."""

import asyncio
import json
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


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


async def serve(office):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(office, hostname="localhost"), "127.0.0.1", 0)
    say({"port": server.sockets[0].getsockname()[1]})
    await server.serve_forever()


asyncio.run(serve(Office(int(sys.argv[1]))))
