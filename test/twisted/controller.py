"""Takes commands line by line and tells what happens; `peer.ts` is at the other end.

In: {"id", "do": a command's name, "args"}. Out: {"id", "value"} or {"id", "error": its class}, and what happens by
itself: {"event": [whose, word, ...]}, where who is a connection or a listener, by number.
"""

import itertools
import json
import sys

from twisted.internet import defer, reactor, stdio
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python import log

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


class Bug(Exception):
    """One that is meant to happen."""


def report(event):
    """Shows what Twisted logs as an error, unless it is meant to happen."""
    failure = event.get("failure")
    if event["isError"] and not (failure and failure.check(Bug)):
        print(log.textFromEventDict(event), file=sys.stderr)


controller = Controller()


def run():
    log.startLoggingWithObserver(report, setStdout=False)
    stdio.StandardIO(controller)
    reactor.run()
