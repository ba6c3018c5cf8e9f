"""The corpus through webvtt-py.

Usage: webvtt_py.py FILE RUNS

Prints one JSON line as `vtt_bench` of the core does: `bytes` of the corpus, `seconds` of the best run, and how many
`cues` there were. Called by `cargo xtask bench vtt_import`.
"""

import json
import sys
import time
from io import BytesIO
from pathlib import Path

import webvtt


def main():
    content, runs = Path(sys.argv[1]).read_bytes(), int(sys.argv[2])
    best, cues = float("inf"), 0
    for _ in range(runs):
        start = time.perf_counter()
        captions = webvtt.from_buffer(BytesIO(content)).captions
        best = min(best, time.perf_counter() - start)
        cues = len(captions)
    print(json.dumps({"bytes": len(content), "seconds": best, "cues": cues}))


main()
