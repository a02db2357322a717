"""STARTTLS between lines, as one writes it with Twisted; and a server that asks its clients who they are."""

from twisted.internet import endpoints, reactor, ssl
from twisted.protocols import basic

from controller import command
from listening import Receivers, start
from pem import certificate_at, private_certificate_at
from receivers import Lines, receiver


@receiver
class SecuringLines(Lines, basic.LineReceiver):
    """A server that becomes secure when it is asked to, and forgets that it may have read more already."""

    is_secure = 0

    def use(self, settings):
        self.pem = settings["pem"]

    def lineReceived(self, line):
        if line != b"STARTTLS":
            return self.sendLine(b"tls=%d:%s" % (self.is_secure, line))
        self.sendLine(b"go ahead")
        self.transport.startTLS(private_certificate_at(self.pem).options())
        self.is_secure = 1


@receiver
class AskingLines(Lines, basic.LineReceiver):
    """A client that becomes secure when the server agrees, and then says so."""

    def use(self, settings):
        self.authority = settings["authority"]

    def lineReceived(self, line):
        super().lineReceived(line)
        if line == b"go ahead":
            authority = certificate_at(self.authority)
            self.transport.startTLS(ssl.optionsForClientTLS("localhost", trustRoot=authority))
            self.sendLine(b"secret")


@command
def listen_to_known(kind, pem, authority):
    """Listens for clients whose certificate is signed by this authority."""
    authorities = [certificate_at(authority)]
    options = private_certificate_at(pem).options(*authorities)
    endpoint = endpoints.SSL4ServerEndpoint(reactor, 0, options, interface="127.0.0.1")
    return start(endpoint, Receivers(kind, {}))
