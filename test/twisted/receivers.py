"""Protocols on Twisted's receivers that tell what they hear and do what a message says; `receivers.ts` has ours.

Bytes are told as text of the same code points (Latin-1).
"""

from twisted.internet import protocol
from twisted.protocols import amp, basic


def latin1(data):
    return data.decode("latin-1")


class Obeying:
    """Does what a message says, if it is a command. `tell` is set by who makes it; `settings` too."""

    def connectionLost(self, reason=None):
        self.tell("lost", reason.type.__name__)

    def use(self, settings):
        self.keeps_open = settings.get("keepsOpen", False)
        if "maxLength" in settings:
            self.MAX_LENGTH = settings["maxLength"]
        if "delimiter" in settings:
            self.delimiter = settings["delimiter"].encode("latin-1")

    def obey(self, message):
        word, _, rest = message.partition(b" ")
        if message == b"quit":
            self.transport.loseConnection()
        elif message == b"abort":
            self.transport.abortConnection()
        elif message == b"bye":
            self.transport.loseConnection()
            self.send(b"no")
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
            self.tell("cleared", latin1(self.clearLineBuffer()))

    def send_long(self, length):
        try:
            self.send(b"x" * length)
        except basic.StringTooLongError:
            self.tell("refused")


class Lines(Obeying):
    def send(self, line):
        self.sendLine(line)

    def lineReceived(self, line):
        self.tell("line", latin1(line))
        if is_text(line):
            self.obey(line)

    def lineLengthExceeded(self, line):
        self.tell("too-long")
        if not self.keeps_open:
            self.transport.loseConnection()

    def rawDataReceived(self, data):
        mine, rest = data[: self.raw_left], data[self.raw_left :]
        self.raw_left -= len(mine)
        if mine:
            self.tell("raw", latin1(mine))
        if self.raw_left == 0:
            self.setLineMode(rest)


def is_text(line):
    """Ours never gives a line that is no UTF-8 to `lineReceived`, so it is no command here either."""
    try:
        line.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


class Strings(Obeying):
    def send(self, string):
        self.sendString(string)

    def stringReceived(self, string):
        self.tell("string", latin1(string))
        self.obey(string)

    def lengthLimitExceeded(self, length):
        self.tell("too-long", str(length))
        if not self.keeps_open:
            self.transport.loseConnection()


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


class BinaryBoxProtocol(Obeying, amp.BinaryBoxProtocol):
    """Hears its own boxes, and does what their `_command` says."""

    def __init__(self):
        super().__init__(self)

    def use(self, settings):
        pass

    def startReceivingBoxes(self, sender):
        pass

    def stopReceivingBoxes(self, reason):
        pass

    def ampBoxReceived(self, box):
        self.tell("box", *(latin1(part) for pair in sorted(box.items()) for part in pair))
        command = box.get(b"_command", b"")
        if command == b"echo":
            self.sendBox(box)
        elif command == b"switch":
            self._switchTo(Raw(self.tell))
        else:
            self.obey(command)

    def send(self, message):
        self.sendBox(amp.Box({b"message": message}))


class Raw(protocol.Protocol):
    """Takes over from AMP."""

    def __init__(self, tell):
        self.tell = tell

    def dataReceived(self, data):
        self.tell("raw", latin1(data))


KINDS = [
    LineOnlyReceiver,
    LineReceiver,
    NetstringReceiver,
    Int8StringReceiver,
    Int16StringReceiver,
    Int32StringReceiver,
    BinaryBoxProtocol,
]
RECEIVERS = {kind.__name__: kind for kind in KINDS}


def receiver(kind):
    """One more that can be made, by the name of its class."""
    RECEIVERS[kind.__name__] = kind
    return kind


def make_receiver(name, settings, tell):
    protocol = RECEIVERS[name]()
    protocol.tell = tell
    protocol.use(settings)
    return protocol
