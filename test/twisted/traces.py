"""Twisted's own parsers as the reference: one case per line in, what the protocol was told per line out.

A case is {"receiver", "settings": {"maxLength", "delimiter"}, "chunks"}; a trace is a list of events, each a list
of strings. Bytes travel as text of the same code points (Latin-1). `run-ours.ts` does the same with ours; both
obey the commands that a message may be: see `obey`. An empty line asks for the answers so far.
"""

import json
import sys

from twisted.internet.testing import StringTransport
from twisted.protocols import amp, basic


class Transport(StringTransport):
    """Writes down what the protocol asks of it."""

    def __init__(self, trace):
        super().__init__(lenient=True)
        self.trace = trace

    def write(self, data):
        self.trace.append(["write", data.decode("latin-1")])

    def writeSequence(self, parts):
        self.write(b"".join(parts))

    def loseConnection(self):
        if not self.disconnecting:
            self.trace.append(["close"])
        self.disconnecting = True

    def abortConnection(self):
        self.trace.append(["abort"])
        self.disconnecting = True


class Obeying:
    """Does what a message says, if it is a command."""

    def obey(self, message):
        word, _, rest = message.partition(b" ")
        if message == b"quit":
            self.transport.loseConnection()
        elif message == b"abort":
            self.transport.abortConnection()
        elif message == b"bye":
            self.transport.loseConnection()
            self.send(b"too late")
        elif word == b"say":
            self.send(rest)
        elif word == b"long" and rest.isdigit():
            self.send_long(int(rest))
        elif message == b"pause" and hasattr(self, "paused"):
            self.pauseProducing()
        elif word == b"raw" and rest.isdigit() and hasattr(self, "setRawMode"):
            self.raw_left = int(rest)
            self.setRawMode()
        elif message == b"clear" and hasattr(self, "clearLineBuffer"):
            self.trace.append(["cleared", self.clearLineBuffer().decode("latin-1")])

    def send_long(self, length):
        try:
            self.send(b"x" * length)
        except basic.StringTooLongError:
            self.trace.append(["refused"])


class Lines(Obeying):
    def send(self, line):
        self.sendLine(line)

    def lineReceived(self, line):
        self.trace.append(["line", line.decode("latin-1")])
        if is_text(line):
            self.obey(line)

    def lineLengthExceeded(self, line):
        self.trace.append(["too-long"])
        if not self.keeps_open:
            self.transport.loseConnection()

    def rawDataReceived(self, data):
        mine, rest = data[: self.raw_left], data[self.raw_left :]
        self.raw_left -= len(mine)
        note_raw(self.trace, mine.decode("latin-1"))
        if self.raw_left == 0:
            self.setLineMode(rest)


def is_text(line):
    """Ours never gives a line that is no UTF-8 to `lineReceived`, so it is no command here either."""
    try:
        line.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def note_raw(trace, data):
    """However raw bytes are cut, they are one event."""
    if trace and trace[-1][0] == "raw":
        trace[-1][1] += data
    elif data:
        trace.append(["raw", data])


class Strings(Obeying):
    def send(self, string):
        self.sendString(string)

    def stringReceived(self, string):
        self.trace.append(["string", string.decode("latin-1")])
        self.obey(string)

    def lengthLimitExceeded(self, length):
        self.trace.append(["too-long", str(length)])
        if not self.keeps_open:
            self.transport.loseConnection()


class Boxes:
    """Hears boxes, and obeys none."""

    def __init__(self, trace):
        self.trace = trace

    def startReceivingBoxes(self, sender):
        pass

    def ampBoxReceived(self, box):
        self.trace.append(["box", *(part.decode("latin-1") for pair in sorted(box.items()) for part in pair)])


class LineOnlyReceiver(Lines, basic.LineOnlyReceiver):
    pass


class LineReceiver(Lines, basic.LineReceiver):
    pass


class NetstringReceiver(Strings, basic.NetstringReceiver):
    pass


class Int8StringReceiver(Strings, basic.Int8StringReceiver):
    pass


class Int16StringReceiver(Strings, basic.Int16StringReceiver):
    pass


class Int32StringReceiver(Strings, basic.Int32StringReceiver):
    pass


RECEIVERS = {
    kind.__name__: kind
    for kind in [
        LineOnlyReceiver,
        LineReceiver,
        NetstringReceiver,
        Int8StringReceiver,
        Int16StringReceiver,
        Int32StringReceiver,
    ]
}


def make_protocol(case, trace):
    if case["receiver"] == "BinaryBoxProtocol":
        return amp.BinaryBoxProtocol(Boxes(trace))
    protocol = RECEIVERS[case["receiver"]]()
    settings = case["settings"]
    protocol.trace = trace
    protocol.MAX_LENGTH = settings["maxLength"]
    protocol.keeps_open = settings.get("keepsOpen", False)
    if "delimiter" in settings:
        protocol.delimiter = settings["delimiter"].encode("latin-1")
    return protocol


def trace_of(case):
    trace = []
    protocol = make_protocol(case, trace)
    transport = Transport(trace)
    protocol.makeConnection(transport)
    for chunk in case["chunks"]:
        protocol.dataReceived(chunk.encode("latin-1"))
        while getattr(protocol, "paused", False) and not transport.disconnecting:
            protocol.resumeProducing()
        if transport.disconnecting:
            break
    return trace


for text in sys.stdin.buffer:
    if text == b"\n":
        sys.stdout.flush()
    else:
        print(json.dumps(trace_of(json.loads(text))))
