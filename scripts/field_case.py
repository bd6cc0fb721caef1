"""The field case for scripts/make-captures --field: 40 PCs of a town hall in 14 days, and the true values of each finding.

The truth is this module's own account of what it sends, rule by rule as docs/columns.md says; no program that reads captures has a
part in it. How it counts:

- bytes: IP payload, which is the TCP or UDP header with all behind it, retransmissions included. Padding of short frames, the IP header
  and ICMP messages about a flow are no part of it. Questions to the resolver inside are no outbound traffic.
- sessions: connections that were answered, in the hour of their first packet.
- blocked attempts: names that the resolver refuses or leads to 0.0.0.0, connections that are refused or get no answer. The packets of one
  connection are one attempt. What a PC tries again within 60 seconds is the same attempt; two attempts of one PC at one service
  are at least 200 seconds apart, so that nobody has to weigh.
- devices and days: those with an answered contact, a later packet of a long connection included. Days are days in Berlin.
- idle bytes: bytes up of hours outside Monday to Friday, 7 to 18 in Berlin.
- groups: on each day, one with fewer than five devices stands in the collecting group. Where that has fewer than five too, the smallest of the
  others join it. A day with fewer than five devices at the whole site counts to the next that has as many, as of its first hour and in
  the collecting group, which then has five devices of that day in any case; at the end there may be no such day yet.
"""

import ipaddress
import json
import struct

import attacks
from traffic import (
    A, AAAA, CNAME, DOWN, DnsMessage, Dice, GATEWAY, HOUR, MICROSECOND, Pc, RESOLVER, SECOND, TcpFlow, UP, UdpFlow,
    application_data, load_handshakes, vector,
)

DAYS = 14
GROUP_MINIMUM = 5
COLLECTING = "collecting_group"
RETRY_APART = 200 * SECOND
WORK_FROM, WORK_TO = 7, 18

# The Mondays on which the fourteen days begin, as Unix days: with the second Tuesday of the month on the second day, on the ninth day, and with
# end of summer time on the last day.
MONDAYS = {"2026-06-08": 20_612, "2026-05-04": 20_577, "2026-10-12": 20_738}


# --- time in Berlin --------------------------------------------------------------------------------------------------


def civil(day):
    """(year, month, day) of a Unix day (Howard Hinnant's algorithm)."""
    z = day + 719_468
    era, rest = divmod(z, 146_097)
    year = (rest - rest // 1_460 + rest // 36_524 - rest // 146_096) // 365
    of_year = rest - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    return (era * 400 + year + (month >= 10), month + 3 if month < 10 else month - 9, of_year - (153 * month + 2) // 5 + 1)


def date_text(day):
    return "%04d-%02d-%02d" % civil(day)


def weekday(day):
    """0 is Monday; the Unix epoch was a Thursday."""
    return (day + 3) % 7


def offset(hour):
    """Hours by which Berlin is ahead of UTC in UTC hour `hour` since the epoch: summer time from the last Sunday of March to that of October."""
    day = hour // 24
    year, month, _ = civil(day)

    def last_sunday(month):
        last = next(d for d in range(day - 366, day + 367) if civil(d) == (year, month, 31))
        return last - (weekday(last) + 1) % 7

    if month in (3, 10):
        change = last_sunday(month) * 24 + 1
        return (2 if hour >= change else 1) if month == 3 else (1 if hour >= change else 2)
    return 2 if 3 < month < 10 else 1


class Clock:
    def __init__(self):
        self.offsets = {}

    def local(self, hour):
        """(Unix day, hour of the day) in Berlin of a UTC hour."""
        if hour not in self.offsets:
            self.offsets[hour] = offset(hour)
        return divmod(hour + self.offsets[hour], 24)

    def instant(self, day, seconds):
        """Nanoseconds of the time `seconds` after midnight of a local day by the clock on the wall; never in the hour that occurs twice."""
        hour = day * 24 + seconds // 3600
        for ahead in (2, 1):
            if self.local(hour - ahead) == (day, seconds // 3600):
                return (hour - ahead) * HOUR + seconds % 3600 * SECOND
        raise ValueError("clocks skip this hour")

    def is_idle(self, hour):
        day, of_day = self.local(hour)
        return weekday(day) > 4 or not WORK_FROM <= of_day < WORK_TO


def hour_text(hour):
    return f"{date_text(hour // 24)}T{hour % 24:02d}:00:00Z"


# --- destinations ----------------------------------------------------------------------------------------------------


class Host:
    def __init__(self, name, finding=None, chain="", both=False):
        self.name = name
        self.finding = finding
        self.chain = chain.split()
        self.both = both
        self.v4 = self.v6 = None


# Legal entity, service and purpose class from the rules.
FINDINGS = {
    "windows": ("Microsoft Corporation", "Windows diagnostic data", "telemetry"),
    "office": ("Microsoft Ireland Operations Limited", "Office and Microsoft 365 Apps diagnostics", "telemetry"),
    "events": ("Microsoft Corporation", "Microsoft event collection (OneCollector, Aria)", "telemetry"),
    "firefox": ("Mozilla Corporation", "Mozilla Firefox", "telemetry"),
    "chrome": ("Google LLC", "Google Chrome", "telemetry"),
    "teams-events": ("Microsoft Ireland Operations Limited", "Teams", "telemetry"),
    "crashes": ("Microsoft Corporation", "Windows error reporting", "telemetry"),
    "teams": ("Microsoft Ireland Operations Limited", "Teams", "user_function"),
    "mail": ("Microsoft Ireland Operations Limited", "Exchange Online and Outlook", "user_function"),
    "documents": ("Microsoft Ireland Operations Limited", "SharePoint Online and OneDrive for Business", "user_function"),
    "search": ("Microsoft Corporation", "Bing search", "user_function"),
    "clicks": ("Microsoft Corporation", "Bing search", "advertising"),
    "location": ("Microsoft Corporation", "Windows location service", "user_function"),
    "remote": ("TeamViewer Germany GmbH", "TeamViewer", "user_function"),
    "edge": ("Microsoft Corporation", "Microsoft Edge", "user_function"),
    "edge-update": ("Microsoft Corporation", "Microsoft Edge", "update_security"),
    "settings": ("Microsoft Corporation", "Windows settings and configuration", "config_fetch"),
    "experiments": ("Microsoft Ireland Operations Limited", "Office configuration and experiments", "config_fetch"),
    "sign-in": ("Microsoft Corporation", "Microsoft account and Entra ID sign-in", "required_service"),
    "checks": ("Microsoft Corporation", "Windows connectivity, certificate and time checks", "required_service"),
    "roots": ("Microsoft Corporation", "Windows connectivity, certificate and time checks", "update_security"),
    "certificates": ("DigiCert, Inc.", "DigiCert certificate checks", "update_security"),
    "update": ("Microsoft Corporation", "Windows Update and delivery", "update_security"),
    "update-reports": ("Microsoft Corporation", "Windows Update and delivery", "telemetry"),
    "defender": ("Microsoft Corporation", "Microsoft Defender and SmartScreen", "update_security"),
    "licences": ("Microsoft Corporation", "Windows activation and app licences", "licence"),
    "push": ("Microsoft Corporation", "Windows push notifications", "required_service"),
    "adobe": ("Adobe Systems Software Ireland Ltd.", "Adobe applications and services", "user_function"),
    "zoom": ("Zoom Communications, Inc.", "Zoom", "user_function"),
}

COLLECTOR = "global.asimov.events.data.trafficmanager.net onedscolprdweu05.westeurope.cloudapp.azure.com"
CANARY = "canary.musterstadt.example"

HOSTS = [
    Host("v10.events.data.microsoft.com", "windows", COLLECTOR),
    Host("nexus.officeapps.live.com", "office", "prod.nexus.live.com.akadns.net"),
    Host("mobile.events.data.microsoft.com", "events", "mobile.events.data.trafficmanager.net"),
    Host("incoming.telemetry.mozilla.org", "firefox"),
    Host("clientservices.googleapis.com", "chrome", both=True),
    Host("teams.events.data.microsoft.com", "teams-events", "teams-events-data.trafficmanager.net"),
    Host("umwatsonc.events.data.microsoft.com", "crashes"),
    Host("watson.telemetry.microsoft.com", "crashes"),
    Host("teams.microsoft.com", "teams"),
    Host("outlook.office365.com", "mail", both=True),
    Host("contoso-verwaltung.sharepoint.com", "documents", both=True),
    Host("www.bing.com", "search", both=True),
    Host("c.bing.com", "clicks"),
    Host("inference.location.live.net", "location"),
    Host("router5.teamviewer.com", "remote"),
    Host("edge.microsoft.com", "edge", both=True),
    Host("msedge.api.cdp.microsoft.com", "edge-update"),
    Host("settings-win.data.microsoft.com", "settings", "atm-settingsfe-prod-geo2.trafficmanager.net"),
    Host("ecs.office.com", "experiments"),
    Host("login.microsoftonline.com", "sign-in"),
    Host("www.msftconnecttest.com", "checks", "ncsi-geo.trafficmanager.net"),
    Host("time.windows.com", "checks", "twc.trafficmanager.net"),
    Host("ctldl.windowsupdate.com", "roots"),
    Host("ocsp.digicert.com", "certificates"),
    Host("fe3cr.delivery.mp.microsoft.com", "update", "fe3.delivery.mp.microsoft.com"),
    Host("3.tlu.dl.delivery.mp.microsoft.com", "update"),
    Host("statsfe2.update.microsoft.com", "update-reports"),
    Host("wdcp.microsoft.com", "defender", "wd-prod-cp.trafficmanager.net"),
    Host("licensing.mp.microsoft.com", "licences"),
    Host("client.wns.windows.com", "push", "wns.notify.trafficmanager.net"),
    Host("acroipm2.adobe.com", "adobe"),
    Host("zoom.us", "zoom", both=True),
    # No rule has these.
    Host("www.example.de", both=True),
    Host("news.example.org", chain="edge.cdn.example.net"),
    Host("fachverfahren.example.de"),
    Host("sync.nachtmond.example"),
    Host(CANARY),
]
BLOCKED_HOSTS = {
    "windows": "v10.events.data.microsoft.com", "office": "nexus.officeapps.live.com",
    "events": "mobile.events.data.microsoft.com", "firefox": "incoming.telemetry.mozilla.org",
}
# Id of the service in the rules, and how it was blocked.
MEASURES = {
    "windows": ("windows-diagnostic-data", "Windows-Diagnosedaten gesperrt"),
    "office": ("office-diagnostics", "Office-Diagnosedaten gesperrt"),
    "events": ("microsoft-event-collection", "Ereigniserfassung gesperrt"),
    "firefox": ("firefox", "Telemetrie des Browsers gesperrt"),
}
WAYS = ["nxdomain", "sinkhole", "refused", "silence"]


class Case:
    """Differences between seeds; seed 1 is the case in the documents."""

    def __init__(self, seed):
        dice = Dice(f"field/{seed}")
        self.seed = seed
        self.dice = dice
        # Name, size, VLAN, secrecy zone: 37 in total, plus the works council of 3, which is excluded.
        sizes = [16, 12, 6, 3]
        if seed != 1:
            small = dice.number(2, 4)
            middle = dice.number(5, 8)
            secret = dice.number(8, 14)
            sizes = [37 - small - middle - secret, secret, middle, small]
        names = ["Hauptverwaltung", "Sozialamt", "IT", "Standesamt"]
        self.groups = [(name, size, 10 * (index + 1), name == "Sozialamt")
                       for index, (name, size) in enumerate(zip(names, sizes))]
        self.excluded = ("Personalrat", 3, 50, False)
        monday = "2026-06-08" if seed == 1 else dice.choice(sorted(MONDAYS))
        self.first_day = MONDAYS[monday]
        self.patch_day = next(day for day in range(self.first_day, self.first_day + DAYS)
                              if weekday(day) == 1 and 8 <= civil(day)[2] <= 14)
        self.measure_day = self.first_day + (7 if seed == 1 else dice.choice([6, 7, 8]))
        ways = list(WAYS)
        if seed != 1:
            for index in range(3):
                other = dice.number(index, 3)
                ways[index], ways[other] = ways[other], ways[index]
        self.ways = dict(zip(BLOCKED_HOSTS, ways))
        # The group and service of the flow that gets through the block: from the second seed on, any group large enough to be shown, and any
        # service whose block a PC can bypass with an address that it knows.
        self.hidden_group, self.hidden_index, self.hidden_service, self.hidden_hour = "Sozialamt", 7, "windows", 20
        self.stranger_group, self.stranger_index, self.stranger_hour = "Hauptverwaltung", 4, 12
        if seed != 1:
            self.hidden_group = dice.choice(["Hauptverwaltung", "Sozialamt"])
            self.hidden_index = dice.number(0, min(sizes[:2]) - 1)
            self.hidden_service = dice.choice(
                [service for service, way in self.ways.items() if way in ("nxdomain", "sinkhole") and service != "firefox"]
                or ["windows"])
            self.hidden_hour = dice.choice([3, 5, 19, 20, 21, 22])
            self.stranger_group = dice.choice(names[:2])
            self.stranger_index = dice.number(0, min(sizes[:2]) - 1)
            self.stranger_hour = dice.choice([1, 4, 12, 15, 23])
        # The group that gets a location service with the patches.
        self.located_group = "Sozialamt" if seed == 1 else dice.choice(["Hauptverwaltung", "Sozialamt"])
        # Percentage of the PCs that have the program at all, by service.
        self.spread = {"firefox": 60, "chrome": 30, "adobe": 20, "remote": 10, "clicks": 12, "teams-events": 100}
        if seed != 1:
            self.spread = {service: max(8, share + dice.number(-20, 30)) for service, share in self.spread.items()}

    @property
    def site(self):
        return "rathaus-feldfall" if self.seed == 1 else f"rathaus-feldfall-{self.seed}"


class Machine(Pc):
    def __init__(self, case, number, group, vlan, address, address6=None):
        super().__init__(number, group, vlan, address, address6)
        self.dice = Dice(f"field/{case.seed}/pc/{number}")
        self.ports = 49_200 + self.dice.number(0, 400)
        self.identifier = self.dice.number(0, 0xFFFF)
        self.is_excluded = False
        self.activity = self.dice.number(55, 150)
        # Time of the last blocked attempt, by service.
        self.attempts = {}


class Town:
    """Everything that happens in the fourteen days; `frames` are those at the inside interface of the gateway."""

    def __init__(self, case):
        self.case = case
        self.clock = Clock()
        self.handshakes = load_handshakes()
        self.frames = []
        self.flows = []
        self.plans = []
        # (time, PC, service) of each blocked attempt that counts.
        self.attempted = []
        self.hosts = {}
        for index, host in enumerate(HOSTS):
            host.v4 = ipaddress.ip_address(f"198.51.100.{10 + index}")
            host.v6 = ipaddress.ip_address(f"2001:db8:ffff:{10 + index:x}::a") if host.both else None
            self.hosts[host.name] = host
        self.begin = self.clock.instant(case.first_day, 0)
        self.end = self.clock.instant(case.first_day + DAYS, 0)
        self.measure = self.clock.instant(case.measure_day, 0)
        self.pcs = []
        number = 1
        for place, (name, size, vlan, _) in enumerate(case.groups, start=1):
            for index in range(size):
                address6 = f"2001:db8:20:{place}::{10 + index:x}" if name == "Hauptverwaltung" and index % 4 == 1 else None
                self.pcs.append(Machine(case, number, name, vlan, f"10.20.{place}.{10 + index}", address6))
                number += 1
        # Two are excluded by their network, the third by its hardware address alone: it is in another group's network, and uses both
        # versions of IP.
        name, size, vlan, _ = case.excluded
        for index in range(size):
            if index < size - 1:
                pc = Machine(case, number, name, vlan, f"10.20.5.{10 + index}")
            else:
                pc = Machine(case, number, name, 10, "10.20.1.99", "2001:db8:20:1::99")
            pc.is_excluded = True
            self.pcs.append(pc)
            number += 1
        self.messenger = Machine(case, 0xF0, "", 1, "10.20.0.60")

    def pc(self, group, index):
        return [pc for pc in self.pcs if pc.group == group][index]

    def plan(self, pc, at, step, *arguments, **options):
        self.plans.append((at, len(self.plans), pc, step, arguments, options))

    # -- packets

    def host(self, name):
        return self.hosts[name]

    def ask(self, pc, at, name, kind, way=None):
        """A question to the resolver inside; the time of the answer, and the address in it."""
        host = self.host(name)
        flow = UdpFlow(self, pc, pc.address, RESOLVER, 53, at, pc.dice.choice([0.4, 0.5, 9, 17]),
                       source_port=pc.dice.number(49_152, 65_535))
        flow.finding, flow.is_session, flow.is_outbound = None, False, False
        flow.hops = 63
        identifier = flow.dice.number(0, 0xFFFF)
        flow.say(UP, DnsMessage(identifier, 0x0100).question(name, kind).bytes())
        answer = DnsMessage(identifier, 0x8183 if way == "nxdomain" else 0x8180).question(name, kind)
        address = host.v4 if kind == A else host.v6
        if way == "sinkhole":
            answer.answer(name, kind, 2, ipaddress.ip_address("0.0.0.0" if kind == A else "::"))
        elif way is None:
            owner = name
            for alias in host.chain:
                answer.answer(owner, CNAME, 300, alias)
                owner = alias
            if address:
                answer.answer(owner, kind, 300, address)
        flow.say(DOWN, answer.bytes())
        return flow.clock, address

    def resolve(self, pc, name, at):
        expiry, address = pc.known.get(name, (0, None))
        if at < expiry:
            return at, address
        answered, address = self.ask(pc, at, name, A)
        if pc.address6 and self.host(name).v6:
            answered, address = self.ask(pc, answered + pc.dice.number(60, 200) * MICROSECOND, name, AAAA)
        pc.known[name] = (answered + 300 * SECOND, address)
        return answered + pc.dice.number(200, 900) * MICROSECOND, address

    def connection(self, pc, name, port, at, target=None):
        """A TCP flow that is not opened yet; `target` is an address that the PC knows without a DNS question."""
        if target is None:
            at, target = self.resolve(pc, name, at)
        source = pc.address6 if target.version == 6 else pc.address
        return self.account(TcpFlow(self, pc, source, target, port, at, 18), name)

    def account(self, flow, name, is_session=True):
        flow.finding = self.host(name).finding
        flow.is_session = is_session
        flow.is_outbound = True
        return flow

    def tls(self, pc, at, name, up, down, template="openssl-tls13", target=None, stays_until=None):
        """One TLS connection with one exchange of `up` and `down` bytes, each a number or a range."""
        up, down = (pc.dice.number(*size) if isinstance(size, tuple) else size for size in (up, down))
        resumed = f"{template}-resumed"
        if (pc.number, name) in pc.resumable and resumed in self.handshakes:
            template = resumed
        elif template == "openssl-tls12":
            template = resumed  # the recorded certificate names other hosts
        pc.resumable.add((pc.number, name))
        handshake = self.handshakes[template]
        flow = self.connection(pc, name, 443, at, target)
        flow.connect()
        for direction, data in handshake.tell(name, flow.dice):
            flow.say(direction, data)
        flow.say(UP, application_data(up, flow.dice))
        flow.wait(flow.dice.number(2, 60) / 1000)
        flow.say(DOWN, application_data(down, flow.dice))
        flow.wait(0.04)
        flow.acknowledge(UP)
        if stays_until is not None:
            while flow.clock < stays_until:
                flow.wait(240)
                flow.keep_alive()
        flow.finish()
        return flow

    def http(self, pc, at, name, request, response):
        flow = self.connection(pc, name, 80, at)
        flow.connect()
        flow.say(UP, request)
        flow.wait(0.004)
        flow.say(DOWN, response)
        flow.wait(0.041)
        flow.acknowledge(UP)
        flow.finish()

    def quic(self, pc, at, name, up, down):
        """HTTP/3: a protected Initial with the hello, the server's answer, and some packets that nobody can decrypt."""
        at, target = self.resolve(pc, name, at)
        source = pc.address6 if target.version == 6 else pc.address
        flow = self.account(UdpFlow(self, pc, source, target, 443, at, 14, source_port=pc.next_port()), name)
        dice = flow.dice
        connection, server = dice.bytes(8), dice.bytes(8)
        extensions = [
            (43, b"\x02\x03\x04"), (10, b"\0\x02\0\x1d"), (13, b"\0\x04\x04\x03\x08\x04"),
            (51, vector(b"\0\x1d" + vector(dice.bytes(32), 2), 2)), (57, b"\x01\x04\x80\0\x75\x30\x0f\0"),
        ]
        hello = attacks.client_hello(name.encode(), extensions, [b"h3"])
        hello = hello[:6] + dice.bytes(32) + hello[38:]
        frames = attacks.crypto_frame(0, hello)
        flow.say(UP, attacks.sealed_initial(connection, frames.ljust(1_200 - 18 - 8 - 16 - 2, b"\0")))
        # Type Handshake: only the two ends have its keys.
        flow.say(DOWN, b"\xe0\0\0\0\x01\0" + vector(server, 1) + attacks.variable(1_160, 2) + dice.bytes(1_160))
        flow.say(UP, b"\xe0\0\0\0\x01" + vector(server, 1) + b"\0" + attacks.variable(60, 2) + dice.bytes(60))
        for direction, count in ((UP, up), (DOWN, down)):
            while count > 0:
                part = min(count, 1_150)
                flow.say(direction, b"\x42" + (server if direction == UP else b"") + dice.bytes(part + 18))
                count -= part
        flow.say(UP, b"\x43" + server + dice.bytes(21))

    def clock_check(self, pc, at):
        at, target = self.resolve(pc, "time.windows.com", at)
        flow = self.account(UdpFlow(self, pc, pc.address, target, 123, at, 24, source_port=123), "time.windows.com")
        flow.say(UP, b"\xdb\x00\x11\xe9" + bytes(36) + flow.dice.bytes(8))
        flow.say(DOWN, b"\x1c\x03\x00\xe9" + flow.dice.bytes(44))

    # -- blocked

    def send(self, pc, at, service, up, down, template):
        """Diagnostic data to one of the services that the measure concerns: sent before it, blocked after it."""
        name = BLOCKED_HOSTS[service]
        if at < self.measure:
            self.tls(pc, at, name, up, down, template)
            return
        at = max(at, pc.attempts.get(service, 0) + RETRY_APART)
        # An attempt of up to a minute stays within its hour.
        if at % HOUR > 57 * 60 * SECOND:
            at = at // HOUR * HOUR + HOUR + 60 * SECOND
        way = self.case.ways[service]
        ended = self.attempt(pc, at, name, way)
        if not pc.is_excluded:
            self.attempted.append((at, pc, service))
        if pc.dice.chance(40):
            ended = self.attempt(pc, ended + pc.dice.number(5, 40) * SECOND, name, way)
        pc.attempts[service] = ended

    def attempt(self, pc, at, name, way):
        if way in ("nxdomain", "sinkhole"):
            ended, _ = self.ask(pc, at, name, A, way)
            if pc.dice.chance(50):
                ended, _ = self.ask(pc, ended + 2 * SECOND, name, AAAA, way)
            return ended
        flow = self.connection(pc, name, 443, at)
        flow.is_session = False
        if way == "silence":
            for pause in (0, 1, 2, 4):
                flow.wait(pause)
                flow.syn()
            return flow.clock
        flow.rtt = 400 * MICROSECOND
        flow.hops = 64
        for pause in (0, 0.5, 0.5):
            flow.wait(pause)
            flow.syn()
            if pc.number % 2:
                self.unreachable(flow)
                continue
            flow.next[UP] += 1
            flow.next[DOWN], kept = 0, flow.next[DOWN]
            flow.reset(DOWN)
            flow.next[UP], flow.next[DOWN] = flow.next[UP] - 1, kept
        return flow.clock

    def unreachable(self, flow):
        """The firewall's refusal (RFC 1812 §5.2.7.1): ICMP type 3, code 13, with the beginning of the packet."""
        _, _, frame, _, _, _ = self.frames[-1]
        quoted = frame[18:18 + 28]
        body = b"\x03\x0d\0\0" + bytes(4) + quoted
        total = sum(struct.unpack(f"!{len(body) // 2}H", body))
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        body = body[:2] + struct.pack("!H", ~total & 0xFFFF) + body[4:]
        gateway = ipaddress.ip_address(".".join(str(flow.source).split(".")[:3]) + ".1")
        packet = struct.pack("!BBHHHBBH", 0x45, 0xC0, 20 + len(body), 0, 0, 64, 1, 0) + gateway.packed + flow.source.packed
        total = sum(struct.unpack("!10H", packet))
        total = (total & 0xFFFF) + (total >> 16)
        total = (total & 0xFFFF) + (total >> 16)
        packet = packet[:10] + struct.pack("!H", ~total & 0xFFFF) + packet[12:] + body
        flow.clock += 300 * MICROSECOND
        ends = flow.pc.hardware + GATEWAY
        frame = ends + struct.pack("!HHH", 0x8100, flow.pc.vlan, 0x0800) + packet
        self.frames.append((flow.clock, len(self.frames), frame, None, DOWN, 0))

    # -- activity of the PCs

    def work(self):
        case = self.case
        for pc in self.pcs:
            has = {service: pc.dice.chance(share) for service, share in case.spread.items()}
            free = pc.dice.number(0, 4) if pc.dice.chance(25) else None
            stays_on = pc.dice.chance(14)
            for day in range(case.first_day, case.first_day + DAYS):
                if weekday(day) < 5 and weekday(day) != free and pc.dice.chance(94):
                    self.working_day(pc, day, has)
                if stays_on:
                    self.night(pc, day)
        # On each Saturday morning somebody is present.
        for week in range(2):
            self.saturday(self.pc("Sozialamt", 2 + week), case.first_day + 7 * week + 5)
        self.located()
        self.crashes()
        self.hidden()
        self.strange()
        self.canaries()
        # In the order of time, because a PC asks the resolver only for names that are not in its cache.
        for at, _, pc, step, arguments, options in sorted(self.plans, key=lambda plan: plan[:2]):
            step(pc, at, *arguments, **options)

    def between(self, pc, day, start, stop):
        """A time of a local day between two hours, far enough from a full hour for a connection to end before it."""
        hour = pc.dice.number(start, stop - 1)
        return self.clock.instant(day, hour * 3600 + pc.dice.number(90, 55 * 60)) + pc.dice.number(0, 999_999_999)

    def often(self, pc, hundredths):
        """The number of times that something happens, given its average in hundredths."""
        whole, rest = divmod(hundredths * pc.activity // 100, 100)
        return whole + pc.dice.chance(rest)

    def working_day(self, pc, day, has):
        dice = pc.dice
        start = dice.choice([6, 7, 7, 7, 7, 8, 8])
        stop = dice.choice([15, 16, 16, 17, 18])
        arrival = self.clock.instant(day, start * 3600 + dice.number(120, 2_800))

        def booting(seconds, step, *arguments):
            self.plan(pc, arrival + seconds * SECOND + dice.number(0, 900) * 1_000_000, step, *arguments)

        booting(0, self.probe)
        if dice.chance(60):
            booting(2, self.clock_check)
        booting(5, self.tls, "login.microsoftonline.com", (900, 1500), (1000, 1900), "nss")
        if dice.chance(50):
            booting(8, self.tls, "settings-win.data.microsoft.com", (420, 700), (600, 1500))
        if dice.chance(30):
            booting(11, self.trusted_roots)
        booting(20, self.send, "windows", (2400, 4400), (300, 420), "openssl-tls13")
        for service, often in (("windows", 110), ("office", 120), ("events", 110)):
            for _ in range(self.often(pc, often)):
                template = {"windows": "openssl-tls13", "office": "curl", "events": "node"}[service]
                self.plan(pc, self.between(pc, day, start + 1, stop), self.send, service, (600, 1600), (300, 420), template)
        if has["firefox"] and dice.chance(70):
            self.plan(pc, self.between(pc, day, start + 1, stop), self.send, "firefox", (1500, 4200), (200, 420), "nss")
        # Name, hundredths of a visit on each day, bytes up and down, library.
        for name, often, up, down, template in (
            ("teams.microsoft.com", 110, (600, 1000), (800, 1900), "gnutls"),
            ("outlook.office365.com", 130, (400, 2000), (500, 2300), "gnutls"),
            ("contoso-verwaltung.sharepoint.com", 50, (500, 6400), (700, 2000), "gnutls"),
            ("edge.microsoft.com", 45, (400, 700), (600, 1400), "curl"),
            ("msedge.api.cdp.microsoft.com", 20, (400, 700), (600, 1400), "curl"),
            ("ecs.office.com", 45, (400, 700), (700, 1500), "curl"),
            ("wdcp.microsoft.com", 70, (900, 1700), (400, 900), "openssl-tls12"),
            ("fe3cr.delivery.mp.microsoft.com", 35, (1300, 2100), (1000, 2300), "openssl-tls12"),
            ("licensing.mp.microsoft.com", 12, (700, 1200), (900, 1500), "openssl-tls12"),
            ("www.example.de", 60, (500, 900), (1200, 2600), "gnutls"),
            ("news.example.org", 35, (500, 900), (1200, 2600), "gnutls"),
            ("fachverfahren.example.de", 30, (900, 1800), (1800, 2900), "java"),
            ("teams.events.data.microsoft.com", 80 if has["teams-events"] else 0, (900, 1900), (300, 420), "gnutls"),
            ("c.bing.com", 40 if has["clicks"] else 0, (300, 500), (200, 300), "gnutls"),
            ("acroipm2.adobe.com", 25 if has["adobe"] else 0, (500, 900), (900, 1700), "openssl-tls12"),
            ("router5.teamviewer.com", 40 if has["remote"] else 0, (2500, 6000), (2000, 5000), "openssl-tls12"),
        ):
            for _ in range(self.often(pc, often)):
                self.plan(pc, self.between(pc, day, start + 1, stop), self.tls, name, up, down, template)
        for _ in range(self.often(pc, 30)):
            self.plan(pc, self.between(pc, day, start + 1, stop), self.quic, "www.bing.com", dice.number(300, 900), 2_400)
        if has["chrome"]:
            for _ in range(self.often(pc, 60)):
                self.plan(pc, self.between(pc, day, start + 1, stop), self.quic, "clientservices.googleapis.com",
                          dice.number(600, 2_000), 500)
        if dice.chance(25):
            self.plan(pc, self.between(pc, day, start + 1, stop), self.revocation)
        if day == self.case.patch_day:
            self.patches(pc, day, start, stop)
        if pc.number % 13 == 2:
            self.plan(pc, arrival + 90 * SECOND, self.channel)
        if pc.is_excluded:
            self.plan(pc, self.between(pc, day, start + 1, stop), self.tls, "zoom.us", (2_000, 3_000), (2_000, 3_000), "gnutls")

    def night(self, pc, day):
        """A PC that stays on overnight: Windows' own traffic."""
        working = weekday(day) < 5
        for hour in list(range(0, 6)) + list(range(19 if working else 6, 24)):
            # The hour that occurs twice has no unambiguous local time.
            if hour in (2, 3) or not pc.dice.chance(28):
                continue
            at = self.between(pc, day, hour, hour + 1)
            lot = pc.dice.number(0, 9)
            if lot < 6:
                self.plan(pc, at, self.send, "windows", (500, 1500), (300, 420), "openssl-tls13")
            elif lot < 7:
                self.plan(pc, at, self.tls, "wdcp.microsoft.com", (900, 1700), (400, 900), "openssl-tls12")
            elif lot < 8:
                self.plan(pc, at, self.tls, "fe3cr.delivery.mp.microsoft.com", (1300, 2100), (1000, 2300), "openssl-tls12")
            elif lot < 9:
                self.plan(pc, at, self.tls, "settings-win.data.microsoft.com", (420, 700), (600, 1500))
            else:
                self.plan(pc, at, self.send, "events", (600, 1600), (300, 420), "node")

    def saturday(self, pc, day):
        for hour in (9, 10, 11):
            self.plan(pc, self.between(pc, day, hour, hour + 1), self.send, "windows", (500, 1500), (300, 420), "openssl-tls13")
            self.plan(pc, self.between(pc, day, hour, hour + 1), self.tls, "outlook.office365.com", (400, 2000), (500, 2300),
                      "gnutls")

    def patches(self, pc, day, start, stop):
        for _ in range(2):
            self.plan(pc, self.between(pc, day, start + 1, stop), self.tls, "fe3cr.delivery.mp.microsoft.com", (1300, 2100),
                      (1000, 2300), "openssl-tls12")
            self.plan(pc, self.between(pc, day, start + 1, stop), self.update_content, pc.dice.number(0, 9) * 6_144)
        self.plan(pc, self.between(pc, day, start + 1, stop), self.tls, "statsfe2.update.microsoft.com", (700, 1400),
                  (300, 500), "openssl-tls12")

    def update_content(self, pc, at, first):
        """A range of a file over clear HTTP, as Delivery Optimization requests it."""
        self.http(pc, at, "3.tlu.dl.delivery.mp.microsoft.com",
                  b"GET /filestreamingservice/files/00000000-0000-4000-8000-000000000001 HTTP/1.1\r\n"
                  b"Connection: Keep-Alive\r\nAccept: */*\r\nRange: bytes=%d-%d\r\n"
                  b"User-Agent: Microsoft-Delivery-Optimization/10.0\r\nHost: 3.tlu.dl.delivery.mp.microsoft.com\r\n\r\n"
                  % (first, first + 6_143),
                  b"HTTP/1.1 206 Partial Content\r\nContent-Type: application/octet-stream\r\nContent-Length: 6144\r\n"
                  b"Content-Range: bytes %d-%d/65536\r\n\r\n" % (first, first + 6_143) + pc.dice.bytes(6_144))

    def probe(self, pc, at):
        self.http(pc, at, "www.msftconnecttest.com",
                  b"GET /connecttest.txt HTTP/1.1\r\nConnection: Close\r\nUser-Agent: Microsoft NCSI\r\n"
                  b"Host: www.msftconnecttest.com\r\n\r\n",
                  b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 22\r\nCache-Control: max-age=30\r\n"
                  b"Connection: close\r\n\r\nMicrosoft Connect Test")

    def trusted_roots(self, pc, at):
        self.http(pc, at, "ctldl.windowsupdate.com",
                  b"GET /msdownload/update/v3/static/trustedr/en/disallowedcertstl.cab HTTP/1.1\r\nConnection: Keep-Alive\r\n"
                  b"Accept: */*\r\nUser-Agent: Microsoft-CryptoAPI/10.0\r\nHost: ctldl.windowsupdate.com\r\n\r\n",
                  b"HTTP/1.1 304 Not Modified\r\nContent-Type: application/vnd.ms-cab-compressed\r\n"
                  b"Cache-Control: public,max-age=900\r\nETag: \"0\"\r\n\r\n")

    def revocation(self, pc, at):
        self.http(pc, at, "ocsp.digicert.com",
                  b"GET /MFEwTzBNMEswSTAJBgUrDgMCGgUABBQ= HTTP/1.1\r\nConnection: Keep-Alive\r\nAccept: */*\r\n"
                  b"User-Agent: Microsoft-CryptoAPI/10.0\r\nHost: ocsp.digicert.com\r\n\r\n",
                  b"HTTP/1.1 200 OK\r\nContent-Type: application/ocsp-response\r\nContent-Length: 471\r\n\r\n"
                  + pc.dice.bytes(471))

    def channel(self, pc, at):
        """A connection that waits for notifications for some hours, so that records are cut at full hours."""
        self.tls(pc, at, "client.wns.windows.com", 900, 700, "openssl-tls13",
                 stays_until=at + pc.dice.number(70, 200) * 60 * SECOND)

    def located(self):
        """From the day after the patches on, some PCs of one group use a location service."""
        case = self.case
        for index in range(5):
            pc = self.pc(case.located_group, index)
            for day in range(case.patch_day + 1, case.first_day + DAYS):
                if weekday(day) < 5 and pc.dice.chance(70):
                    self.plan(pc, self.between(pc, day, 8, 16), self.tls, "inference.location.live.net", (900, 1_600), (300, 600),
                              "curl")

    def crashes(self):
        """Error reports: a few over TLS, and on one PC some in clear text with a device number."""
        case = self.case
        for group, index in (("Sozialamt", 1), ("Hauptverwaltung", 3), ("Sozialamt", 4), ("IT", 1)):
            pc = self.pc(group, index)
            for day in (case.first_day + 1, case.first_day + 9):
                self.plan(pc, self.between(pc, day, 9, 15), self.tls, "umwatsonc.events.data.microsoft.com", (3_800, 5_200),
                          (300, 420))
        pc = self.pc("Hauptverwaltung", 5)
        for day in (case.first_day + 2, case.first_day + 10):
            self.plan(pc, self.between(pc, day, 9, 15), self.clear_report)

    def clear_report(self, pc, at):
        """An error report whose content is invented in every part."""
        body = b'{"report":"invented","program":"beispiel.exe"}'
        self.http(pc, at, "watson.telemetry.microsoft.com",
                  b"POST /Telemetry.Request HTTP/1.1\r\nHost: watson.telemetry.microsoft.com\r\n"
                  b"User-Agent: BeispielMelder/1.0\r\nX-Device-Id: {00000000-0000-4000-8000-00005e005322}\r\n"
                  b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
                  b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK")

    def hidden(self):
        """One flow a day, with or without the measure: the PC knows the address and sends no DNS question."""
        case = self.case
        pc = self.pc(case.hidden_group, case.hidden_index)
        name = BLOCKED_HOSTS[case.hidden_service]
        for day in range(case.first_day, case.first_day + DAYS):
            self.plan(pc, self.between(pc, day, case.hidden_hour, case.hidden_hour + 1), self.tls, name, (3_000, 5_000), (300, 420),
                      "openssl-tls13", self.host(name).v4)

    def strange(self):
        """One flow a day to a host without a rule."""
        case = self.case
        pc = self.pc(case.stranger_group, case.stranger_index)
        for day in range(case.first_day, case.first_day + DAYS):
            self.plan(pc, self.between(pc, day, case.stranger_hour, case.stranger_hour + 1), self.tls, "sync.nachtmond.example",
                      (18_000, 22_000), (300, 420), "curl")

    def canaries(self):
        """One flow an hour from an administrators' machine."""
        pc = self.messenger
        for hour in range(self.begin // HOUR, self.end // HOUR):
            self.plan(pc, hour * HOUR + pc.dice.number(60, 3_000) * SECOND, self.canary)

    def canary(self, pc, at):
        """A hello, an answer of the server, and the end, as egressaudit sends it."""
        flow = self.connection(pc, CANARY, 443, at)
        flow.connect()
        told = self.handshakes["openssl-tls13"].tell(CANARY, flow.dice)
        flow.say(UP, told[0][1])
        flow.say(DOWN, told[1][1])
        flow.finish()

    # -- results

    def captured(self):
        """Frames in time order, and the bytes of each flow by hour."""
        for flow in self.flows:
            flow.hours = {}
        kept = sorted(self.frames, key=lambda entry: entry[:2])
        for at, _, _, flow, up, size in kept:
            if not self.begin <= at < self.end:
                raise SystemExit("make-captures: a packet of the field case lies outside its days")
            if flow is not None:
                flow.hours.setdefault(at // HOUR, {UP: 0, DOWN: 0})[up] += size
        return kept

    def pcap(self):
        """Classic pcap with nanoseconds."""
        parts = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, 1)]
        for at, _, frame, _, _, _ in self.captured():
            parts.append(struct.pack("<IIII", at // SECOND, at % SECOND, len(frame), len(frame)) + frame)
        return b"".join(parts)


# --- truth -----------------------------------------------------------------------------------------------------------

TRUTH_COLUMNS = [
    "period", "recipient", "service", "purpose_class", "group", "devices_seen", "devices_observed", "sessions",
    "blocked_attempts", "bytes_up", "bytes_down", "active_days", "days_observed", "first_hour", "last_hour", "bytes_up_idle",
    "expected", "why",
]


class Row:
    def __init__(self):
        self.sessions = self.attempts = self.up = self.down = self.idle = 0
        self.devices, self.days, self.hours = set(), set(), set()


class Days:
    """The devices present on each day of the whole capture: the day with which each day is reported, and the groups reported on their own."""

    def __init__(self, town):
        clock, case = town.clock, town.case
        self.present, used = {}, set()

        def note(pc, hour):
            # Presence is stored by UTC day; the first hours of the capture belong to its first day.
            day = max(hour // 24, case.first_day)
            self.present.setdefault(day, {}).setdefault(pc.group, set()).add(pc)

        for flow in town.flows:
            if flow.pc.is_excluded or not flow.is_outbound or flow.pc is town.messenger:
                continue
            for hour in flow.hours:
                note(flow.pc, hour)
                if flow.finding is not None:
                    used.add(clock.local(hour)[0])
        for at, pc, _ in town.attempted:
            note(pc, at // HOUR)
            used.add(clock.local(at // HOUR)[0])
        self.told, self.alone = {}, {}
        waiting = []
        for day in range(case.first_day, case.first_day + DAYS):
            groups = self.present.get(day, {})
            count = sum(map(len, groups.values()))
            if count == 0 and not waiting and day not in used:
                self.told[day] = day
            elif count < GROUP_MINIMUM:
                waiting.append(day)
            else:
                self.alone[day] = self.large(groups, bool(waiting))
                self.told.update((other, day) for other in waiting + [day])
                waiting = []

    @staticmethod
    def large(groups, is_waited_for):
        sizes = sorted((len(pcs), name) for name, pcs in groups.items())
        collected = sum(size for size, _ in sizes if size < GROUP_MINIMUM)
        rest = [(size, name) for size, name in sizes if size >= GROUP_MINIMUM]
        while (collected or is_waited_for) and collected < GROUP_MINIMUM and rest:
            collected += rest.pop(0)[0]
        return {name for _, name in rest}

    def group(self, name, day):
        return name if name in self.alone.get(day, ()) else COLLECTING


class Truth:
    """The account of one period, from one local day to another, both included."""

    def __init__(self, town, first_day, last_day):
        self.town = town
        clock = town.clock
        days = self.days_told = Days(town)
        held = [day for day, told in days.told.items() if first_day <= told <= last_day]
        first, last = min(held), max(held)
        self.begin = clock.instant(first, 0) // HOUR
        self.end = clock.instant(last + 1, 0) // HOUR
        self.days = last + 1 - first
        self.rows = {}
        self.members = {}
        self.collected = set()
        # Only of hours whose traffic coverage shows, not of days that are reported with another day.
        self.bytes_out = 0
        for day, groups in days.present.items():
            if first <= day <= last:
                for name, pcs in groups.items():
                    self.note(name, day, pcs)
        for flow in town.flows:
            if flow.pc.is_excluded or not flow.is_outbound:
                continue
            opened = min(flow.hours)
            for hour, sizes in sorted(flow.hours.items()):
                if not self.begin <= hour < self.end:
                    continue
                day = clock.local(hour)[0]
                told = days.told[day]
                if told == day:
                    self.bytes_out += sizes[UP]
                if flow.finding is None:
                    continue
                row = self.row(flow.finding, flow.pc, day)
                row.up += sizes[UP]
                # A refusal is no answer.
                row.down += sizes[DOWN] if flow.is_session else 0
                row.hours.add(hour if told == day else clock.instant(told, 0) // HOUR)
                if clock.is_idle(hour):
                    row.idle += sizes[UP]
                if flow.is_session:
                    row.sessions += hour == opened
                    row.devices.add(flow.pc)
                    row.days.add(told)
        for at, pc, service in town.attempted:
            hour = at // HOUR
            if self.begin <= hour < self.end:
                day = clock.local(hour)[0]
                told = days.told[day]
                row = self.row(service, pc, day)
                row.attempts += 1
                row.hours.add(hour if told == day else clock.instant(told, 0) // HOUR)

    def note(self, name, day, pcs):
        group = self.days_told.group(name, day)
        self.members.setdefault(group, set()).update(pcs)
        if group == COLLECTING:
            self.collected.add(name)

    def row(self, finding, pc, day):
        self.note(pc.group, day, {pc})
        return self.rows.setdefault((finding, self.days_told.group(pc.group, day)), Row())


def expected(case, finding, group):
    """The judgement of a person who knows all this about a row of the whole period: (word, sentence).

    first_5 and first_10: among so many first rows; low: of the lowest class; later: behind the first ten.
    """
    if (finding, group) == (case.hidden_service, case.hidden_group):
        return "first_5", "One PC gets through each evening, also after the block that holds for all others."
    if finding == "location" and group == case.located_group:
        return "first_10", "New since the patch day: some PCs ask where they are, which tells the places of people."
    if finding == "crashes" and group == "Hauptverwaltung":
        return "first_10", "Error reports with a number of the device in the clear, after the documents also parts of memory."
    if finding == "crashes" and group == "Sozialamt":
        return "first_10", "Error reports, after the documents also parts of memory, from a secrecy zone."
    if finding in ("teams-events", "chrome") and group == "Sozialamt":
        return "first_10", "Usage data from a secrecy zone, day by day, and nothing was done about it."
    if finding in ("checks", "roots", "certificates", "licences", "update", "edge-update"):
        return "low", "Needed to run the PCs; says little about people."
    if finding in ("defender", "sign-in", "push", "settings", "experiments"):
        return "later", "Nothing to look at before the telemetry."
    return "", ""


def truth_table(town):
    case = town.case
    last = case.first_day + DAYS - 1
    lines = ["\t".join(TRUTH_COLUMNS)]
    for period, first in (("all", case.first_day), ("after", case.measure_day)):
        truth = Truth(town, first, last)
        rows, devices = truth.rows, truth.members
        for finding, group in sorted(rows, key=lambda key: FINDINGS[key[0]] + (key[1],)):
            row = rows[finding, group]
            word, why = expected(case, finding, group) if period == "all" else ("", "")
            figures = (len(row.devices), len(devices[group]), row.sessions, row.attempts, row.up, row.down, len(row.days),
                       truth.days, hour_text(min(row.hours)), hour_text(max(row.hours)), row.idle)
            values = (period,) + FINDINGS[finding] + (group,) + figures + (word, why)
            lines.append("\t".join(map(str, values)))
    return "\n".join(lines) + "\n"


def configuration(town):
    case = town.case
    groups = "".join(
        f'  - {{ name: {name}, networks: [10.20.{place}.0/24, "2001:db8:20:{place}::/64"], vlans: [{vlan}], '
        f"secrecy_zone: {'true' if zone else 'false'} }}\n"
        for place, (name, _, vlan, zone) in enumerate(case.groups, start=1))
    lonely = next(pc for pc in reversed(town.pcs) if pc.is_excluded)
    measures = "".join(
        f"  - {{ date: {date_text(case.measure_day)}, service: {service}, purpose: telemetry, title: {title} }}\n"
        for service, title in MEASURES.values())
    return f"""\
# Configuration for the field case: an invented town hall with 40 PCs, of which the three of the works council are excluded.

site:
  name: {case.site}
  sensor: gw1
  time_zone: Europe/Berlin
  working_hours: {{ days: [mon, tue, wed, thu, fri], from: {WORK_FROM}, to: {WORK_TO} }}

inside_networks: [10.0.0.0/8, "2001:db8:20::/48"]

groups:
{groups}
exclusions:
  networks: [10.20.5.0/24]
  # It is in the network of another group.
  hardware_addresses: ["{lonely.hardware.hex(":")}"]

privacy: {{ group_minimum: {GROUP_MINIMUM} }}

canary: {{ sink: {CANARY} }}

# One that telemetry contradicts, one that holds, and one about too few device-days for the bound of 5 %.
claims:
  - {{ id: no-telemetry, says: {{ de: Es geht keine Telemetrie hinaus., en: No telemetry leaves. }}, purpose: telemetry }}
  - {{ id: no-jetbrains, says: {{ de: Nichts geht an JetBrains., en: Nothing goes to JetBrains. }}, services: [jetbrains] }}
  - id: no-kaspersky
    says: {{ de: Aus dem Sozialamt geht nichts an Kaspersky., en: Nothing goes from the social office to Kaspersky. }}
    services: [kaspersky]
    groups: [Sozialamt]
    from: {date_text(case.measure_day)}

# The measures and what they concern: four services are blocked.
measures:
{measures}
# The servers have documentation addresses, which belong to no operator.
location: none
"""


def site_facts(town):
    """The true values for the whole site, and the values that must not be in any table: names, addresses."""
    case = town.case
    excluded = [pc for pc in town.pcs if pc.is_excluded]
    truth = Truth(town, case.first_day, case.first_day + DAYS - 1)
    hours = range(town.begin // HOUR, town.end // HOUR)
    told = truth.days_told.told
    held_back = sum(told.get(day) != day for day in (town.clock.local(hour)[0] for hour in hours))
    return {
        "first_day": date_text(case.first_day), "last_day": date_text(case.first_day + DAYS - 1),
        "measure_day": date_text(case.measure_day), "patch_day": date_text(case.patch_day),
        "bytes_out": truth.bytes_out, "hours": len(hours), "hours_held_back": held_back, "canaries": len(hours),
        "devices": len(town.pcs) - len(excluded), "collected": sorted(truth.collected),
        "excluded_names": ["zoom.us"], "unmatched_names": [host.name for host in HOSTS if not host.finding and host.name != CANARY],
        "addresses": sorted(str(address) for pc in town.pcs for address in (pc.address, pc.address6) if address),
        "hidden": list(FINDINGS[case.hidden_service]) + [case.hidden_group], "ways": case.ways,
    }


def make(seed):
    """The files by name: bytes. The same seed makes the same bytes."""
    town = Town(Case(seed))
    town.work()
    name = f"field-case-{seed}"
    return {
        f"{name}.pcap": town.pcap(), f"{name}.yaml": configuration(town).encode(),
        f"{name}.truth.tsv": truth_table(town).encode(),
        f"{name}.site.json": json.dumps(site_facts(town), indent=1, ensure_ascii=False).encode() + b"\n",
    }
