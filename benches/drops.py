#!/usr/bin/env python3
"""Reads a channel over HTTP through a gate that is shut now and then and cuts at chance; counts what is lost.

    drops.py [--minutes M] [--every M] [--down S] [--cut PERCENT] WARIFU CHANNEL ROOT

CHANNEL is a folder. Every reading is `warifu channel verify` of the URL; it must end with 0 by itself.
"""
import argparse
import functools
import http.server
import random
import socket
import subprocess
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("--minutes", type=float, default=120, help="how long")
parser.add_argument("--every", type=float, default=30, help="minutes from one drop to the next")
parser.add_argument("--down", type=float, default=60, help="seconds that a drop lasts")
parser.add_argument("--cut", type=float, default=2, help="percent of pieces after which a connection is cut")
parser.add_argument("warifu")
parser.add_argument("channel")
parser.add_argument("root")
options = parser.parse_args()


class Files(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A cut is what this is for."""


handler = functools.partial(Files, directory=options.channel)
server = Server(("127.0.0.1", 0), handler)
threading.Thread(target=server.serve_forever, daemon=True).start()

gate = socket.create_server(("127.0.0.1", 0))
open_gate = threading.Event()
open_gate.set()
cuts = 0


def end(*sockets):
    for one in sockets:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def carry(source, target, cutting):
    global cuts
    while data := receive(source):
        if not open_gate.is_set() or (cutting and random.uniform(0, 100) < options.cut):
            cuts += 1
            data = data[: len(data) // 2]
            send(target, data)
            break
        if not send(target, data):
            break
    end(source, target)


def receive(source):
    try:
        return source.recv(4096)
    except OSError:
        return b""


def send(target, data):
    try:
        target.sendall(data)
        return True
    except OSError:
        return False


def accept():
    while True:
        client, _ = gate.accept()
        if not open_gate.is_set():
            client.close()
            continue
        behind = socket.create_connection(server.server_address)
        threading.Thread(target=carry, args=(client, behind, False), daemon=True).start()
        threading.Thread(target=carry, args=(behind, client, True), daemon=True).start()


def shut_now_and_then():
    while True:
        time.sleep(max(0, options.every * 60 - options.down))
        open_gate.clear()
        time.sleep(options.down)
        open_gate.set()


threading.Thread(target=accept, daemon=True).start()
threading.Thread(target=shut_now_and_then, daemon=True).start()
url = f"http://127.0.0.1:{gate.getsockname()[1]}"
deadline = time.monotonic() + options.minutes * 60
taken, lost, longest = 0, 0, 0.0
while time.monotonic() < deadline:
    began = time.monotonic()
    command = [options.warifu, "channel", "verify", url, "--root", options.root]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    longest = max(longest, time.monotonic() - began)
    if ran.returncode == 0:
        taken += 1
    else:
        lost += 1
        print(f"status {ran.returncode}: {ran.stderr.strip()}", flush=True)
print(f"{taken} readings taken, {lost} lost; {cuts} connections cut; the longest took {longest:.1f} s")
raise SystemExit(1 if lost else 0)
