"""Carries TCP connections on loopback to a Unix socket, for clients that know no other.

Usage: bridge.py SOCKET. Prints the port once it listens; ends when its standard input does.
"""

import socket
import sys
import threading


def carry(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    finally:
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def serve(listener, path):
    while True:
        client, _ = listener.accept()
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            door.connect(path)
        except OSError:
            client.close()
            continue
        for pair in ((client, door), (door, client)):
            threading.Thread(target=carry, args=pair, daemon=True).start()


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, sys.argv[1]), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


main()
