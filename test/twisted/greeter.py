"""The article's server, with its faults mended: whole lines, the text after `write: ` as it is, saved at once."""

from twisted.internet import protocol
from twisted.protocols.basic import LineOnlyReceiver


class Greeter(LineOnlyReceiver):
    def connectionMade(self):
        self.sendLine(b"Connection with the server established!")

    def lineReceived(self, line):
        if line == b"hello":
            self.sendLine(b"Hello! How are you?")
        elif line == b"goodbye":
            self.sendLine(b"Noooo don't go awayyyyy...")
            self.transport.loseConnection()
        elif line.startswith(b"write: "):
            self.factory.save_text(line[len(b"write: ") :])
            self.sendLine(b"Message saved!")
        else:
            self.sendLine(b"I understand: hello, goodbye, write: <text>")


class GreeterFactory(protocol.Factory):
    protocol = Greeter

    def __init__(self, path):
        self.path = path

    def startFactory(self):
        self.file = open(self.path, "ab", buffering=0)

    def save_text(self, text):
        self.file.write(text + b"\n")
