"""What hostile packets cost, beside ordinary ones of the same size: scripts/bench attacks."""
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Sizes of ordinary packets that attacks are compared with; the nearest counts.
ORDINARY_BYTES = [70, 150, 300, 600, 1_000, 1_514]
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
        self.empty = self.replay(self.make("ordinary-70", size=1)[0])[0]

    def make(self, name, size=None, genuine=0):
        """The capture and what is true of it."""
        path = self.folder / f"{name}.pcap"
        command = [ROOT / "scripts/make-captures", "--attack", name, path, "--genuine", str(genuine)]
        if size:
            command += ["--size", str(size)]
        made = subprocess.run(command, check=True, capture_output=True, text=True)
        return path, json.loads(made.stdout)

    def track(self, path, names=()):
        """What the harness prints, by name."""
        command = [self.harness, path]
        if names:
            list_ = self.folder / "names"
            list_.write_text("\n".join(names), encoding="utf-8")
            command += ["--names", list_]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return {key: value for key, _, value in (line.partition(" ") for line in printed.splitlines())}

    def replay(self, path):
        """CPU seconds and peak MB of the program that audits the capture into a store."""
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
    """A build of its own: the benchmark is no part of the package that users build."""
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
