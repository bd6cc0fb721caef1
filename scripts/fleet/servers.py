"""ClickHouse servers for tests: on the loopback address, each in a folder of its own, ended by the process that started them."""

import atexit
import os
import shutil
import socket
import subprocess
import time
import urllib.request


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


STARTED = []


def start(command, **options):
    """A process that does not outlive this program, even if it is interrupted."""
    process = subprocess.Popen(command, **options)
    STARTED.append(process)
    return process


@atexit.register
def end_all():
    for process in STARTED:
        if process.poll() is None:
            process.kill()
            process.wait()


class Keeper:
    """ZooKeeper of Debian, which the replicas need."""

    def __init__(self, folder):
        self.port, = free_ports(1)
        os.makedirs(folder)
        with open(os.path.join(folder, "zoo.cfg"), "w", encoding="utf-8") as file:
            file.write(f"tickTime=2000\ndataDir={folder}/data\nclientPort={self.port}\nclientPortAddress=127.0.0.1\n"
                       "admin.enableServer=false\n")
        jars = "/usr/share/java/*"
        self.log = open(os.path.join(folder, "log"), "wb")
        self.process = start(
            ["java", "-Xmx256m", "-cp", jars, "org.apache.zookeeper.server.quorum.QuorumPeerMain",
             os.path.join(folder, "zoo.cfg")], stdout=self.log, stderr=self.log, cwd=folder)
        wait(lambda: socket.create_connection(("127.0.0.1", self.port), 1).close(), self.process, folder + "/log")

    def end(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    @staticmethod
    def is_installed():
        return shutil.which("java") is not None and os.path.exists("/usr/share/java/zookeeper.jar")


class Cluster:
    """Servers of the cluster `egressaudit`: a list of shards, each with a number of replicas."""

    def __init__(self, folder, shards, keeper=None):
        self.processes, self.addresses, self.logs, self.native = [], [], [], []
        ports = free_ports(3 * sum(shards))
        places = [(shard, replica) for shard, count in enumerate(shards, 1) for replica in range(1, count + 1)]
        servers = [(shard, replica, *ports[3 * n:3 * n + 3]) for n, (shard, replica) in enumerate(places)]
        remote = "".join(
            f"<shard><internal_replication>{'true' if keeper else 'false'}</internal_replication>"
            + "".join(f"<replica><host>127.0.0.1</host><port>{tcp}</port></replica>"
                      for place, _, _, tcp, _ in servers if place == shard) + "</shard>"
            for shard in range(1, len(shards) + 1))
        zookeeper = (f"<zookeeper><node><host>127.0.0.1</host><port>{keeper.port}</port></node></zookeeper>"
                     if keeper else "")
        for shard, replica, http, tcp, between in servers:
            place = os.path.join(folder, f"{shard}-{replica}")
            os.makedirs(os.path.join(place, "tmp"))
            with open(os.path.join(place, "config.xml"), "w", encoding="utf-8") as file:
                file.write(
                    f"<yandex><logger><level>warning</level><log>{place}/log</log><errorlog>{place}/errors</errorlog></logger>"
                    f"<listen_host>127.0.0.1</listen_host><http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>"
                    f"<interserver_http_port>{between}</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>"
                    f"<path>{place}/</path><tmp_path>{place}/tmp/</tmp_path><users_config>{place}/users.xml</users_config>"
                    "<default_profile>default</default_profile><default_database>default</default_database>"
                    "<mark_cache_size>268435456</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>"
                    f"<remote_servers><egressaudit>{remote}</egressaudit></remote_servers>{zookeeper}"
                    f"<macros><shard>{shard:02}</shard><replica>{replica:02}</replica></macros></yandex>")
            with open(os.path.join(place, "users.xml"), "w", encoding="utf-8") as file:
                file.write(
                    "<yandex><profiles><default><max_memory_usage>4000000000</max_memory_usage></default></profiles>"
                    "<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>"
                    "<quota>default</quota></default></users><quotas><default></default></quotas></yandex>")
            log = open(os.path.join(place, "output"), "wb")
            self.logs.append(log)
            self.processes.append(start(
                ["clickhouse-server", f"--config-file={place}/config.xml"], stdout=log, stderr=log, cwd=place))
            self.addresses.append(f"http://127.0.0.1:{http}")
            self.native.append(tcp)
            wait(lambda: urllib.request.urlopen(self.addresses[-1] + "/ping", timeout=1).read(), self.processes[-1],
                 place + "/output")

    def end(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for log in self.logs:
            log.close()

    @staticmethod
    def is_installed():
        return shutil.which("clickhouse-server") is not None


def wait(attempt, process, log):
    """Until `attempt` succeeds, or the process has ended."""
    for _ in range(600):
        try:
            return attempt()
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    with open(log, "rb") as file:
        raise RuntimeError("did not start: " + file.read()[-2000:].decode("utf-8", "replace"))
