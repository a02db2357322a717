"""Somebody else's client: plain sockets, no framework. Prints what the server answers."""

import socket
import sys

with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as connection:
    answers = connection.makefile("r", encoding="utf-8", newline="\r\n")
    print(answers.readline().rstrip())
    for command in ["hello\r\n", "write: caffè\n", "write: tire\r\n", "goodbye\r\n"]:
        connection.sendall(command.encode())
        print(answers.readline().rstrip())
    print("end" if answers.readline() == "" else "more")
