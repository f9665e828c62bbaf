"""python-tuf (PyPI `tuf`), unchanged, asked by the test: each line on stdin is an attempt
{"url", "root", "memory", "target"}, and each line on stdout says what came of it: {"refused": null or the
class of the exception}. `root` is the pinned root, `memory` the folder with what the client trusts.
"""

import json
import os
import sys

from tuf.ngclient import Updater

for line in sys.stdin:
    attempt = json.loads(line)
    downloads = os.path.join(attempt["memory"], "downloads")
    os.makedirs(downloads, exist_ok=True)
    with open(attempt["root"], "rb") as file:
        root = file.read()
    refused = None
    try:
        updater = Updater(
            metadata_dir=attempt["memory"],
            metadata_base_url=attempt["url"] + "/metadata/",
            target_dir=downloads,
            target_base_url=attempt["url"] + "/targets/",
            bootstrap=root,
        )
        updater.refresh()
        info = updater.get_targetinfo(attempt["target"])
        if info is None:
            refused = "NotListed"
        else:
            updater.download_target(info)
    except Exception as error:  # Of the transport too: what its own hierarchy does not cover is told by name.
        refused = type(error).__name__
        print(error, file=sys.stderr)
    print(json.dumps({"refused": refused}), flush=True)
