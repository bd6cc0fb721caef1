"""What ordinary traffic costs, beside reading alone and beside plain C: scripts/bench."""
import collections
import concurrent.futures
import json
import os
import pathlib
import resource
import sqlite3
import statistics
import subprocess
import tempfile
import time

from attack_bench import Gate, build_harness

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "Tests/Benchmarks/Loads"
# Each load of Tests/Benchmarks/Loads/make-load.c with its usual scale.
LOADS = {"mix": 0.25, "small": 1, "handshake": 1, "quic": 1}
# Rows that `inspect` needs at most to print every name of a load.
MAXIMUM_ROWS = 2_000_000


def build_tool(folder, name):
    """Compiles a program of Tests/Benchmarks/Loads into a folder."""
    tool = pathlib.Path(folder) / name
    if not tool.exists():
        subprocess.run(["cc", "-O2", "-o", tool, SOURCES / f"{name}.c", "-lpcap", "-lcrypto", "-lm"], check=True)
    return tool


def make_load(folder, load, scale, with_truth=False):
    """Writes a load into a folder; its path, what it holds in all, and the path of its truth."""
    capture, truth = pathlib.Path(folder) / f"{load}.pcap", pathlib.Path(folder) / f"{load}.tsv"
    command = [build_tool(folder, "make-load"), load, capture, "--scale", str(scale)]
    made = subprocess.run(command + (["--truth", truth] if with_truth else []), check=True, capture_output=True, text=True)
    return capture, json.loads(made.stdout), truth


# --- the table -------------------------------------------------------------------------------------------------------

# Of a program: how its command is made of the paths of a capture and of a folder.
Contestant = collections.namedtuple("Contestant", "name command find_names")


class Table:
    """Programs that read the same captures in turns."""

    def __init__(self, folder, rounds, program):
        if not program:
            subprocess.run(["swift", "build", "-c", "release", "--product", "egressaudit"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            program = ROOT / ".build/release/egressaudit"
        self.folder = pathlib.Path(folder)
        self.rounds = rounds
        self.output = self.folder / "output"
        (self.folder / "site.yaml").write_text("location: none\n", encoding="utf-8")
        rules, store = ROOT / "rules", self.folder / "store.sqlite"
        self.store = store
        bare, reference = build_tool(folder, "bare-loop"), build_tool(folder, "reference")
        self.base = Contestant("bare libpcap loop", lambda capture: [bare, capture], None)
        self.contestants = [
            self.base,
            Contestant("C reference", lambda capture: [reference, capture], self.names_of_reference),
            Contestant("replay into a store",
                       lambda capture: [program, "replay", capture, "--store", store, "--rules", rules, "--config", self.folder / "site.yaml"],
                       self.names_of_store),
            Contestant("inspect", lambda capture: [program, "inspect", capture, "--rules", rules, "--rows", str(MAXIMUM_ROWS)],
                       self.names_of_inspect),
        ]
        self.reference = reference

    def run(self, command):
        """CPU seconds (user and system) and peak megabytes of a command."""
        for old in self.folder.glob("store.sqlite*"):
            old.unlink()
        peak = self.folder / "peak"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with open(self.output, "w", encoding="utf-8") as output:
            # GNU time is a small process: the peak of a child of this one would be no smaller than its own size.
            run = subprocess.run(["/usr/bin/env", "time", "-q", "-f", "%M", "-o", peak, *command], stdout=output,
                                 stderr=subprocess.PIPE, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if run.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))} ended with {run.returncode}: {run.stderr.strip()[-500:]}")
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, int(peak.read_text(encoding="utf-8").strip()) / 1024

    def rows(self, capture, truth):
        """CPU seconds, their ratio to the bare loop, peak megabytes, and what is wrong with the names, for each program."""
        measured = {contestant.name: [] for contestant in self.contestants}
        verdicts = {}
        for _ in range(self.rounds):
            for contestant in self.contestants:
                measured[contestant.name].append(self.run(contestant.command(capture)))
                if truth is not None and contestant.find_names and contestant.name not in verdicts:
                    verdicts[contestant.name] = contestant.find_names(capture, truth)
        seconds = {name: statistics.median(each[0] for each in runs) for name, runs in measured.items()}
        for name, runs in measured.items():
            yield name, seconds[name], seconds[name] / seconds[self.base.name], max(each[1] for each in runs), verdicts.get(name)

    # What a program found of the truth: how many names of how many, and how many that are not there.

    def names_of_reference(self, capture, truth):
        printed = subprocess.run([self.reference, capture, "--names"], check=True, capture_output=True, text=True).stdout
        return compare(set(truth), set(printed.splitlines()))

    def names_of_inspect(self, _, truth):
        with open(self.output, encoding="utf-8") as output:
            next(output)
            return compare(set(truth), {"\t".join(line.rstrip("\n").split("\t")[:5]) for line in output})

    def names_of_store(self, _, truth):
        """The store keeps only flows that rules describe, under pseudonyms: of each name that it holds, as many flows as there are must be in it."""
        methods = {"sni": "tls", "quic_sni": "quic", "http_host": "http"}
        with sqlite3.connect(self.store) as store:
            found = collections.Counter()
            for method, name, count in store.execute(
                    "SELECT name_method, destination_name, count(*) FROM flow_evidence WHERE opens_flow GROUP BY 1, 2"):
                if method in methods:
                    found[methods[method], name] += count
        described = {name for _, name in found}
        lines = (line.split("\t") for line in truth)
        there = collections.Counter((cells[0], cells[4]) for cells in lines if cells[0] != "dns" and cells[4] in described)
        return sum((there & found).values()), sum(there.values()), sum((found - there).values())


def compare(there, found):
    return len(there & found), len(there), len(found - there)


def print_table(loads, scale, rounds, program=None, capture=None):
    """A line for each load and program; the exit code is 1 where one missed a name or found a wrong one."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        table = Table(folder, rounds, program)
        print(f"{'load':11}{'':22}{'CPU s':>8}{'ratio':>8}{'peak MB':>9}  names found, wrong", flush=True)
        for load in [capture] if capture else loads:
            truth = None
            path = pathlib.Path(load)
            if not capture:
                path, _, truth_path = make_load(folder, load, scale or LOADS[load], with_truth=True)
                truth = truth_path.read_text(encoding="utf-8").splitlines()
            else:
                path.read_bytes()  # into the page cache
            for name, seconds, ratio, peak, verdict in table.rows(path, truth):
                shown = ""
                if verdict:
                    found, there, wrong = verdict
                    is_right = found == there and wrong == 0
                    failed = failed or not is_right
                    shown = f"  {found:,} of {there:,}, {wrong:,}" + ("" if is_right else "  FAILED")
                print(f"{path.stem:11}{name:22}{seconds:8.2f}{ratio:8.1f}{peak:9.0f}{shown}", flush=True)
            if not capture:
                path.unlink()
    return 1 if failed else 0


# --- the gate --------------------------------------------------------------------------------------------------------

LIMITS = ROOT / "Tests/Benchmarks/load-limits.tsv"
Limit = collections.namedtuple("Limit", "load scale instructions reason")


def read_limits():
    limits = {}
    for number, line in enumerate(LIMITS.read_text(encoding="utf-8").splitlines(), 1):
        if number == 1 or not line.strip():
            continue
        try:
            load, scale, instructions, reason = line.split("\t")
            limits[load] = Limit(load, float(scale), int(instructions), reason)
        except ValueError:
            raise SystemExit(f"{LIMITS}:{number}: expected {len(Limit._fields)} cells divided by tabs, numbers in the second and "
                             f"the third; found {line!r}") from None
    if set(limits) != set(LOADS):
        raise SystemExit(f"{LIMITS}: expected a line for each of {', '.join(LOADS)}; found {', '.join(limits)}")
    return list(limits.values())


def count_work(gate, limit, part):
    """Instructions of the tracker over `part` times the small load, and its packets."""
    with tempfile.TemporaryDirectory(dir=gate.folder) as folder:
        (pathlib.Path(folder) / "make-load").symlink_to(gate.folder / "make-load")
        capture, made, _ = make_load(folder, limit.load, part * limit.scale)
        return gate.instructions_over(capture), made["packets"]


def check_limits():
    """Whether the tracker keeps the limits of all loads, with a line for each."""
    limits = read_limits()
    harness = build_harness()
    failed = False
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        gate = Gate(folder, harness)
        build_tool(folder, "make-load")
        counted = [(limit, [workers.submit(count_work, gate, limit, part) for part in (1, 2)]) for limit in limits]
        print(f"{'load':11}{'packets':>9}{'instructions':>14}{'limit':>8}")
        for limit, parts in counted:
            (near, near_packets), (far, far_packets) = (part.result() for part in parts)
            work = (far - near) / (far_packets - near_packets)
            is_too_much = work > limit.instructions
            failed = failed or is_too_much
            print(f"{limit.load:11}{far_packets:9}{work:14.0f}{limit.instructions:8}" + ("  FAILED: too much work" if is_too_much else
                  "  its limit may be lowered" if work < 0.8 * limit.instructions else ""), flush=True)
    print(f"{time.monotonic() - start:.0f} s")
    return 1 if failed else 0
