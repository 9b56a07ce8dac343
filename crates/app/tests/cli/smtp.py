"""A mail server on loopback: says its port, then every letter it takes as a line of JSON. The first so many are put off."""

import asyncio
import json
import sys
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Office:
    def __init__(self, put_off):
        self.put_off = put_off

    async def handle_DATA(self, server, session, envelope):
        if self.put_off > 0:
            self.put_off -= 1
            print(json.dumps({"put_off": envelope.rcpt_tos}), flush=True)
            return "451 4.3.0 come again"
        message = message_from_bytes(envelope.content, policy=policy.default)
        part = lambda kind: message.get_body(preferencelist=(kind,)).get_content()
        letter = {
            "from": str(message["From"]),
            "to": envelope.rcpt_tos,
            "subject": str(message["Subject"]),
            "id": str(message["Message-ID"]),
            "automatic": str(message["Auto-Submitted"]),
            "defects": [str(defect) for defect in message.defects],
            "plain": part("plain"),
            "html": part("html"),
        }
        print(json.dumps(letter), flush=True)
        return "250 taken"


controller = Controller(Office(int(sys.argv[1])), hostname="127.0.0.1", port=0)
controller.start()
print(json.dumps({"port": controller.server.sockets[0].getsockname()[1]}), flush=True)
asyncio.new_event_loop().run_forever()
