"""What a hostile file could make a parser do; `tests/test_sandbox.py` has a sandbox's workers run these."""

from __future__ import annotations

import mmap
import os
import socket
import subprocess
import time
from pathlib import Path

from ingest.parsers import Options
from ragbox.errors import Rejected
from ragbox.types import Block, Kind, Mark, Parsed


def parse(path: Path, kind: str, options: Options) -> Parsed:
    """Do what `kind` says, then give the file's text, or what was found out, as one block."""
    text = path.read_text()
    match kind:
        case "reject":
            raise Rejected("It is not to be read.")
        case "raise":
            raise KeyError("rId7")
        case "memory":
            text = str(len(bytearray(4 << 30)))
        case "worn":
            mmap.mmap(-1, 800 << 20).close()
        case "native":
            mmap.mmap(-1, 950 << 20).close()
            raise OSError("failed to map segment from shared object")
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "pages":
            for page in range(1, 7):  # 3 seconds in all, of processor time too
                options.begin(page, 6)
                until = time.process_time() + 0.5
                while time.process_time() < until:
                    pass
        case "page for ever":
            options.begin(7, 9)
            time.sleep(60)
        case "early":
            for page in range(1, 4):
                options.reach(page, 3)
                time.sleep(0.3)
            if options.early:
                options.early(Parsed(blocks=(Block(kind=Kind.TEXT, text="the first page"),), pages=9))
                path.with_suffix(".on").touch()
        case "stepwise":
            for page in range(1, 4):
                time.sleep(0.3)  # `reach` tells of no more than four pages a second
                options.reach(page, 3)
                while not path.with_suffix(f".{page}").exists():
                    time.sleep(0.02)
        case "early twice":
            for _ in range(2):
                assert options.early
                options.early(Parsed(blocks=(), pages=9))
        case "cells":
            text = "," * 70_000
            return Parsed(blocks=(Block(kind=Kind.TABLE, text=text, rows=(("",) * int(path.read_text()),)),), pages=1)
        case "die":
            os._exit(3)
        case "crash":
            os.abort()
        case "flood":
            text = "x" * (3 << 20)
        case "connect":
            socket.create_connection(("127.0.0.1", int(text)))
        case "resolve":
            socket.getaddrinfo("localhost", 80)
        case "grandchild":
            started = subprocess.Popen(["sleep", "60"])
            path.with_suffix(".pid").write_text(str(started.pid))
            started.wait()
        case "local":
            left, right = socket.socketpair()
            left.close()
            right.close()
        case "process":
            text = f"{os.getpid()} {os.getsid(0)} {os.nice(0)} {sorted(os.environ)} {os.environ['TMPDIR']}"
        case "options":
            text = repr(options)
    return Parsed(
        blocks=(
            Block(
                kind=Kind.TABLE,
                text=text,
                page=2,
                rows=((text, ""),),
                header_rows=0,
                marks=(Mark(start=0, end=len(text), page=2, box=(0.0, 0.1, 1.0, 0.5)),),
            ),
        ),
        pages=2,
        title="标题",
        warnings=("w",),
    )
