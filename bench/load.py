"""A client that costs next to nothing: requests that are made beforehand, over connections that stay open."""

import re
import selectors
import socket
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from time import monotonic
from urllib.parse import urlsplit

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)


def posts(url: str, headers: Mapping[str, str], bodies: Sequence[bytes]) -> list[bytes]:
    """As they go over the wire."""
    where = urlsplit(url)
    lines = [f"POST {where.path} HTTP/1.1", f"Host: {where.netloc}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines)
    return [f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body for body in bodies]


@dataclass
class Load:
    """What came of it."""

    answers: int = 0
    seconds: float = 0
    # Of each request, in seconds.
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


class Connection:
    def __init__(self, address: tuple[str, int], requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests, self._received = requests, b""
        self.began = 0.0

    def send(self) -> None:
        self.began = monotonic()
        self.socket.sendall(next(self._requests))

    def is_answered(self) -> bool:
        """Whether the answer is whole now; anything but success is an error."""
        piece = self.socket.recv(262_144)
        if not piece:
            raise ConnectionError("The server has gone.")
        self._received += piece
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found:
            return False
        length = LENGTH.search(head + b"\r\n")
        if length is None or len(body) < int(length[1]):
            return False
        if not head.startswith(b"HTTP/1.1 20"):
            raise RuntimeError(self._received[:2000].decode("utf-8", "replace"))
        self._received = b""
        return True


def run(url: str, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """As many requests as are answered in this time, one at a time on each connection."""
    where = urlsplit(url)
    load, waiting = Load(), selectors.DefaultSelector()
    endless = cycle(requests)
    for _ in range(connections):
        connection = Connection((where.hostname or "", where.port or 0), endless)
        waiting.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send()
    began = monotonic()
    ends = began + seconds
    busy = connections
    while busy:
        for ready, _ in waiting.select():
            connection = ready.data
            if connection.is_answered():
                now = monotonic()
                load.answers += 1
                load.waits.append(now - connection.began)
                if now < ends:
                    connection.send()
                else:
                    connection.socket.close()
                    waiting.unregister(ready.fileobj)
                    busy -= 1
    load.seconds = monotonic() - began
    return load
