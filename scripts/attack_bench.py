"""The cost of hostile packets compared with ordinary ones of the same size: scripts/bench attacks."""
import collections
import concurrent.futures
import json
import os
import pathlib
import re
import statistics
import subprocess
import tempfile

import attacks

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Sizes of the ordinary packets with which attacks are compared; the nearest size is used.
ORDINARY_BYTES = [70, 150, 600, 1_514]
GENUINE_CLIENTS = 50


class Bench:
    """Makes captures in a folder of its own and measures the harness and the program on them."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.harness = build_harness()
        subprocess.run(["swift", "build", "-c", "release", "--product", "egressaudit"], cwd=ROOT, check=True,
                       stdout=subprocess.DEVNULL)
        self.program = ROOT / ".build/release/egressaudit"
        (self.folder / "site.yaml").write_text("location: none\n", encoding="utf-8")
        self.ordinary = {}
        # It is taken off everything else, and is most of what ordinary packets take.
        empty = self.make("ordinary-70", size=1)[0]
        self.empty = statistics.median(self.replay(empty)[0] for _ in range(5))

    def make(self, name, size=None, genuine=0):
        """The capture, and the facts about it."""
        path = self.folder / f"{name}.pcap"
        command = [ROOT / "scripts/make-captures", "--attack", name, path, "--genuine", str(genuine)]
        if size:
            command += ["--size", str(size)]
        made = subprocess.run(command, check=True, capture_output=True, text=True)
        return path, json.loads(made.stdout)

    def track(self, path, names=()):
        """The values that the harness prints, by name."""
        command = [self.harness, path]
        if names:
            list_ = self.folder / "names"
            list_.write_text("\n".join(names), encoding="utf-8")
            command += ["--names", list_]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return {key: value for key, _, value in (line.partition(" ") for line in printed.splitlines())}

    def replay(self, path):
        """CPU seconds and peak MB of the program while it audits the capture into a store."""
        for old in self.folder.glob("s.sqlite*"):
            old.unlink()
        command = [self.program, "replay", path, "--store", self.folder / "s.sqlite", "--rules", ROOT / "rules",
                   "--config", self.folder / "site.yaml"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"egressaudit replay {path.name} ended with {process.returncode}")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024

    def measure(self, name, size=None, genuine=0):
        path, truth = self.make(name, size, genuine)
        tracked = self.track(path, truth["genuine_names"])
        seconds, peak = self.replay(path)
        path.unlink()
        packets = truth["packets"]
        return {
            "packets": packets, "bytes": truth["bytes_on_wire"] / packets,
            "tracker": int(tracked["nanoseconds_per_packet"]),
            "slowest": int(tracked["nanoseconds_per_packet_of_the_slowest_thousand"]),
            "replay": (seconds - self.empty) / packets * 1e9,
            "tracker_peak": int(tracked["peak_bytes"]) / 1e6, "replay_peak": peak,
            "names": tracked.get("names_found", "-"), "records": int(tracked["records"]),
        }

    def ordinary_of(self, packet_bytes):
        size = min(ORDINARY_BYTES, key=lambda each: abs(each - packet_bytes))
        if size not in self.ordinary:
            self.ordinary[size] = self.measure(f"ordinary-{size}", 400_000)
        return self.ordinary[size]


def build_harness():
    """Builds the harness separately: it is not part of the package that users build."""
    scratch = ROOT / ".build-bench"
    command = ["swift", "build", "-c", "release", "--product", "AttackBenchmark", "--scratch-path", scratch]
    subprocess.run(command, cwd=ROOT, env=dict(os.environ, EGRESSAUDIT_BENCHMARKS="1"), check=True, stdout=subprocess.DEVNULL)
    return scratch / "release/AttackBenchmark"


HEADER = (f"{'attack':26}{'packets':>9}{'bytes':>7}{'tracker':>9}{'slowest':>9}{'replay':>9}{'ordinary':>10}{'ratio':>7}"
          f"{'ratio':>7}{'peak MB':>9}{'peak MB':>9}  names found\n"
          f"{'':26}{'':9}{'/packet':>7}{'ns':>9}{'ns':>9}{'ns':>9}{'ns':>10}{'track':>7}{'replay':>7}{'track':>9}{'replay':>9}")


def print_table(names, size=None):
    """A line for each attack: CPU for each packet and peak memory, beside ordinary packets of the same size."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(folder)
        print(HEADER, flush=True)
        for name in names:
            row = bench.measure(name, size, GENUINE_CLIENTS)
            ordinary = bench.ordinary_of(row["bytes"])
            print(f"{name:26}{row['packets']:9}{row['bytes']:7.0f}{row['tracker']:9}{row['slowest']:9}{row['replay']:9.0f}"
                  f"{ordinary['tracker']:10}{row['tracker'] / ordinary['tracker']:7.1f}{row['replay'] / ordinary['replay']:7.1f}"
                  f"{row['tracker_peak']:9.0f}{row['replay_peak']:9.0f}  {row['names']}", flush=True)
        for size_, row in sorted(bench.ordinary.items()):
            print(f"{f'ordinary-{size_}':26}{row['packets']:9}{row['bytes']:7.0f}{row['tracker']:9}{row['slowest']:9}"
                  f"{row['replay']:9.0f}{'':24}{row['tracker_peak']:9.0f}{row['replay_peak']:9.0f}")


# --- the gate --------------------------------------------------------------------------------------------------------

LIMITS = ROOT / "Tests/Benchmarks/attack-limits.tsv"
Limit = collections.namedtuple("Limit", "attack options packets ratio reason")
# The cost that an attack may have without a stated reason, in ordinary packets of its size.
ORDINARY_RATIO = 5
# With four times the packets, the counted work of a packet may grow by this factor; quadratic work doubles.
ALLOWED_GROWTH = 1.3
# Memory budget of the harness, and enough packets that floods need more. The peak must stay within the budget.
BUDGET_MEGABYTES = 64
MEMORY_PACKETS = 100_000
# Ordinary packets are measured over more of them, because connections begin and end rarely.
ORDINARY_PACKETS = 5_000
# Growth below this is noise from tables that double.
NOISE_INSTRUCTIONS = 500


def read_limits():
    """The limits, a line for each attack and way of running it; every attack must have one."""
    limits = []
    for number, line in enumerate(LIMITS.read_text(encoding="utf-8").splitlines(), 1):
        if number == 1 or not line.strip():
            continue
        cells = line.split("\t")
        try:
            name, options, packets, ratio, reason = cells
            limit = Limit(name, [] if options == "-" else options.split(), int(packets), float(ratio), reason)
        except ValueError:
            raise SystemExit(f"{LIMITS}:{number}: expected {len(Limit._fields)} cells divided by tabs, numbers in the third and "
                             f"the fourth; found {len(cells)}: {line!r}") from None
        if limit.ratio > ORDINARY_RATIO and reason == "-":
            raise SystemExit(f"{LIMITS}:{number}: {name} may cost {limit.ratio:g} times an ordinary packet; above {ORDINARY_RATIO} "
                             f"the last cell must say why")
        if name not in attacks.ATTACKS:
            raise SystemExit(f"{LIMITS}:{number}: there is no attack {name!r}; scripts/make-captures --attack list shows all")
        limits.append(limit)
    for name in attacks.ATTACKS:
        if all(limit.attack != name for limit in limits):
            raise SystemExit(f"{LIMITS}: no line for the attack {name!r}; say what it may cost, and why")
    return limits


class Gate:
    """Counts instead of timing: instructions of the tracker (valgrind's cachegrind), and bytes of memory."""

    def __init__(self, folder, harness):
        self.folder = pathlib.Path(folder)
        self.harness = harness
        # Tables have the same order in each run.
        self.environment = dict(os.environ, SWIFT_DETERMINISTIC_HASHING="1")

    def capture(self, name, packets):
        path = self.folder / f"{name}-{packets}.pcap"
        if not path.exists():
            made = path.with_suffix(f".{os.getpid()}")
            attacks.write(name, made, packets, 1, 0, None)
            made.rename(path)
        return path

    def instructions(self, name, packets, options):
        """Instructions of a run over that many packets, including start-up and end."""
        return self.instructions_over(self.capture(name, packets), options)

    def instructions_over(self, path, options=()):
        """Instructions of a run over a capture, including start-up and end."""
        command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null", self.harness, path]
        run = subprocess.run([*command, *options], env=self.environment, capture_output=True, text=True)
        count = re.search(r"I +refs: +([0-9,]+)", run.stderr)
        if run.returncode != 0 or not count:
            raise SystemExit(f"valgrind over {path.name} ended with {run.returncode}: {run.stderr.strip()[-500:]}")
        return int(count[1].replace(",", ""))

    def work(self, name, packets, options=()):
        """Instructions for one packet more, between 1 and 2 and between 2 and 4 times `packets`; start-up cancels out."""
        one, two, four = (self.instructions(name, times * packets, list(options)) for times in (1, 2, 4))
        return (two - one) / packets, (four - two) / (2 * packets)

    def memory(self, name, options):
        """Peak megabytes above the start, with a small budget."""
        path = self.capture(name, MEMORY_PACKETS)
        budget = ["--budget-megabytes", str(BUDGET_MEGABYTES)]
        run = subprocess.run([self.harness, path, *budget, *options], env=self.environment, capture_output=True, text=True, check=True)
        path.unlink()
        return int(re.search(r"^peak_bytes (\d+)$", run.stdout, re.MULTILINE)[1]) / 1e6


def packet_bytes(gate, limit):
    path = gate.capture(limit.attack, limit.packets)
    return (path.stat().st_size - 24) / limit.packets - 16


def check_limits(names):
    """Whether all attacks keep their limits, with a line for each."""
    limits = [limit for limit in read_limits() if not names or limit.attack in names]
    harness = build_harness()
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as workers:
        gate = Gate(folder, harness)
        ordinary = {size: workers.submit(gate.work, f"ordinary-{size}", ORDINARY_PACKETS) for size in ORDINARY_BYTES}
        measured = [(limit, workers.submit(measure_limit, gate, limit)) for limit in limits]
        ordinary = {size: work.result()[1] for size, work in ordinary.items()}
        print("an ordinary packet: " + ", ".join(f"{count:.0f} instructions at {size} bytes" for size, count in ordinary.items()))
        print(f"{'attack':26}{'bytes':>7}{'instructions':>14}{'growth':>8}{'ratio':>8}{'limit':>8}{'peak MB':>9}")
        failed = 0
        for limit, result in measured:
            packet, near, far, memory = result.result()
            usual = ordinary[min(ORDINARY_BYTES, key=lambda each: abs(each - packet))]
            faults = []
            if far > ALLOWED_GROWTH * near and far - near > NOISE_INSTRUCTIONS:
                faults.append("work grows faster than what is sent")
            if far > limit.ratio * usual:
                faults.append("too much work")
            if memory > BUDGET_MEGABYTES:
                faults.append("too much memory")
            failed += bool(faults)
            growth = far / near if near > 0 else float("inf")
            label = limit.attack + (" " + " ".join(limit.options) if limit.options else "")
            print(f"{label:26}{packet:7.0f}{far:14.0f}{growth:8.2f}{far / usual:8.1f}{limit.ratio:8.1f}{memory:9.0f}"
                  + (f"  FAILED: {', '.join(faults)}" if faults else "  its limit may be lowered" if limit.ratio > ORDINARY_RATIO
                     and far < limit.ratio * usual / 2 else ""), flush=True)
    if failed:
        print(f"{failed} of {len(limits)} attacks cost more than {LIMITS.relative_to(ROOT)} allows.")
    return 1 if failed else 0


def measure_limit(gate, limit):
    near, far = gate.work(limit.attack, limit.packets, limit.options)
    packet = packet_bytes(gate, limit)
    for times in (1, 2, 4):
        gate.capture(limit.attack, times * limit.packets).unlink()
    return packet, near, far, gate.memory(limit.attack, limit.options)
