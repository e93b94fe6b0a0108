"""Runs a visit with every connection refused: offline.py VISIT, in the folder of the example."""

import runpy
import socket
import sys
from typing import NoReturn


def refuse(*address: object, **options: object) -> NoReturn:
    raise ConnectionRefusedError("a visit is offline")


socket.socket.connect = refuse  # type: ignore[method-assign]
socket.getaddrinfo = refuse
sys.path.insert(0, "")
runpy.run_path(sys.argv[1])
