"""Who listens and who dials: factories that announce each connection."""

from twisted.internet import protocol

from controller import keep, tell_of
from receivers import make_receiver


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
    """Listens at an endpoint; gives the factory's number and the port's."""
    owner = keep(factory)

    def started(port):
        factory.port = port
        return [owner, getattr(port.getHost(), "port", 0)]

    return endpoint.listen(factory).addCallback(started)
