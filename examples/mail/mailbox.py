"""
A real SMTP server, aiosmtpd, which prints every mail as a line of JSON. Some recipients it does not like. With the
path of a certificate and its key, it offers STARTTLS.
"""

import asyncio
import email
import email.policy
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP


class Mailbox:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 No such mailbox here"
        if address.startswith("full@"):
            return "452-The mailbox is full,\r\n452 try again tomorrow"
        if address.startswith("crash@"):
            server.transport.abort()
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.SMTP)
        if mail["Subject"] == "virus":
            return "554 Not this one"
        text = mail.get_content().replace("\r\n", "\n")
        kept = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "subject": mail["Subject"], "text": text}
        print(json.dumps(kept), flush=True)
        return "250 Kept"


def smtp():
    tls = None
    if len(sys.argv) > 1:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(*sys.argv[1:])
    return SMTP(Mailbox(), hostname="mailbox.test", tls_context=tls, require_starttls=tls is not None)


async def main():
    server = await asyncio.get_running_loop().create_server(smtp, "127.0.0.1", 0)
    print(f"Listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


asyncio.run(main())
