import asyncio
import sys

import uvloop


class Lines(asyncio.Protocol):
    everyone = set()

    def connection_made(self, transport):
        self.transport = transport
        self.tail = b""
        self.everyone.add(self)

    def data_received(self, data):
        *lines, self.tail = (self.tail + data).split(b"\n")
        answers = b"".join([line + b"\n" for line in lines])
        if not answers:
            return
        if sys.argv[1] == "echo":
            return self.transport.write(answers)
        for other in self.everyone:
            if other is not self:
                other.transport.write(answers)

    def connection_lost(self, error):
        self.everyone.discard(self)


async def main():
    server = await asyncio.get_running_loop().create_server(Lines, "127.0.0.1", 0, backlog=511)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


uvloop.install()
asyncio.run(main())
