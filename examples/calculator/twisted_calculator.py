"""The same calculator in Twisted. `serve` answers on a port that is free; `call PORT` calls, and prints the answers."""

import json
import sys

from twisted.internet import defer, endpoints, protocol, reactor, task
from twisted.protocols import amp


class DivisionByZero(Exception):
    pass


class Divide(amp.Command):
    arguments = [(b"numerator", amp.Integer()), (b"denominator", amp.Integer())]
    response = [(b"quotient", amp.Float())]
    errors = {DivisionByZero: b"DIVISION_BY_ZERO"}


class Power(amp.Command):
    arguments = [(b"base", amp.Integer()), (b"exponent", amp.Integer())]
    response = [(b"power", amp.Integer())]


class Sum(amp.Command):
    arguments = [(b"numbers", amp.ListOf(amp.Integer()))]
    response = [(b"sum", amp.Integer())]


class Calculator(amp.AMP):
    @Divide.responder
    def divide(self, numerator, denominator):
        if denominator == 0:
            raise DivisionByZero(f"Cannot divide {numerator} by zero")
        return {"quotient": numerator / denominator}

    @Power.responder
    def power(self, base, exponent):
        return {"power": base**exponent}

    @Sum.responder
    def sum(self, numbers):
        return {"sum": sum(numbers)}


async def answer(call):
    """The answer, or the name of the error and what it says."""
    try:
        return await call
    except Exception as error:
        return [type(error).__name__, str(error)]


async def call(port):
    endpoint = endpoints.TCP4ClientEndpoint(reactor, "127.0.0.1", port)
    calculator = await endpoints.connectProtocol(endpoint, amp.AMP())
    calls = [
        calculator.callRemote(Divide, numerator=7, denominator=2),
        calculator.callRemote(Divide, numerator=1, denominator=0),
        calculator.callRemote(Power, base=2, exponent=-1),
        calculator.callRemote(Power, base=2, exponent=100),
        *(calculator.callRemote(Sum, numbers=[count, 1]) for count in range(200)),
    ]
    answers = await defer.gatherResults([defer.ensureDeferred(answer(call)) for call in calls])
    print(json.dumps(answers))


async def serve():
    factory = protocol.Factory.forProtocol(Calculator)
    port = await endpoints.TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(factory)
    print(f"Listening on 127.0.0.1:{port.getHost().port}", flush=True)
    await defer.Deferred()


task.react(lambda _: defer.ensureDeferred(serve() if sys.argv[1] == "serve" else call(int(sys.argv[2]))))
