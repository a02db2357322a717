import sys

from twisted.internet import protocol, reactor
from twisted.protocols import basic


class Echo(basic.LineOnlyReceiver):
    delimiter = b"\n"

    def lineReceived(self, line):
        self.sendLine(line)


class Subscriber(basic.LineOnlyReceiver):
    delimiter = b"\n"

    def connectionMade(self):
        self.factory.subscribers.add(self)

    def lineReceived(self, line):
        for other in self.factory.subscribers:
            if other is not self:
                other.sendLine(line)

    def connectionLost(self, reason):
        self.factory.subscribers.discard(self)


factory = protocol.Factory.forProtocol(Subscriber if sys.argv[1] == "fan" else Echo)
factory.subscribers = set()
factory.noisy = False
port = reactor.listenTCP(0, factory, backlog=511, interface="127.0.0.1")
print(f"listening on {port.getHost().port}", flush=True)
reactor.run()
