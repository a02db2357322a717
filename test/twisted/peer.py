"""Twisted at the other end of a real socket: the commands that it is told, beside those of `amp_peer.py`,
`tls_peer.py` and `udp_peer.py`.
"""

from twisted.application.internet import ClientService
from twisted.internet import defer, endpoints, protocol, reactor

import amp_peer
import tls_peer
import udp_peer
from controller import command, keep, run, tell_of, things
from greeter import GreeterFactory
from listening import Receivers, start


@command
def listen(kind, endpoint, settings):
    return start(endpoints.serverFromString(reactor, endpoint), Receivers(kind, settings))


@command
def greet(endpoint, path):
    return start(endpoints.serverFromString(reactor, endpoint), GreeterFactory(path))


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
def cut(number):
    """Ends TCP below TLS, without a word of farewell."""
    things[number].transport.transport.loseConnection()


@command
def abort(number):
    things[number].transport.abortConnection()


run()
