"""Ingest side by side: pages a second and peak memory of ragbox and of the field's recipe, same PDFs, one run.

    python tests/bench/ingest.py FOLDER_OF_PDFS [--files N] [--baseline-files N] [--json]

Who takes part, and what each does, stands in `ingest_contenders.py`. Each runs in a child process of its own, one after
the other. The baselines are slow: `--baseline-files N` gives them, and ragbox beside them, the first N files by name;
ragbox then goes over all files once more, alone. 0 leaves the baselines out. The time to load models is not in pages/s.
Peak memory is that of the whole process tree, loading included: the largest sum of the processes' proportional set
sizes (a page that two share counts once), looked at every 0.2 s. CPU seconds include loading.

`others_cores` is how many cores the rest of the machine kept busy meanwhile. Pages/s of runs where it is not near 0
cannot be compared: with others at work the ratio to unstructured came out at 2.4 and at 5.3, without them at 4.0.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from time import perf_counter

import psutil

ROOT = Path(__file__).resolve().parents[2]
# A script of this folder that imports the package `ingest` finds this file first: this leads it on to the package.
__path__ = [str(ROOT / "ingest")]
EVERY = 0.2
"""Seconds between two looks at the memory. A look costs about 5 ms a GB."""


def measure(name: str, files: list[Path]) -> dict[str, float]:
    """Run one contender and return its figures."""
    before, busy_before, started = cpu(), busy(), perf_counter()
    # -P: or this file would hide the package `ingest` from the child.
    command = [sys.executable, "-P", str(Path(__file__).with_name("ingest_contenders.py")), name, *map(str, files)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    ended, peak = threading.Event(), [0]

    def watch() -> None:
        while not ended.wait(EVERY):
            peak[0] = max(peak[0], tree(child.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, _ = child.communicate()
    ended.set()
    watcher.join()
    if child.returncode:
        raise SystemExit(f"The contender {name} ended with {child.returncode}; its message stands above.")
    used = cpu() - before
    others = (busy() - busy_before - used) / (perf_counter() - started)
    figures = json.loads(output.splitlines()[-1])
    return {
        "files": len(files), **figures, "pages_per_s": figures["pages"] / figures["seconds"],
        "peak_mb": peak[0] / 2**20, "cpu_s": used, "others_cores": max(0.0, others),
    }  # fmt: skip


def tree(pid: int) -> int:
    """Return the bytes that a process and its descendants hold together."""
    total = 0
    with suppress(psutil.Error):
        top = psutil.Process(pid)
        for process in (top, *top.children(recursive=True)):
            with suppress(psutil.Error):
                total += process.memory_full_info().pss
    return total


def cpu() -> float:
    """Return the processor seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def busy() -> float:
    """Return the processor seconds that the whole machine has worked, stolen time included."""
    times = psutil.cpu_times()
    return float(sum(times[:3]) + sum(times[5:8]))  # user, nice, system; irq, softirq, steal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, help="first N files by name; all if left out")
    parser.add_argument("--baseline-files", type=int, help="first N of them for the comparison; all if left out")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    options = parser.parse_args()
    files = sorted(options.folder.rglob("*.pdf"))[: options.files]
    if not files:
        raise SystemExit(f"There are no PDFs in {options.folder}. Name a folder that holds some.")
    both = files[: options.baseline_files]
    runs = [(name, name, both) for name in ("ragbox", "pypdf", "unstructured")] if both else []
    if len(both) < len(files):
        runs.append(("ragbox-all", "ragbox", files))
    report: dict[str, float] = {}
    print(f"{len(both)} files side by side, {len(files)} in all")
    for label, name, taken in runs:
        figures = measure(name, taken)
        report |= {f"{label}:{key}": round(value, 3) for key, value in figures.items()}
        print(f"{label:13}", "  ".join(f"{key} {value:.4g}" for key, value in figures.items()), flush=True)
    for other in ("pypdf", "unstructured") if both else ():
        if report["ragbox:pages"] != report[f"{other}:pages"]:
            raise SystemExit(f"ragbox and {other} did not read the same pages: the figures cannot be compared.")
        for key in ("pages_per_s", "peak_mb", "cpu_s"):
            ratio = report[f"ragbox:{key}"] / report[f"{other}:{key}"]
            report[f"{key}:ragbox/{other}"] = round(ratio, 3)
            print(f"{key:13} ragbox/{other} {ratio:.2f}")
    if options.json:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
