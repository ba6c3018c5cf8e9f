"""The corpus through markdown-to-confluence, which makes Confluence's storage format of it.

Usage: storage.py FILE RUNS

Prints one JSON line as `adf_bench` of the core does: `bytes` of the corpus, and `seconds` of the best run. Only the
conversion is called, nothing that reaches a network. Called by `cargo xtask bench adf_markdown`.
"""

import json
import sys
import time
from pathlib import Path

from md2conf.collection import ConfluencePageCollection, ConfluenceUserCollection
from md2conf.converter import ConfluenceDocument
from md2conf.metadata import ConfluenceSiteMetadata
from md2conf.options import ProcessorOptions
from md2conf.scanner import Scanner


def main():
    path, runs = Path(sys.argv[1]).resolve(), int(sys.argv[2])
    content = path.read_bytes()
    markdown = content.decode()
    site = ConfluenceSiteMetadata(domain="example.com", base_path="/wiki/", space_key="ENG")
    options = ProcessorOptions(generated_by=None)

    def convert():
        pages, people = ConfluencePageCollection(), ConfluenceUserCollection()
        scanned = Scanner().parse(markdown)
        return ConfluenceDocument(path, scanned, options, path.parent, site, pages, people).xhtml()

    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        converted = convert()
        best = min(best, time.perf_counter() - start)
        # A converter that gives up early would be the fastest.
        if len(converted) < len(markdown):
            sys.exit(f"only {len(converted)} characters came out")
    print(json.dumps({"bytes": len(content), "seconds": best}))


main()
