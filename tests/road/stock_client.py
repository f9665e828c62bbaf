#!/usr/bin/env python3
"""Fetches one target with python-tuf (PyPI `tuf`), unchanged: what anybody else's client would do.

usage: stock_client.py BASE_URL PINNED_ROOT WORK_DIR TARGET_NAME

BASE_URL serves a channel's directory (`metadata/`, `targets/`). WORK_DIR keeps what the client trusts, so that
running twice over the same one tries a rollback. Exit status: 0 and the target's SHA-256 on stdout; 3 and the
exception's class on stdout when the client refuses; anything else is a failure of this script.
"""

import hashlib
import os
import sys

from tuf.api.exceptions import DownloadError, RepositoryError
from tuf.ngclient import Updater


def main() -> int:
    base_url, pinned_root, work_dir, target_name = sys.argv[1:5]
    base_url = base_url.rstrip("/")
    downloads = os.path.join(work_dir, "downloads")
    os.makedirs(downloads, exist_ok=True)
    with open(pinned_root, "rb") as file:
        root = file.read()
    try:
        updater = Updater(
            metadata_dir=os.path.join(work_dir, "trusted"),
            metadata_base_url=f"{base_url}/metadata/",
            target_dir=downloads,
            target_base_url=f"{base_url}/targets/",
            bootstrap=root,
        )
        updater.refresh()
        info = updater.get_targetinfo(target_name)
        if info is None:
            print("NotListed")
            return 3
        path = updater.download_target(info)
    except (RepositoryError, DownloadError) as error:
        print(type(error).__name__)
        print(error, file=sys.stderr)
        return 3
    with open(path, "rb") as file:
        print(hashlib.sha256(file.read()).hexdigest())
    return 0


if __name__ == "__main__":
    sys.exit(main())
