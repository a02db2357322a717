"""Somebody else's client: plain sockets, no framework. Sends much, then reads, and says whether all came back."""

import socket
import sys
import threading

sent = bytes(range(256)) * 40_000
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:

    def send():
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)

    sender = threading.Thread(target=send)
    sender.start()
    came_back = b"".join(iter(lambda: connection.recv(65536), b""))
    sender.join()
print(f"{len(came_back)} bytes came back, {'the same' if came_back == sent else 'others'}")
