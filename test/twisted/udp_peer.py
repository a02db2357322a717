"""Datagrams, with Twisted."""

from twisted.internet import protocol, reactor

from controller import command, keep, tell_of, things


# Twisted cuts what is longer than this, 8 KiB if nothing is said.
LARGEST = 2**16


class Datagrams(protocol.DatagramProtocol):
    """Tells each datagram, and answers what asks for it."""

    def datagramReceived(self, data, address):
        tell_of(self, "datagram", data.decode("latin-1"))
        word, _, rest = data.partition(b" ")
        if word == b"say":
            self.transport.write(rest, address)

    def connectionRefused(self):
        tell_of(self, "refused")

    def stopProtocol(self):
        tell_of(self, "stopped")


@command
def listen_udp(port):
    datagrams = Datagrams()
    datagrams.port = reactor.listenUDP(port, datagrams, interface="127.0.0.1", maxPacketSize=LARGEST)
    return [keep(datagrams), datagrams.port.getHost().port]


@command
def connect_udp(number, port):
    things[number].transport.connect("127.0.0.1", port)


@command
def send_datagram(number, text, port):
    """To where it is connected, when there is no port."""
    address = (("127.0.0.1", port),) if port else ()
    things[number].transport.write(text.encode("latin-1"), *address)
