"""A TUF repository unlike ours, made by python-tuf and served on loopback: each role has a key of another
scheme, and the target is named by a delegated role only.

other_repository.py FOLDER: writes FOLDER/root.json, prints the port, serves until standard input ends.
Lines on standard input change it: `steal` puts a targets file in the delegated role's place that its key did
not sign; `expire` publishes a timestamp that has run out."""

import sys
import threading
from datetime import datetime, timedelta, timezone
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

folder = Path(sys.argv[1])
metadata, targets_folder = folder / "metadata", folder / "targets" / "dir"
metadata.mkdir(parents=True)
targets_folder.mkdir(parents=True)
later = (datetime.now(timezone.utc) + timedelta(days=1)).replace(microsecond=0)

signers = {
    "root": CryptoSigner.generate_rsa(scheme="rsassa-pss-sha256"),
    "targets": CryptoSigner.generate_ecdsa(),
    "snapshot": CryptoSigner.generate_ed25519(),
    "timestamp": CryptoSigner.generate_rsa(scheme="rsassa-pss-sha256"),
    "masters/kikin": CryptoSigner.generate_ecdsa(),
}


def write(role, signed, name):
    file = Metadata(signed)
    file.sign(signers[role])
    (metadata / name).write_bytes(file.to_bytes())
    return file


root = Root(expires=later, consistent_snapshot=True)
for role in ("root", "targets", "snapshot", "timestamp"):
    root.add_key(signers[role].public_key, role)
write("root", root, "1.root.json")
(folder / "root.json").write_bytes((metadata / "1.root.json").read_bytes())

content = b"masters\n"
target = TargetFile.from_data("dir/masters.txt", content)
(targets_folder / f"{target.hashes['sha256']}.masters.txt").write_bytes(content)

key = signers["masters/kikin"].public_key
role = DelegatedRole("masters/kikin", [key.keyid], 1, terminating=True, paths=["dir/*"])
write("targets", Targets(expires=later, delegations=Delegations({key.keyid: key}, {role.name: role})),
      "1.targets.json")
delegated = Targets(expires=later, targets={target.path: target})
write("masters/kikin", delegated, "1.masters%2Fkikin.json")
meta = {"targets.json": MetaFile(1), "masters/kikin.json": MetaFile(1)}
write("snapshot", Snapshot(expires=later, meta=meta), "1.snapshot.json")
write("timestamp", Timestamp(expires=later), "timestamp.json")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def translate_path(self, path):
        # A role's file is called by its percent-encoded name.
        return str(folder / path.lstrip("/"))


server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
for line in sys.stdin:
    match line.strip():
        case "steal":
            write("targets", delegated, "1.masters%2Fkikin.json")
        case "expire":
            past = datetime(2020, 1, 1, tzinfo=timezone.utc)
            write("timestamp", Timestamp(version=2, expires=past), "timestamp.json")
    print("done", flush=True)
