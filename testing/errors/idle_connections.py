"""Holds many idle HTTP/2 connections to a server, and measures it meanwhile.

usage: idle_connections.py PORT PID COUNT, then lines on stdin: "measure" prints
"CONNECTIONS RESIDENT_KB"; the end of stdin lets go of all.
"""
import resource
import socket
import sys

port, pid, count = (int(argument) for argument in sys.argv[1:4])
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
count = min(count, hard - 100)

# What an HTTP/2 client says first: the preface and empty settings.
HELLO = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
held = []
for _ in range(count):
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(HELLO)
    held.append(connection)
# Each is served: it gets the server's settings.
served = sum(1 for connection in held if connection.recv(9)[3:4] == b"\x04")
for line in sys.stdin:
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        resident = next(entry.split()[1] for entry in status if entry.startswith("VmRSS"))
    print(served, resident, flush=True)
