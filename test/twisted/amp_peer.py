"""Commands of AMP as Twisted has them, and a peer that answers and calls them; `amp-commands.ts` has ours."""

from datetime import datetime
from decimal import Decimal

from twisted.internet import defer, protocol, reactor
from twisted.protocols import amp

from controller import Bug, command, things
from pem import certificate_at, private_certificate_at
from receivers import make_receiver, receiver

GATHERED = 200


class Poisoned(Exception):
    """Declared as fatal."""


class Everything(amp.Command):
    arguments = response = [
        (b"integer", amp.Integer(optional=True)),
        (b"floats", amp.ListOf(amp.Float(), optional=True)),
        (b"boolean", amp.Boolean(optional=True)),
        (b"unicode", amp.Unicode(optional=True)),
        (b"bytes", amp.String(optional=True)),
        (b"decimals", amp.ListOf(amp.Decimal(), optional=True)),
        (b"dates", amp.ListOf(amp.DateTime(), optional=True)),
        (b"lists", amp.ListOf(amp.ListOf(amp.Integer()), optional=True)),
        (
            b"boxes",
            amp.AmpList([(b"name", amp.Unicode()), (b"age", amp.Integer(optional=True))], optional=True),
        ),
    ]


class Divide(amp.Command):
    arguments = [(b"numerator", amp.Integer()), (b"denominator", amp.Integer())]
    response = [(b"result", amp.Float())]
    errors = {ZeroDivisionError: b"ZERO_DIVISION"}


class Poison(amp.Command):
    fatalErrors = {Poisoned: b"POISONED"}


class Crash(amp.Command):
    """Its responder has a bug."""


class Gather(amp.Command):
    arguments = response = [(b"index", amp.Integer())]


class Keyword(amp.Command):
    arguments = response = [(b"f", amp.Unicode())]


class Note(amp.Command):
    arguments = [(b"text", amp.Unicode())]
    requiresAnswer = False


class Missing(amp.Command):
    """Nobody answers it."""


class Switch(amp.ProtocolSwitchCommand):
    pass


@receiver
class Commands(amp.AMP):
    """Answers commands, and calls those of its peer."""

    def use(self, settings):
        self.settings = settings
        self.gathered = []

    def connectionLost(self, reason):
        super().connectionLost(reason)
        if not self.innerProtocol:
            self.tell("lost", reason.type.__name__)

    @Everything.responder
    def everything(self, **values):
        self.tell("called", repr(shown(values)))
        return values

    @Divide.responder
    def divide(self, numerator, denominator):
        if denominator == 0:
            raise ZeroDivisionError("division by zero, è")
        return {"result": numerator / denominator}

    @Poison.responder
    def poison(self):
        raise Poisoned("no more, è")

    @Crash.responder
    def crash(self):
        raise Bug("a bug")

    @Gather.responder
    def gather(self, index):
        """Answers when all have come, the last one first."""
        answer = defer.Deferred()
        self.gathered.append((index, answer))
        if len(self.gathered) == GATHERED:
            reactor.callLater(0, self.answer_all)
        return answer

    def answer_all(self):
        for index, answer in reversed(self.gathered):
            answer.callback({"index": index})

    @Note.responder
    def note(self, text):
        self.tell("note", text)
        return {}

    @Switch.responder
    def switch(self):
        return self.lines()

    @amp.StartTLS.responder
    def start_tls(self):
        return {"tls_localCertificate": private_certificate_at(self.settings["pem"])}

    def lines(self):
        """What the connection is switched to; it speaks at once."""
        lines = make_receiver("LineReceiver", {}, self.tell)
        lines.connectionMade = lambda: lines.send(b"lines now")
        return lines

    def send(self, line):
        self.innerProtocol.send(line)


def shown(value):
    """What was left out is not shown; a moment is, as ISO 8601 has it."""
    if isinstance(value, dict):
        return {name: shown(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [shown(part) for part in value]
    return value.isoformat() if isinstance(value, datetime) else value


NAMES = {
    "Decimal": Decimal,
    "date": datetime.fromisoformat,
    "inf": float("inf"),
    "nan": float("nan"),
}


@command
def call_remote(number, name, values):
    """Calls a command with the values that this text of Python has; gives its answer as Python writes it."""
    calling = things[number].callRemote(globals()[name], **eval(values, NAMES))
    return calling and calling.addCallback(lambda answer: repr(shown(answer)))


@command
def gather_remote(number):
    """Calls many commands at once; gives the order in which they were answered, and with what."""
    order = []
    calls = [things[number].callRemote(Gather, index=index) for index in range(GATHERED)]
    for index, calling in enumerate(calls):
        calling.addCallback(lambda answer, index=index: order.append([index, answer["index"]]))
    return defer.gatherResults(calls).addCallback(lambda _: order)


@command
def switch_remote(number):
    amp_peer = things[number]
    factory = protocol.ClientFactory()
    factory.buildProtocol = lambda address: amp_peer.lines()
    return amp_peer.callRemote(Switch, factory).addCallback(lambda _: None)


@command
def start_tls_remote(number, authority):
    authorities = [certificate_at(authority)]
    calling = things[number].callRemote(amp.StartTLS, tls_verifyAuthorities=authorities)
    return calling.addCallback(lambda _: None)
