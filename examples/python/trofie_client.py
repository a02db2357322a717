#!/usr/bin/env python3
"""A client of a disk station in one file of Python 3.11, written from docs/protocol.md alone.

    python3 trofie_client.py devices
    python3 trofie_client.py plan PATH --method zero
    python3 trofie_client.py erase PATH --method zero     # shows the plan, asks for its word, follows the job
    python3 trofie_client.py watch                        # everything that happens, until Ctrl-C

In reading order: what a client remembers (`Memory`), one connection (`Line`), a client that stays connected
(`Client`), the four commands. For a program of your own, derive from `Client`, override `snapshot_received`,
`event_received` and `progress_received`, and give `during` what it shall do.
"""

import argparse
import asyncio
import fcntl
import hashlib
import hmac
import itertools
import json
import os
import random
import re
import secrets
import sys
import threading
import time
import uuid
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

PROTO = 1
OPENING_S = 10
LONGEST_MESSAGE_BYTES = 4 * 1024**2
NEVER_AGAIN = {"replaced", "kicked", "auth-failed", "version"}
EVERYTHING = "everything"


class Refused(Exception):
    """The station answered with an error. Programs look at `code`, a word of docs/errors.md."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.code = error["data"]["code"]


class ConnectionEnded(Exception):
    """This connection is over; the next one goes on where it was, unless `reason` is one of NEVER_AGAIN."""

    def __init__(self, reason, retry_after_s=0.0):
        super().__init__(reason)
        self.reason, self.retry_after_s = reason, retry_after_s


class NotLetIn(Exception):
    """It is no use to come back: we do not trust the station, or it does not want us."""


def note(sentence):
    print(sentence, file=sys.stderr, flush=True)


# ------------------------------------------------------------------------------ what a client remembers


class Memory:
    """Who the client is, where it stopped reading, its commands without a verdict; in a file, if it has one.

    Two connections of one client end each other, so one program at a time uses the file. It is for one address:
    by another door the client is another caller, whose command the station does not take for the same.
    """

    def __init__(self, address, path=None):
        self.path = path
        self.kept = {"address": address, "client": str(uuid.uuid4()), "place": None, "commands": {}}
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = open(f"{path}.lock", "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NotLetIn(f"Cannot use {path}: another program uses it")
        if path.exists():
            self.kept = json.loads(path.read_text())
        if self.kept["address"] != address:
            raise NotLetIn(f"Cannot use {path}: it is kept for {self.kept['address']}")
        self._save()

    def keep(self, method, params):
        """When this returns the command is on the medium: only then it is sent."""
        self.kept["commands"][params["cmd"]] = {"method": method, "params": params}
        self._save()

    def forget(self, cmd):
        del self.kept["commands"][cmd]
        self._save()

    def read_to(self, epoch, seq, head):
        self.kept["place"] = {"epoch": epoch, "since": seq, "head": head}
        self._save()

    def _save(self):
        """Leaves the old text or the new one, never a half: written beside it, flushed, renamed."""
        if self.path is None:
            return
        new = Path(f"{self.path}.new")
        with open(new, "w") as file:
            json.dump(self.kept, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def uuid7():
    """A UUID of version 7 (RFC 9562 § 5.7): the milliseconds since 1970, then chance."""
    ms, chance = time.time_ns() // 10**6, secrets.randbits
    return str(uuid.UUID(int=ms << 80 | 7 << 76 | chance(12) << 64 | 2 << 62 | chance(62)))


def canonical(value):
    """The canonical form of RFC 8785: members in the order of UTF-16, numbers as ECMAScript writes them."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) and 1e-6 <= abs(value) < 1e21:
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, float):
        return re.sub(r"(e-)0", r"\1", repr(value)) if value else "0"
    return json.dumps(value, ensure_ascii=False)


def next_head(head, event):
    """The chain's value after an event, by which a journal cannot forget or be changed unnoticed."""
    told = {name: event[name] for name in ("at", "body", "job", "seq", "type")}
    return hashlib.sha256((head + canonical(told)).encode()).hexdigest()


# ------------------------------------------------------------------------------ one connection


class Line:
    """A connection: messages out and in, each a line of JSON. It is cut when its `with` ends."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self.heard_at = time.monotonic()

    @classmethod
    async def connect(cls, address):
        kind, _, where = address.partition(":")
        host, _, port = where.rpartition(":")
        try:
            if kind == "unix":
                return cls(*await asyncio.open_unix_connection(where, limit=LONGEST_MESSAGE_BYTES))
            return cls(*await asyncio.open_connection(host, port, limit=LONGEST_MESSAGE_BYTES))
        except OSError as error:
            raise ConnectionEnded(str(error))

    def tell(self, method, params, **id):
        message = {"jsonrpc": "2.0", **id, "method": method, "params": params}
        self._writer.write(json.dumps(message).encode() + b"\n")

    async def hear(self):
        """The next message; raises ConnectionEnded for a goodbye as for an end without one."""
        try:
            message = json.loads(await self._reader.readuntil(b"\n"))
        except (OSError, EOFError, asyncio.LimitOverrunError, ValueError) as end:
            raise ConnectionEnded("no goodbye" if isinstance(end, EOFError) else str(end))
        self.heard_at = time.monotonic()
        if message.get("method") == "goodbye":
            goodbye = message["params"]
            raise ConnectionEnded(goodbye["reason"], goodbye.get("retryAfterMs", 0) / 1000)
        return message

    async def keep_beating(self, ping_ms, dead_ms):
        """Says that we are here, and drops a station that has said nothing for too long."""
        while time.monotonic() - self.heard_at < dead_ms / 1000:
            self.tell("ping", {})
            await asyncio.sleep(ping_ms / 1000)
        self.drop()

    def drop(self):
        self._writer.transport.abort()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.drop()


def prove(token, who, greeted, own):
    return hmac.new(token.encode(), f"trofie {who}{greeted}{own}".encode(), hashlib.sha256).hexdigest()


async def open_session(line, memory, token, want):
    """The way in. Both sides prove that they have the token, and neither shows it; only then we say more."""
    greeting = (await line.hear())["params"]
    if PROTO not in greeting["proto"]:
        raise NotLetIn(f"Cannot talk to {greeting['station']}: it speaks {greeting['proto']}, not {PROTO}")
    nonce, own, auth = greeting.get("nonce"), secrets.token_hex(32), {}
    if (token is None) != (nonce is None):
        raise NotLetIn(f"Cannot prove the token: {'the station' if nonce is None else 'this side'} has none")
    if token is not None:
        auth = {"nonce": own, "proof": prove(token, "client", nonce, own)}
    me = {"proto": [PROTO], "client": memory.kept["client"], "agent": "trofie_client.py"}
    line.tell("session.open", {**me, "auth": auth, "resume": memory.kept["place"], "want": want}, id="open")
    while (answer := await line.hear()).get("id") != "open":
        pass
    if "error" in answer:
        refusal = Refused(answer["error"])
        raise NotLetIn(f"{refusal.code}: {refusal}")
    welcome = answer["result"]
    proof = welcome.get("proof", "")
    if token is not None and not hmac.compare_digest(proof, prove(token, "station", nonce, own)):
        raise NotLetIn("Cannot trust who listens there: it does not have the token")
    return welcome


# ------------------------------------------------------------------------------ a client that stays connected


class Client:
    """Queries, commands carried out once, events without gap or doubling, over connections that come and go."""

    want = {"events": False, "progress": False}

    def __init__(self, address, token=None, memory=None):
        self.address, self.token, self.memory = address, token, memory or Memory(address)
        self.epoch = self._line = self._snapshot = None
        self._opened, self._news = asyncio.Event(), asyncio.Event()
        self._opened_at = self._lost_at = time.monotonic()
        self._ids = itertools.count(1)
        self._waiting = {}  # by id: method, params, and where the answer goes

    def snapshot_received(self, because, items):
        """The whole state, in place of all that was known: {kind, id, ended, item} of each device and job."""

    def event_received(self, event):
        """The next event. It is read when this returns; if the program dies in here, it comes again."""

    def progress_received(self, progress):
        """How far a job is. Some may be lost."""

    async def during(self, work):
        """Does the work while it stays connected. Raises what ends either for good."""
        tasks = [asyncio.create_task(work), asyncio.create_task(self._stay_connected())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return done.pop().result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def call(self, method, params):
        """Asks, and on each new connection again, until there is an answer."""
        id, answer = next(self._ids), asyncio.get_running_loop().create_future()
        self._waiting[id] = (method, params, answer)
        self._ask(id)
        return await answer

    async def command(self, method, params):
        """Has a command carried out once, or refused for ever, however often connections die."""
        await self._opened.wait()
        params = {"cmd": uuid7(), "epoch": self.epoch, **params}
        self.memory.keep(method, params)
        verdict = await self._verdict(method, params)
        self.memory.forget(params["cmd"])
        if isinstance(verdict, Refused):
            raise verdict
        return verdict

    async def settle(self):
        """Yields each command of an earlier life that has no verdict, and its verdict, or None: it is taken back.

        Nobody may be there any more who wants it. With another epoch it is COMMAND_ID_REUSED where the station
        has decided it; where it has not, it is recorded as EPOCH_CHANGED, and a late copy is refused too.
        """
        await self._opened.wait()
        for command in list(self.memory.kept["commands"].values()):
            method, params = command["method"], command["params"]
            verdict = await self._verdict(method, {**params, "epoch": "taken back"})
            if verdict.code == "COMMAND_ID_REUSED":
                verdict = await self._verdict(method, params)
            elif verdict.code == "EPOCH_CHANGED" and params["epoch"] == self.epoch:
                verdict = None
            self.memory.forget(params["cmd"])
            yield command, verdict

    async def _verdict(self, method, params):
        try:
            return await self.call(method, params)
        except Refused as refusal:
            return refusal

    async def follow(self, job):
        """Returns the job when it has ended. Asks at each news of a job: whatever it missed, it notices."""
        while True:
            self._news.clear()
            told = (await self.call("job.get", {"job": job}))["job"]
            if told["endedAt"] is not None:
                return told
            await self._news.wait()

    async def _stay_connected(self):
        """Comes back without end, after a random part of 0.2, 0.4, 0.8 … s: not with all others at once."""
        tries = late_ends = 0
        while True:
            self._opened_at = None
            try:
                await self._one_connection()
            except (ConnectionEnded, TimeoutError) as error:
                end = error if isinstance(error, ConnectionEnded) else ConnectionEnded("it says nothing")
            if self.epoch is None:
                raise NotLetIn(f"Cannot reach the station at {self.address}: {end}")
            now = time.monotonic()
            if self._opened_at is not None:
                self._lost_at, tries = now, 0
                note(f"Connection lost ({end}); trying again")
            if end.reason == "replaced" and now - (self._opened_at or 0) < 10 and late_ends < 3:
                late_ends += 1  # it was our own dead predecessor, perhaps, who came late
            elif end.reason in NEVER_AGAIN:
                raise NotLetIn(f"Cannot stay with the station: {end}")
            longest_s = 2 if now - self._lost_at < 60 else 5
            await asyncio.sleep(max(end.retry_after_s, random.random() * min(0.2 * 2**tries, longest_s)))
            tries = min(tries + 1, 10)

    async def _one_connection(self):
        async with asyncio.timeout(OPENING_S) as opening:
            with await Line.connect(self.address) as line:
                welcome = await open_session(line, self.memory, self.token, self.want)
                opening.reschedule(None)
                if self.epoch is not None:
                    note("Connected again")
                self.epoch, self._opened_at, self._line = welcome["epoch"], time.monotonic(), line
                self._opened.set()
                beating = asyncio.create_task(line.keep_beating(welcome["pingMs"], welcome["deadMs"]))
                try:
                    for id in self._waiting:
                        self._ask(id)
                    while True:
                        self._heard(await line.hear())
                finally:
                    self._line = None
                    beating.cancel()

    def _ask(self, id):
        if self._line is not None and id in self._waiting:
            method, params, _ = self._waiting[id]
            self._line.tell(method, params, id=id)

    def _heard(self, message):
        match message:
            case {"method": "ping"}:
                self._line.tell("pong", {})
            case {"method": "event", "params": event}:
                self._event(event)
            case {"method": "progress", "params": progress}:
                self.progress_received(progress)
            case {"method": "snapshot.begin", "params": begin}:
                self._snapshot = (begin, [])
            case {"method": "snapshot.item", "params": item}:
                self._snapshot[1].append(item)
            case {"method": "snapshot.end", "params": end}:
                self._snapshot_ended(*self._snapshot, end)
            case {"id": None, "error": error}:
                raise NotLetIn(f"Cannot make ourselves understood: {error['message']}")
            case {"id": id} if id in self._waiting:
                self._answered(id, message)

    def _answered(self, id, message):
        if "error" in message and not message["error"]["data"]["final"]:
            asyncio.get_running_loop().call_later(1, self._ask, id)
            return
        _, _, answer = self._waiting.pop(id)
        if "error" in message:
            answer.set_exception(Refused(message["error"]))
        else:
            answer.set_result(message["result"])

    def _event(self, event):
        place = self.memory.kept["place"]
        if event["seq"] <= place["since"]:
            return
        if event["seq"] != place["since"] + 1:
            raise ConnectionEnded(f"event {place['since'] + 1} was skipped")
        if event["head"] != next_head(place["head"], event):
            raise NotLetIn(f"Cannot believe event {event['seq']}: the chain does not lead to it")
        self.event_received(event)
        self.memory.read_to(self.epoch, event["seq"], event["head"])
        if event["job"] is not None:
            self._news.set()

    def _snapshot_ended(self, begin, items, end):
        if len(items) != begin["items"] or end["seq"] != begin["seq"]:
            raise ConnectionEnded("a snapshot without all its items")
        if begin["because"] in ("other-journal", "rolled-back", "rewritten"):
            note(f"WARNING: this journal is not the one we knew ({begin['because']}): look at the disks")
        self.snapshot_received(begin["because"], items)
        self.memory.read_to(self.epoch, end["seq"], end["head"])
        self._news.set()


# ------------------------------------------------------------------------------ the four commands


class Teller(Client):
    """Prints what happens to one job and how far it is, or everything that happens."""

    want = {"events": True, "progress": True}
    job = None

    def snapshot_received(self, because, items):
        if self.job == EVERYTHING:
            print(f"The state of {len(items)} devices and jobs ({because})", flush=True)

    def event_received(self, event):
        if self.job is not None and self.job in (EVERYTHING, event["job"]):
            body = event["body"] or {}
            about = [event["job"], *(body.get(name) for name in ("path", "state", "why", "code"))]
            print(event["seq"], event["at"], event["type"], *filter(None, about), flush=True)

    def progress_received(self, progress):
        if progress["job"] == self.job:
            print(f"{progress['step']}: {progress['bytesDone']} of {progress['bytesTotal']} bytes", flush=True)


async def devices(client, args):
    for device in (await client.call("device.list", {}))["devices"]:
        erasable = "yes" if device["refusal"] is None else f"no: {device['refusal']['state']}"
        print(device["path"], device["identity"]["sizeBytes"], erasable)


async def plan(client, args):
    await show_plan(client, {"path": args.path, "method": args.method})


async def show_plan(client, wanted):
    """Returns the hash, which stands for all that was shown."""
    answer = await client.call("erase.plan", wanted)
    planned, word = answer["plan"], answer["plan"]["confirm"]
    print(f"{planned['path']}: {planned['method']['title']}; {planned['bytesTotal']} bytes to write and read")
    print(*planned["warnings"], f"The word to type: {word['word']}, {word['what']}", sep="\n", flush=True)
    return answer["hash"]


async def erase(client, args):
    wanted = {"path": args.path, "method": args.method}
    async for command, verdict in client.settle():
        became = "taken back, it was not carried out" if verdict is None else verdict
        print(f"From before: {command['method']} {command['params'].get('path')}: {became}", flush=True)
        if isinstance(verdict, dict) and wanted.items() <= command["params"].items():
            client.job = verdict["job"]
    if client.job is None:
        shown = await show_plan(client, wanted)
        typed = args.confirm or await ask("Type it to erase the disk: ")
        started = await client.command("erase.start", {**wanted, "hash": shown, "typed": typed})
        client.job = started["job"]
    print(f"Job {client.job}; it goes on if you leave", flush=True)
    job = await client.follow(client.job)
    print(f"{job['path']}: {job['state']}. {(job['report'] or {}).get('message', '')}")
    return {"erased": 0, "stopped": 5}.get(job["state"], 1)


async def watch(client, args):
    client.job = EVERYTHING
    await asyncio.Event().wait()


async def ask(prompt):
    """Reads a line in a thread that may be left behind: meanwhile the heart goes on beating."""
    loop = asyncio.get_running_loop()
    typed = loop.create_future()
    read = lambda: loop.call_soon_threadsafe(typed.set_result, sys.stdin.readline().strip())
    print(prompt, end="", flush=True)
    threading.Thread(target=read, daemon=True).start()
    return await typed


def station_address(text):
    if not re.fullmatch(r"unix:.+|tcp:.+:\d+", text):
        raise argparse.ArgumentTypeError("write unix:PATH or tcp:HOST:PORT")
    return text


def arguments():
    parser = argparse.ArgumentParser(description="A client of a disk station.")
    run_folder = "/run" if os.getuid() == 0 else os.environ.get("XDG_RUNTIME_DIR", "/run")
    station = os.environ.get("TROFIE_STATION", f"unix:{run_folder}/trofie/station.sock")
    parser.add_argument("--station", default=station, type=station_address, help="unix:PATH or tcp:HOST:PORT")
    parser.add_argument("--memory", type=Path, help="the file that keeps what must outlive this program")
    commands = parser.add_subparsers(required=True)
    for run, kind in ((devices, Client), (plan, Client), (erase, Teller), (watch, Teller)):
        command = commands.add_parser(run.__name__)
        command.set_defaults(run=run, kind=kind)
        if run in (plan, erase):
            command.add_argument("path")
            command.add_argument("--method", required=True)
        if run is erase:
            command.add_argument("--confirm", help="the word, in scripts")
    return parser.parse_args()


async def main(args):
    path = args.memory
    if path is None and args.run is erase:
        path = Path.home() / ".local/state/trofie-python" / quote(args.station, safe="")
    token = os.environ.get("TROFIE_TOKEN") if args.station.startswith("tcp:") else None
    client = args.kind(args.station, token, Memory(args.station, path))
    return await client.during(args.run(client, args))


if __name__ == "__main__":
    try:
        sys.exit(asyncio.run(main(arguments())))
    except Refused as refusal:
        note(f"{refusal.code}: {refusal}")
        sys.exit(4)
    except NotLetIn as end:
        note(end)
        sys.exit(3)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)
