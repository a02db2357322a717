"""Twisted at the other end of a real socket, told what to do line by line; `peer.ts` is who tells it.

In: {"id", "do": a command's name, "args"}. Out: {"id", "value"} or {"id", "error": its class}, and what happens by
itself: {"event": [whose, word, ...]}, where who is a connection or a listener, by number.
"""

import itertools
import json

from twisted.application.internet import ClientService
from twisted.internet import defer, endpoints, protocol, reactor, stdio
from twisted.protocols.basic import LineOnlyReceiver

from greeter import GreeterFactory
from receivers import make_receiver

numbers = itertools.count(1)
things = {}
commands = {}


def tell(message):
    controller.sendLine(json.dumps(message).encode())


def command(function):
    commands[function.__name__] = function
    return function


def keep(thing):
    """Gives a thing the number by which it is called from now on."""
    if getattr(thing, "number", None) is None:
        thing.number = next(numbers)
        things[thing.number] = thing
    return thing.number


def tell_of(thing, *event):
    tell({"event": [keep(thing), *event]})


class Receivers(protocol.Factory):
    """Makes receivers of one kind, and announces each."""

    def __init__(self, kind, settings):
        self.kind, self.settings = kind, settings

    def buildProtocol(self, address):
        receiver = make_receiver(self.kind, self.settings, lambda *event: tell_of(receiver, *event))
        receiver.factory = self
        tell_of(self, "connection", str(keep(receiver)))
        return receiver


def start(endpoint, factory):
    """Listens; gives the factory's number and the port's."""
    owner = keep(factory)

    def started(port):
        factory.port = port
        return [owner, getattr(port.getHost(), "port", 0)]

    return endpoints.serverFromString(reactor, endpoint).listen(factory).addCallback(started)


@command
def listen(kind, endpoint, settings):
    return start(endpoint, Receivers(kind, settings))


@command
def greet(endpoint, path):
    return start(endpoint, GreeterFactory(path))


@command
def unlisten(owner):
    return defer.maybeDeferred(things[owner].port.stopListening).addCallback(lambda _: None)


@command
def connect(kind, endpoint, settings):
    factory = Receivers(kind, settings)
    connecting = endpoints.clientFromString(reactor, endpoint).connect(factory)
    return connecting.addCallback(lambda _: keep(factory))


@command
def keep_connected(kind, endpoint, settings):
    """ClientService, which tries again soon."""
    factory = Receivers(kind, settings)

    def retry_soon(failures):
        tell_of(factory, "failed", str(failures))
        return 0.02

    dialled = endpoints.clientFromString(reactor, endpoint)
    factory.service = ClientService(dialled, factory, retryPolicy=retry_soon)
    factory.service.startService()
    return keep(factory)


@command
def stay_away(owner):
    return defer.maybeDeferred(things[owner].service.stopService).addCallback(lambda _: None)


class Reconnecting(protocol.ReconnectingClientFactory, Receivers):
    """Tells why it failed and why it lost, and tries again soon."""

    initialDelay = 0.02
    maxDelay = 0.02
    jitter = None

    def buildProtocol(self, address):
        self.resetDelay()
        return Receivers.buildProtocol(self, address)

    def clientConnectionFailed(self, connector, reason):
        tell_of(self, "failed", reason.type.__name__)
        super().clientConnectionFailed(connector, reason)

    def clientConnectionLost(self, connector, reason):
        tell_of(self, "lost", reason.type.__name__)
        super().clientConnectionLost(connector, reason)


@command
def reconnect(kind, port, settings):
    factory = Reconnecting(kind, settings)
    factory.noisy = False
    reactor.connectTCP("127.0.0.1", port, factory)
    return keep(factory)


@command
def stop_trying(owner):
    things[owner].stopTrying()


@command
def send(number, text):
    things[number].send(text.encode("latin-1"))


@command
def write(number, text):
    things[number].transport.write(text.encode("latin-1"))


@command
def trickle(number, text):
    """Writes byte by byte, each in a turn of its own."""
    for character in text:
        reactor.callLater(0, write, number, character)


@command
def close(number):
    things[number].transport.loseConnection()


@command
def abort(number):
    things[number].transport.abortConnection()


class Controller(LineOnlyReceiver):
    delimiter = b"\n"
    MAX_LENGTH = 2**26

    def lineReceived(self, line):
        request = json.loads(line)
        answering = defer.maybeDeferred(commands[request["do"]], *request["args"])
        answering.addCallback(lambda value: tell({"id": request["id"], "value": value}))
        answering.addErrback(
            lambda failure: tell(
                {"id": request["id"], "error": failure.type.__name__, "message": failure.getErrorMessage()}
            )
        )

    def connectionLost(self, reason):
        if reactor.running:
            reactor.stop()


controller = Controller()
stdio.StandardIO(controller)
reactor.run()
