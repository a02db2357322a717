"""Twisted's own parsers as the reference: one case per line in, what the protocol was told per line out.

A case is {"receiver", "settings", "chunks"}; a trace is a list of events, each a list of strings. An empty line
asks for the answers so far.
"""

import json
import sys

from twisted.internet.testing import StringTransport
from twisted.protocols import basic

from receivers import latin1, make_receiver


class Transport(StringTransport):
    """Tells what the protocol asks of it."""

    def __init__(self, tell):
        super().__init__(lenient=True)
        self.tell = tell

    def write(self, data):
        self.tell("write", latin1(data))

    def writeSequence(self, parts):
        self.write(b"".join(parts))

    def loseConnection(self):
        if not self.disconnecting:
            self.tell("close")
        self.disconnecting = True

    def abortConnection(self):
        self.tell("abort")
        self.disconnecting = True


def trace_of(case):
    trace = []

    def tell(*event):
        if event[0] == "raw" and trace and trace[-1][0] == "raw":
            trace[-1][1] += event[1]  # However raw bytes are cut, they are one event.
        else:
            trace.append(list(event))

    protocol = make_receiver(case["receiver"], case["settings"], tell)
    transport = Transport(tell)
    protocol.makeConnection(transport)
    for chunk in case["chunks"]:
        protocol.dataReceived(chunk.encode("latin-1"))
        while getattr(protocol, "paused", False) and not transport.disconnecting:
            tell("resume")
            protocol.resumeProducing()
        if transport.disconnecting:
            return trace
    tell_rest(protocol, tell)
    return trace


def tell_rest(protocol, tell):
    """What waits for its end: Twisted may find later than ours that it is wrong."""
    if isinstance(protocol, basic.LineReceiver) and protocol.line_mode and protocol._buffer:
        tell("rest", latin1(protocol._buffer))
    if isinstance(protocol, basic.NetstringReceiver) and protocol._remainingData:
        tell("rest", latin1(protocol._remainingData))


for text in sys.stdin.buffer:
    if text == b"\n":
        sys.stdout.flush()
    else:
        print(json.dumps(trace_of(json.loads(text))))
