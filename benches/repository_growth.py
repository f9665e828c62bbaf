"""How a repository grows from version to version, beside git with the full file as one blob of each version.

usage: repository_growth.py WARIFU FOLDER_OF_PROCEDURES [COMPRESSION]

Takes in the procedures of r04, each file that no re-issue replaces; after each, the state goes as a full file in the
format kikin into a second repository with `git add` and `git commit`. Prints the bytes of the loose objects of both
beyond those of the first version, by version and in all, then those of the packs after `git gc`: the length of the
files, and what they take of the disk, in whole blocks. COMPRESSION is git's core.compression; its default without.
"""

import os
import re
import subprocess
import sys
import tempfile

# Re-issues that the next one repeats, and one that 20230424 replaces; and what came early but belongs to r06.
REPLACED = {"20220304", "20220311", "20220318", "20220325", "20230414"}
LATE_OF_R04 = {"20240315", "20240320", "20240516"}


def is_r04(day):
    return day not in REPLACED and (day < "20240306" or day in LATE_OF_R04)


def run(folder, *command):
    name = {"NAME": "bench", "EMAIL": "bench@example.jp"}
    identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in name.items()}
    done = subprocess.run(command, cwd=folder, env=os.environ | identity, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr}")


def loose(folder):
    """The length of the loose objects, and what they take of the disk."""
    length, disk = 0, 0
    for path, _, files in os.walk(os.path.join(folder, ".git", "objects")):
        if re.fullmatch(r"[0-9a-f]{2}", os.path.basename(path)):
            stats = [os.stat(os.path.join(path, file)) for file in files]
            length += sum(stat.st_size for stat in stats)
            disk += sum(stat.st_blocks * 512 for stat in stats)
    return length, disk


def packed(folder):
    run(folder, "git", "gc", "--quiet", "--prune=now")
    packs = os.path.join(folder, ".git", "objects", "pack")
    return sum(os.stat(os.path.join(packs, file)).st_size for file in os.listdir(packs) if file.endswith(".pack"))


def main():
    warifu, data = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    files = [(match[1], file) for file in os.listdir(data) if (match := re.fullmatch(r"s_(?:ALL)?(\d{8})\.csv", file))]
    files = sorted((day, "ALL" in file, file) for day, file in files if is_r04(day))
    with tempfile.TemporaryDirectory() as folder:
        ours, git = os.path.join(folder, "ours"), os.path.join(folder, "git")
        run(folder, warifu, "init", ours)
        run(folder, "git", "init", "--quiet", git)
        run(git, "git", "config", "gc.auto", "0")
        if len(sys.argv) > 3:
            run(git, "git", "config", "core.compression", sys.argv[3])
        sizes = []
        for _, _, file in files:
            run(ours, warifu, "import", "--series", "r04", os.path.join(data, file))
            full = os.path.join(git, "s.csv")
            if os.path.exists(full):
                os.remove(full)
            run(ours, warifu, "export", "HEAD:r04/procedure", "--format", "kikin", "-o", full)
            run(git, "git", "add", "s.csv")
            run(git, "git", "commit", "--quiet", "--allow-empty", "-m", file)
            sizes.append((loose(ours), loose(git)))
            print(f"{file:20} {sizes[-1][0][0]:>10} {sizes[-1][1][0]:>10}", flush=True)
        steps = len(sizes) - 1
        for at, what in enumerate(("loose", "on disk")):
            (first, first_git), (last, last_git) = ([size[at] for size in sizes[version]] for version in (0, -1))
            grown, grown_git = last - first, last_git - first_git
            print(f"{what}: {grown / steps / 1000:.1f} KB a version, git {grown_git / steps / 1000:.1f} KB, {steps} versions")
            print(f"  growth {grown / grown_git:.3f}, with the first version {last / last_git:.3f}")
        print(f"packed {packed(ours)} and {packed(git)}: {packed(ours) / packed(git):.3f}")


main()
