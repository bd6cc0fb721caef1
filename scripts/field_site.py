"""Sites for scripts/field-test: 40 PCs in 14 days as the gateway's inside interface sees them, a hidden channel, and a faulty sensor.

A background is a site in which no telemetry leaves. Its frames are made once and serve several sites: each of these adds the packets of
its hidden channel and takes away what its sensor does not see. Everything depends on the seed alone.
"""

import copy
import ipaddress
import struct

import attacks
import field_case
from traffic import (
    A, CNAME, DOWN, DnsMessage, Dice, HOUR, RESOLVER, SECOND, TcpFlow, UP, UdpFlow, application_data, load_handshakes, vector,
)

DAYS = 14
GROUPS = [("Bürgeramt", 13), ("Bauamt", 12), ("Sozialamt", 9), ("Kämmerei", 6)]
SINK = "canary.musterstadt.example"
PROXY = ipaddress.ip_address("10.20.0.3")
OUTSIDE_PROXY = ipaddress.ip_address("203.0.113.128")
SINK_DIRECT = ipaddress.ip_address("203.0.113.200")
UNKNOWN = ipaddress.ip_address("203.0.113.77")
# In a range that a rule gives to Teams.
MEDIA = ipaddress.ip_address("13.107.64.20")

# Name, service id in the rules.
TELEMETRY = {
    "v10.events.data.microsoft.com": "windows-diagnostic-data",
    "nexus.officeapps.live.com": "office-diagnostics",
    "incoming.telemetry.mozilla.org": "firefox",
}
ORDINARY = [
    "teams.microsoft.com", "outlook.office365.com", "contoso-verwaltung.sharepoint.com", "www.bing.com", "edge.microsoft.com",
    "login.microsoftonline.com", "www.msftconnecttest.com", "time.windows.com", "ocsp.digicert.com",
    "fe3cr.delivery.mp.microsoft.com", "wdcp.microsoft.com", "client.wns.windows.com", "www.example.de", "news.example.org",
    "fachverfahren.example.de", "alt.example.net",
]
OTHERS = ["telemetry.eigen.example", "sync.nachtmond.example", "cloudflare-ech.com", "cover.nachtmond.example", "mask.icloud.com",
          "dns.google", SINK]
ALIASES = {
    "telemetry.eigen.example": "v10.events.data.microsoft.com", "news.example.org": "edge.cdn.example.net",
    "client.wns.windows.com": "wns.notify.trafficmanager.net",
}
BOTH = {"www.example.de", "www.bing.com", "outlook.office365.com", "contoso-verwaltung.sharepoint.com", SINK} | set(TELEMETRY)

_handshakes = None
_initials = {}


def handshakes():
    global _handshakes
    if _handshakes is None:
        _handshakes = load_handshakes()
    return _handshakes


def initial(name, number, extensions=(), version=None):
    """An Initial packet with a ClientHello for `name`; the eight that are made of each name are used in turn, because sealing is slow."""
    key = name, number % 8, bool(extensions), version
    if key not in _initials:
        dice = Dice(f"initial/{name}/{number % 8}")
        hello = attacks.client_hello(name.encode(), [
            (43, b"\x02\x03\x04"), (10, b"\0\x02\0\x1d"), (13, b"\0\x04\x04\x03\x08\x04"),
            (51, vector(b"\0\x1d" + vector(dice.bytes(32), 2), 2)), (57, b"\x01\x04\x80\0\x75\x30\x0f\0"), *extensions,
        ], [b"h3"])
        hello = hello[:6] + dice.bytes(32) + hello[38:]
        packet = attacks.sealed_initial(dice.bytes(8), attacks.crypto_frame(0, hello).ljust(1_200 - 18 - 8 - 16 - 2, b"\0"))
        _initials[key] = packet if version is None else packet[:1] + version + packet[5:]
    return _initials[key]


class Plan:
    """What field_case.Town asks its case for."""

    def __init__(self, seed, first_day):
        self.seed = seed
        self.first_day = first_day
        self.measure_day = first_day


class Background(field_case.Town):
    """A site without telemetry. `traits` are ordinary things that can make its claims harder to judge.

    dual: IPv6 with an address for each machine; privacy: a new IPv6 address each day; routed: a router between PCs and sensor, so that no
    hardware address of a PC is seen; blocked: attempts at telemetry that the resolver or the firewall stops; nameless: hellos without a name
    after DNS; media: datagrams to an address in a range of a rule, without DNS; unanswered: forged senders that nobody answers; idle:
    connections that are silent for 40 minutes; grease: hellos with a random ECH extension; proxied: all web traffic by a proxy;
    scarce: most PCs are off at weekends and some on other days; controls: a control by each way of naming.
    """

    def __init__(self, seed, traits):
        self.seed = seed
        self.traits = frozenset(traits)
        self.dice = Dice(f"site/{seed}/{'+'.join(sorted(traits))}")
        self.clock = field_case.Clock()
        first_day = field_case.MONDAYS[self.dice.choice(sorted(field_case.MONDAYS))] + self.dice.choice([0, 0, 1, 2, 3])
        self.case = Plan(seed, first_day)
        self.first_day = first_day
        self.handshakes = handshakes()
        self.frames, self.flows, self.plans, self.attempted = [], [], [], []
        self.begin = self.clock.instant(first_day, 0)
        self.end = self.clock.instant(first_day + DAYS, 0)
        self.measure = self.begin
        self.hosts = {}
        for index, name in enumerate([*TELEMETRY, *ORDINARY, *OTHERS]):
            host = field_case.Host(name, None, ALIASES.get(name, ""), name in BOTH)
            host.v4 = ipaddress.ip_address(f"198.51.100.{10 + index}")
            host.v6 = ipaddress.ip_address(f"2001:db8:ffff:{10 + index:x}::a") if host.both else None
            self.hosts[name] = host
        self.pcs = []
        number = 1
        for place, (group, size) in enumerate(GROUPS, start=1):
            for index in range(size):
                address6 = f"2001:db8:20:{place}::{10 + index:x}" if self.traits & {"dual", "privacy"} else None
                pc = field_case.Machine(self.case, number, group, 10 * place, f"10.20.{place}.{10 + index}", address6)
                pc.place = place
                self.pcs.append(pc)
                number += 1
        self.messenger = field_case.Machine(self.case, 0xF0, "", 1, "10.20.0.60", "2001:db8:20::60")
        self.presence = {}
        self.busy = {}

    def fill(self):
        """Plans the fourteen days and makes their frames."""
        for pc in self.pcs:
            stays_on = pc.dice.chance(25)
            for day in range(self.first_day, self.first_day + DAYS):
                works = field_case.weekday(day) < 5 and pc.dice.chance(80 if "scarce" in self.traits else 95)
                if works:
                    self.day_at_work(pc, day)
                if stays_on and "scarce" not in self.traits:
                    for hour in (1, 5, 12, 22):
                        self.plan(pc, self.between(pc, day, hour, hour + 1), self.web, pc.dice.choice(ORDINARY[9:12]))
        self.each_hour()
        if "unanswered" in self.traits:
            self.forged()
        self.play()
        self.last_work = self.clock.instant(max(self.busy) + 1, 0)
        return self

    def play(self):
        for at, _, pc, step, arguments, options in sorted(self.plans, key=lambda plan: plan[:2]):
            if "privacy" in self.traits and pc.address6 and pc is not self.messenger:
                day = at // SECOND // 86_400
                pc.address6 = ipaddress.ip_address(f"2001:db8:20:{pc.place}:{day % 9_999:x}:{pc.number:x}:0:1")
            step(pc, at, *arguments, **options)
        self.plans = []

    def day_at_work(self, pc, day):
        dice = pc.dice
        start, stop = dice.choice([6, 7, 7, 8]), dice.choice([15, 16, 17])
        self.busy.setdefault(day, []).append((pc, start, stop))

        def plan(step, *arguments, **options):
            self.plan(pc, self.between(pc, day, start, stop), step, *arguments, **options)

        plan(self.probe)
        plan(self.web, "login.microsoftonline.com")
        for _ in range(dice.number(4, 8)):
            plan(self.web, dice.choice(ORDINARY[:5] + ORDINARY[9:11] + ORDINARY[12:15]))
        if "proxied" not in self.traits:
            plan(self.clock_check)
            if dice.chance(50):
                plan(self.datagrams, "www.bing.com")
            if dice.chance(20):
                plan(self.revocation)
            if dice.chance(10):
                plan(self.channel)
        if "nameless" in self.traits and dice.chance(20):
            plan(self.web, "alt.example.net", template="nameless")
        if "media" in self.traits and dice.chance(40):
            plan(self.media)
        if "idle" in self.traits and dice.chance(15):
            plan(self.idle)
        if "blocked" in self.traits and dice.chance(60):
            plan(self.stopped, dice.choice(sorted(TELEMETRY)), dice.choice(field_case.WAYS))

    # -- ways of ordinary traffic

    def web(self, pc, at, name, template=None):
        if "proxied" in self.traits:
            return self.by_proxy(pc, at, name)
        if template is None:
            template = "chromium-1" if "grease" in self.traits and pc.number % 2 else pc.dice.choice(
                ["openssl-tls13", "curl", "nss", "gnutls", "openssl-tls12"])
        return self.talk(pc, at, name, template, up=(300, 1_200), down=(300, 1_200))

    def talk(self, pc, at, name, template="openssl-tls13", target=None, port=443, shown=None, up=(300, 1_200), down=(100, 600), flow=None):
        """A TLS connection; `shown`: another name in the hello; template `nameless`: a hello without a name."""
        if template == "openssl-tls12":
            template = "openssl-tls12-resumed"  # the recorded certificate names other hosts
        flow = flow or self.connection(pc, name, port, at, target)
        flow.connect()
        self.exchange(flow, shown or name, template, up, down)
        return flow

    def exchange(self, flow, name, template, up, down):
        if template in ("nameless", "certificate"):
            hello = attacks.client_hello(None, [(10, b"\0\x02\0\x1d"), (13, b"\0\x04\x04\x03\x08\x04")])
            flow.say(UP, attacks.record(hello[:6] + flow.dice.bytes(32) + hello[38:]))
            answer = attacks.server_hello()
            if template == "certificate":
                chain = vector(vector(attacks.certificate([name.encode()]), 3), 3)
                answer += b"\x0b" + vector(chain, 3)
            flow.say(DOWN, attacks.record(answer + b"\x0e\0\0\0"))
        else:
            for direction, data in self.handshakes[template].tell(name, flow.dice):
                flow.say(direction, data)
        flow.say(UP, application_data(flow.dice.number(*up), flow.dice))
        flow.wait(0.02)
        flow.say(DOWN, application_data(flow.dice.number(*down), flow.dice))
        flow.acknowledge(UP)
        flow.finish()

    def by_proxy(self, pc, at, name, proxy=PROXY, port=3_128, template="openssl-tls13"):
        flow = self.account(TcpFlow(self, pc, pc.address, proxy, port, at, 2), SINK)
        flow.connect()
        flow.say(UP, b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n" % (name.encode(), name.encode()))
        flow.say(DOWN, b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.exchange(flow, name, template, (300, 1_200), (300, 1_200))

    def probe(self, pc, at):
        if "proxied" in self.traits:
            return self.by_proxy(pc, at, "www.msftconnecttest.com")
        super().probe(pc, at)

    def datagrams(self, pc, at, name, target=None, version=None, answered=True):
        """HTTP/3."""
        if target is None:
            at, target = self.resolve(pc, name, at)
        source = pc.address6 if target.version == 6 else pc.address
        flow = self.account(UdpFlow(self, pc, source, target, 443, at, 14, source_port=pc.next_port()), name)
        flow.say(UP, initial(name, flow.dice.number(0, 7), version=version))
        if answered:
            server = flow.dice.bytes(8)
            flow.say(DOWN, b"\xe0\0\0\0\x01\0" + vector(server, 1) + attacks.variable(600, 2) + flow.dice.bytes(600))
            flow.say(UP, b"\x42" + server + flow.dice.bytes(400))
            flow.say(DOWN, b"\x42" + flow.dice.bytes(300))

    def media(self, pc, at):
        """Datagrams of a conference to an address that a signalling server named."""
        flow = self.account(UdpFlow(self, pc, pc.address, MEDIA, 3_478, at, 20, source_port=pc.dice.number(50_000, 50_019)), SINK)
        for _ in range(6):
            flow.say(UP, b"\0\x03\0\x08\x21\x12\xa4\x42" + flow.dice.bytes(120))
            flow.say(DOWN, b"\x01\x03\0\x08\x21\x12\xa4\x42" + flow.dice.bytes(120))

    def idle(self, pc, at):
        """A connection for notifications that is silent for longer than a flow lives, and continues."""
        flow = self.connection(pc, "client.wns.windows.com", 443, at)
        flow.connect()
        for direction, data in self.handshakes["openssl-tls13"].tell("client.wns.windows.com", flow.dice):
            flow.say(direction, data)
        for _ in range(2):
            flow.wait(2_400)
            flow.say(DOWN, application_data(90, flow.dice))
            flow.say(UP, application_data(60, flow.dice))

    def stopped(self, pc, at, name, way):
        if at % HOUR > 55 * 60 * SECOND:
            at -= 5 * 60 * SECOND
        # Over IPv4, because the refusal that a firewall sends is made for that.
        keep, pc.address6 = pc.address6, None
        pc.known.pop(name, None)
        self.attempt(pc, at, name, way)
        pc.address6 = keep

    def forged(self):
        """One machine sends packets with 30 invented source addresses each day; nothing answers."""
        pc = self.pcs[0]
        for day in range(self.first_day, self.first_day + DAYS):
            at = self.clock.instant(day, 10 * 3_600) + SECOND
            for index in range(30):
                source = ipaddress.ip_address(f"10.20.{1 + index % 4}.{150 + index}")
                flow = self.account(TcpFlow(self, pc, source, UNKNOWN, 23, at + index * SECOND, 20), SINK)
                flow.syn()

    def each_hour(self):
        pc = self.messenger
        for hour in range(self.begin // HOUR, self.end // HOUR):
            at = hour * HOUR + pc.dice.number(60, 3_000) * SECOND
            self.plan(pc, at, self.canary, address=None)
            if "controls" in self.traits:
                for index, way in enumerate((self.control_direct, self.control_quic, self.control_http, self.control_ipv6, self.control_proxy)):
                    self.plan(pc, at + (index + 1) * SECOND, way)

    def canary(self, pc, at, address=None):
        """A hello, an answer of the server, and the end, as egressaudit sends it."""
        if address is None:
            pc.known.pop(SINK, None)
            at, _ = self.ask(pc, at, SINK, A)
            address = self.host(SINK).v4
        source = pc.address6 if address.version == 6 else pc.address
        flow = self.account(TcpFlow(self, pc, source, address, 443, at, 18), SINK)
        flow.connect()
        turns = self.handshakes["openssl-tls13"].tell(SINK, flow.dice)
        flow.say(UP, turns[0][1])
        flow.say(DOWN, turns[1][1][:1_000])
        flow.finish()

    def control_direct(self, pc, at):
        self.canary(pc, at, SINK_DIRECT)

    def control_ipv6(self, pc, at):
        self.canary(pc, at, self.host(SINK).v6)

    def control_quic(self, pc, at):
        flow = self.account(UdpFlow(self, pc, pc.address, self.host(SINK).v4, 443, at, 14, source_port=pc.next_port()), SINK)
        flow.say(UP, initial(SINK, flow.dice.number(0, 7)))

    def control_http(self, pc, at):
        flow = self.account(TcpFlow(self, pc, pc.address, self.host(SINK).v4, 80, at, 18), SINK)
        flow.connect()
        flow.say(UP, b"HEAD / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % SINK.encode())
        flow.say(DOWN, b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        flow.finish()

    def control_proxy(self, pc, at):
        flow = self.account(TcpFlow(self, pc, pc.address, PROXY, 3_128, at, 2), SINK)
        flow.connect()
        flow.say(UP, b"CONNECT %s:443 HTTP/1.1\r\nHost: %s:443\r\n\r\n" % (SINK.encode(), SINK.encode()))
        flow.say(DOWN, b"HTTP/1.1 200 Connection established\r\n\r\n")
        flow.say(UP, self.handshakes["openssl-tls13"].tell(SINK, flow.dice)[0][1])
        flow.finish()

    # -- what is kept

    def records(self):
        """(time, order, frame, is from the PC) in the order of time; behind a router every frame of a PC has the router's hardware address."""
        routed = "routed" in self.traits
        router = bytes.fromhex("00005e005301")
        kept = []
        for at, order, frame, flow, up, _ in self.frames:
            if not self.begin <= at < self.end:
                continue
            if routed and (flow is None or flow.pc is not self.messenger):
                frame = frame[:6] + router + frame[12:] if up else router + frame[6:]
            kept.append((at, order, frame, up))
        kept.sort(key=lambda entry: entry[:2])
        return kept

    def copy(self):
        """The same site with no frames, for what is added to them."""
        site = copy.copy(self)
        site.pcs = copy.deepcopy(self.pcs)
        site.frames, site.flows, site.plans = [], [], []
        return site

    def device_days(self, group=None):
        """Device-days of the site, or of a group, by what was really sent."""
        seen = set()
        for flow in self.flows:
            if flow.pc is self.messenger or group and flow.pc.group != group:
                continue
            seen.add((flow.pc.number, self.clock.local(flow.clock // HOUR)[0]))
        return len(seen)


# --- hidden channels ---------------------------------------------------------------------------------------------------


class Way:
    """How telemetry leaves.

    `spot`: the words of the blind spot that the claim must name, with which it may hold, if no sensor can know the destination. `conceals`:
    the way makes claims not assessable that are true, because it could have carried what they are about.
    """

    def __init__(self, send, spot, conceals):
        self.send = send
        self.spot = spot
        self.conceals = conceals


WAYS = {}


def way(name, spot=None, conceals=False):
    def register(send):
        WAYS[name] = Way(send, spot, conceals)
        return send
    return register


@way("dns-tls")
def dns_tls(site, pc, at, name):
    site.talk(pc, at, name)


@way("tls-without-dns")
def tls_without_dns(site, pc, at, name):
    site.talk(pc, at, name, target=site.host(name).v4)


@way("other-port")
def other_port(site, pc, at, name):
    site.talk(pc, at, name, target=site.host(name).v4, port=4_443)


@way("dns-nameless")
def dns_nameless(site, pc, at, name):
    site.talk(pc, at, name, "nameless")


@way("certificate")
def certificate(site, pc, at, name):
    site.talk(pc, at, name, "certificate", target=UNKNOWN)


@way("address", conceals=True)
def address(site, pc, at, name):
    site.talk(pc, at, name, "nameless", target=UNKNOWN)


@way("address-plain", conceals=True)
def address_plain(site, pc, at, name):
    flow = site.account(TcpFlow(site, pc, pc.address, UNKNOWN, 8_443, at, 20), name)
    flow.connect()
    flow.say(UP, flow.dice.bytes(800))
    flow.say(DOWN, flow.dice.bytes(60))
    flow.finish()


@way("address-silent", conceals=True)
def address_silent(site, pc, at, name):
    """Datagrams that nothing answers."""
    flow = site.account(UdpFlow(site, pc, pc.address, UNKNOWN, 9_999, at, 20, source_port=pc.next_port()), name)
    for _ in range(8):
        flow.say(UP, flow.dice.bytes(700))


@way("range", spot="range")
def in_range(site, pc, at, name):
    """To an address that a rule gives to an allowed service, without DNS and without a name."""
    site.talk(pc, at, name, "nameless", target=MEDIA)


@way("quic")
def quic(site, pc, at, name):
    site.datagrams(pc, at, name)


@way("quic-without-dns")
def quic_without_dns(site, pc, at, name):
    site.datagrams(pc, at, name, target=site.host(name).v4)


@way("quic-silent", spot="unanswered")
def quic_silent(site, pc, at, name):
    """The whole report in datagrams of 0-RTT that nothing answers."""
    site.datagrams(pc, at, name, target=site.host(name).v4, answered=False)


@way("quic-unknown", conceals=True)
def quic_unknown(site, pc, at, name):
    site.datagrams(pc, at, name, target=UNKNOWN, version=b"\xfa\xca\xde\x01")


@way("ipv6")
def ipv6(site, pc, at, name):
    keep, pc.address6 = pc.address6, ipaddress.ip_address(f"2001:db8:20:{pc.place}::{200 + pc.number:x}")
    site.talk(pc, at, name, target=site.host(name).v6)
    pc.address6 = keep


@way("ipv6-outside", conceals=True)
def ipv6_outside(site, pc, at, name):
    """From a prefix that is not configured as inside."""
    keep, pc.address6 = pc.address6, ipaddress.ip_address(f"2001:db8:30:{pc.place}::{200 + pc.number:x}")
    site.talk(pc, at, name, target=site.host(name).v6)
    pc.address6 = keep


@way("alias")
def alias(site, pc, at, name):
    """A name of the site itself that is an alias of the vendor's."""
    own = "telemetry.eigen.example"
    flow = UdpFlow(site, pc, pc.address, RESOLVER, 53, at, 0.5, source_port=pc.dice.number(49_152, 65_535))
    site.account(flow, SINK)
    number = flow.dice.number(0, 0xFFFF)
    flow.say(UP, DnsMessage(number, 0x0100).question(own, A).bytes())
    flow.say(DOWN, DnsMessage(number, 0x8180).question(own, A).answer(own, CNAME, 60, name)
             .answer(name, A, 60, site.host(name).v4).bytes())
    site.talk(pc, flow.clock, own, target=site.host(name).v4)


@way("http")
def http(site, pc, at, name):
    site.http(pc, at, name, b"POST /x HTTP/1.1\r\nHost: %s\r\nContent-Length: 3\r\n\r\nabc" % name.encode(),
              b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@way("proxy")
def proxy(site, pc, at, name):
    site.by_proxy(pc, at, name)


@way("proxy-outside")
def proxy_outside(site, pc, at, name):
    site.by_proxy(pc, at, name, OUTSIDE_PROXY, 8_080)


@way("socks")
def socks(site, pc, at, name):
    flow = site.account(TcpFlow(site, pc, pc.address, PROXY, 1_080, at, 2), name)
    flow.connect()
    flow.say(UP, b"\x05\x01\0")
    flow.say(DOWN, b"\x05\0")
    flow.say(UP, b"\x05\x01\0\x03" + vector(name.encode(), 1) + b"\x01\xbb")
    flow.say(DOWN, b"\x05\0\0\x01\0\0\0\0\0\0")
    site.exchange(flow, name, "openssl-tls13", (300, 900), (100, 300))


@way("contradiction", conceals=True)
def contradiction(site, pc, at, name):
    """An allowed service's name at an address that DNS gave for the telemetry."""
    pc.known.pop(name, None)
    site.talk(pc, at, name, shown="login.microsoftonline.com")


@way("other-name", conceals=True)
def other_name(site, pc, at, name):
    """A name without a rule at an address that DNS gave for the telemetry."""
    pc.known.pop(name, None)
    site.talk(pc, at, name, shown="www.unschuld.example")


@way("relay", conceals=True)
def relay(site, pc, at, name):
    site.datagrams(pc, at, "mask.icloud.com")


@way("wireguard", conceals=True)
def wireguard(site, pc, at, name):
    flow = site.account(UdpFlow(site, pc, pc.address, UNKNOWN, 51_820, at, 20, source_port=51_820), name)
    flow.say(UP, b"\x01\0\0\0" + flow.dice.bytes(144))
    flow.say(DOWN, b"\x02\0\0\0" + flow.dice.bytes(88))
    flow.say(UP, b"\x04\0\0\0" + flow.dice.bytes(600))


@way("doh", conceals=True)
def doh(site, pc, at, name):
    site.talk(pc, at, "dns.google")


@way("ech", conceals=True)
def ech(site, pc, at, name):
    """An encrypted ClientHello under a provider's public name."""
    site.talk(pc, at, "cloudflare-ech.com", "chromium-1")


@way("ech-unknown", spot="encrypted ClientHellos")
def ech_unknown(site, pc, at, name):
    """An encrypted ClientHello under a public name that no register knows."""
    site.talk(pc, at, "cover.nachtmond.example", "chromium-1")


@way("icmp", conceals=True)
def icmp(site, pc, at, name):
    """Data in echo requests."""
    flow = UdpFlow(site, pc, pc.address, UNKNOWN, 0, at, 20, source_port=0)
    site.account(flow, name)
    flow.transport = 1
    for index in range(4):
        for up in (UP, DOWN):
            flow.emit(up, bytes([8 if up else 0, 0, 0, 0]) + struct.pack("!HH", pc.number, index) + b"x" * 200, 2)


@way("fronting", spot="passes on")
def fronting(site, pc, at, name):
    """An allowed host that passes on what it gets."""
    site.talk(pc, at, "contoso-verwaltung.sharepoint.com")


@way("new-host", spot="without a rule")
def new_host(site, pc, at, name):
    site.talk(pc, at, "sync.nachtmond.example")


@way("dns-questions", spot="passes on")
def dns_questions(site, pc, at, name):
    """Data in questions that the site's own resolver passes on."""
    for index in range(6):
        flow = UdpFlow(site, pc, pc.address, RESOLVER, 53, at + index * SECOND, 0.5, source_port=pc.dice.number(49_152, 65_535))
        site.account(flow, SINK)
        question = flow.dice.bytes(24).hex() + ".t.nachtmond.example"
        number = flow.dice.number(0, 0xFFFF)
        flow.say(UP, DnsMessage(number, 0x0100).question(question, 16).bytes())
        flow.say(DOWN, DnsMessage(number, 0x8180).question(question, 16).bytes())


RHYTHMS = ["once", "weekly", "daily", "many"]


def hide(site, name, rhythm, dice, number=None):
    """Adds a hidden channel, on the PC `number` if one PC has it; its service, its groups and its times."""
    target = dice.choice(sorted(TELEMETRY))
    if name == "alias":
        target = "v10.events.data.microsoft.com"
    days = [day for day in range(site.first_day, site.first_day + DAYS) if site.busy.get(day)]
    last = dice.number(0, len(site.pcs) - 1) if number is None else number - 1
    if rhythm == "once":
        chosen = [(dice.choice(range(site.first_day, site.first_day + DAYS)), last)]
    elif rhythm == "weekly":
        first = dice.choice(range(site.first_day, site.first_day + 7))
        chosen = [(first, last), (first + 7, last)]
    elif rhythm == "daily":
        chosen = [(day, last) for day in range(site.first_day, site.first_day + DAYS)]
    else:
        chosen = [(day, index) for day in days for index in range(0, len(site.pcs), 3)]
    times = []
    for day, index in chosen:
        pc = site.pcs[index]
        hour = dice.choice([0, 3, 4, 9, 11, 14, 20, 23])
        at = site.clock.instant(day, hour * 3_600 + dice.number(120, 3_000)) + dice.number(0, 999_999_999)
        site.plan(pc, at, lambda pc, at: WAYS[name].send(site, pc, at, target))
        times.append(at)
    site.play()
    return TELEMETRY[target], sorted({site.pcs[index].group for _, index in chosen}), times


# --- faults of the sensor ----------------------------------------------------------------------------------------------

# VLAN of the smallest group.
KAEMMEREI = b"\0\x28"


def ports(frame):
    """(protocol, source port, destination port) of a frame with one VLAN tag; zeros without ports."""
    if frame[16:18] == b"\x08\x00":
        protocol, at = frame[27], 18 + (frame[18] & 15) * 4
    else:
        protocol, at = frame[24], 58
    if protocol not in (6, 17):
        return protocol, 0, 0
    return protocol, frame[at] << 8 | frame[at + 1], frame[at + 2] << 8 | frame[at + 3]


def without(predicate):
    return lambda records, site, dice, times: [record for record in records if not predicate(record)]


def both_ports(protocol, port):
    return without(lambda record: (found := ports(record[2]))[0] == protocol and port in found[1:])


def loss(percent):
    def fault(records, site, dice, times):
        step = dice.bytes(len(records))
        threshold = round(percent * 256 / 100)
        if percent < 1:
            second = dice.bytes(len(records))
            return [record for record, byte, other in zip(records, step, second)
                    if byte * 256 + other >= percent * 655.36]
        return [record for record, byte in zip(records, step) if byte >= threshold]
    return fault


def hours_gone(records, site, dice, spans):
    return [record for record in records if not any(start <= record[0] < end for start, end in spans)]


def gap(hours):
    """The sensor is off for some hours; if something is hidden, in the hour of one of its flows."""
    def fault(records, site, dice, times):
        centre = dice.choice(times) if times else site.clock.instant(site.first_day + dice.number(2, 11), 10 * 3_600)
        start = max(centre - (hours * HOUR) // 2, site.begin + HOUR)
        return hours_gone(records, site, dice, [(start, start + hours * HOUR)])
    return fault


def gap_at_channel(records, site, dice, times):
    """The sensor is off for two minutes whenever something is hidden."""
    return hours_gone(records, site, dice, [(at - 5 * SECOND, at + 120 * SECOND) for at in times])


def snap(length):
    return lambda records, site, dice, times: [(at, order, frame, up, frame[:length]) for at, order, frame, up in records]


def clock_back(records, site, dice, times):
    """In the middle of a day the clock is set back by two hours."""
    turn = site.clock.instant(site.first_day + 5, 11 * 3_600)
    return [(record[0] - 2 * HOUR if record[0] > turn else record[0], *record[1:]) for record in records]


def clock_forward(records, site, dice, times):
    turn = site.clock.instant(site.first_day + 5, 11 * 3_600)
    return [(record[0] + 30 * HOUR if record[0] > turn else record[0], *record[1:]) for record in records]


def clock_1970(records, site, dice, times):
    """One hour has times of 1970."""
    turn = site.clock.instant(site.first_day + 5, 11 * 3_600)
    return [(record[0] - turn if turn <= record[0] < turn + HOUR else record[0], *record[1:]) for record in records]


FAULTS = {
    "up-only": without(lambda record: not record[3]),
    "down-only": without(lambda record: record[3]),
    "group-up-only": without(lambda record: not record[3] and record[2][14:16] == KAEMMEREI),
    "group-down-only": without(lambda record: record[3] and record[2][14:16] == KAEMMEREI),
    "pc-down-only": without(lambda record: record[3] and record[2][11] == 40),
    "group-without-443": without(lambda record: record[2][14:16] == KAEMMEREI and 443 in ports(record[2])[1:]),
    "without-tcp443": both_ports(6, 443),
    "without-udp443": both_ports(17, 443),
    "without-53": both_ports(17, 53),
    "without-80": both_ports(6, 80),
    "without-ipv6": without(lambda record: record[2][16:18] == b"\x86\xdd"),
    "without-group": without(lambda record: record[2][14:16] == KAEMMEREI),
    "loss-0.3": loss(0.3),
    "loss-3": loss(3),
    "loss-20": loss(20),
    "gap-1": gap(1),
    "gap-5": gap(5),
    "gap-50": gap(50),
    "gap-at-channel": gap_at_channel,
    "snap-64": snap(64),
    "snap-128": snap(128),
    "snap-400": snap(400),
    "clock-back": clock_back,
    "clock-forward": clock_forward,
    "clock-1970": clock_1970,
}


def pcap(records):
    parts = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, 1)]
    for record in records:
        at, frame = record[0], record[2]
        caught = record[4] if len(record) > 4 else frame
        parts.append(struct.pack("<IIII", at // SECOND, at % SECOND, len(caught), len(frame)) + caught)
    return b"".join(parts)


def configuration(site):
    groups = "".join(
        f'  - {{ name: {name}, networks: [10.20.{place}.0/24, "2001:db8:20:{place}::/64"] }}\n'
        for place, (name, _) in enumerate(GROUPS, start=1))
    canary = f"canary: {{ sink: {SINK} }}"
    if "controls" in site.traits:
        canary = (f"canary: {{ sink: {SINK}, paths: [tls, tls_without_dns, quic, http, ipv6, proxy], "
                  f'address: {SINK_DIRECT}, proxy: "{PROXY}:3128" }}')
    quic = "gate: { expects_quic: false }\n" if "proxied" in site.traits else ""
    return f"""\
site: {{ name: feldtest, sensor: gw1, time_zone: Europe/Berlin, working_hours: {{ days: [mon, tue, wed, thu, fri], from: 7, to: 18 }} }}
inside_networks: [10.0.0.0/8, "2001:db8:20::/48"]
groups:
{groups}privacy: {{ group_minimum: 5 }}
{canary}
{quic}location: none
claims:
  - {{ id: no-telemetry, says: No telemetry leaves., purpose: telemetry }}
  - {{ id: no-windows, says: No diagnostic data of Windows leave., services: [windows-diagnostic-data] }}
  - {{ id: no-jetbrains, says: Nothing goes to JetBrains., services: [jetbrains] }}
  - {{ id: no-telemetry-bauamt, says: No telemetry leaves from the Bauamt., purpose: telemetry, groups: [Bauamt] }}
"""
