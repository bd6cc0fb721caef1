"""Packets of invented gateway traffic for scripts/make-captures: numbers, IP, recorded TLS handshakes, DNS, flows.

What is drawn follows from labels alone, on every machine and Python version.
"""

import hashlib
import ipaddress
import pathlib
import struct

ROOT = pathlib.Path(__file__).resolve().parent.parent
CAPTURES = ROOT / "seeds" / "captures"
SECOND = 1_000_000_000
MICROSECOND = 1_000
HOUR = 3600 * SECOND

UP, DOWN = True, False
FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
TCP, UDP = 6, 17
X25519, X25519_MLKEM768 = 0x001D, 0x11EC
EXTENSION_NAME, EXTENSION_PADDING, EXTENSION_TICKET, EXTENSION_PRE_SHARED_KEY = 0, 21, 35, 41
EXTENSION_KEY_SHARE, EXTENSION_ECH = 51, 0xFE0D


class Dice:
    """A stream of numbers that depends only on its label, on every machine and Python version."""

    def __init__(self, label):
        self.label = label.encode()
        self.drawn = 0

    def bytes(self, count):
        self.drawn += 1
        return hashlib.shake_128(self.label + b"/%d" % self.drawn).digest(count)

    def number(self, low, high):
        """A whole number from `low` to `high`, both included."""
        return low + int.from_bytes(self.bytes(8), "big") % (high - low + 1)

    def choice(self, values):
        return values[self.number(0, len(values) - 1)]

    def chance(self, percent):
        return self.number(0, 99) < percent


# --- packets ---------------------------------------------------------------------------------------------------------


def ones_complement_sum(data):
    """The sum of 16-bit words with end-around carry, which is the remainder by 65,535; only bytes of zero have the sum 0."""
    value = int.from_bytes(data if len(data) % 2 == 0 else data + b"\0", "big")
    return value % 0xFFFF or (0xFFFF if value else 0)


def checksum(data):
    """The Internet checksum (RFC 1071)."""
    return ~ones_complement_sum(data) & 0xFFFF


def ip_packet(source, target, protocol, hop_limit, identifier, segment, checksum_at):
    """IPv4 or IPv6 packet round a TCP or UDP segment, whose checksum is filled in at `checksum_at`."""
    pseudo = source.packed + target.packed + struct.pack("!II", len(segment), protocol)
    value = checksum(pseudo + segment)
    if protocol == UDP and value == 0:
        value = 0xFFFF
    segment = segment[:checksum_at] + struct.pack("!H", value) + segment[checksum_at + 2:]
    if source.version == 6:
        flow_label = int.from_bytes(hashlib.sha256(source.packed + target.packed + segment[:4]).digest()[:3], "big")
        return struct.pack("!IHBB", 6 << 28 | flow_label & 0xFFFFF, len(segment), protocol, hop_limit) + \
            source.packed + target.packed + segment
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), identifier, 0x4000, hop_limit, protocol, 0)
    header += source.packed + target.packed
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + segment


# --- TLS -------------------------------------------------------------------------------------------------------------


def vector(data, width):
    return len(data).to_bytes(width, "big") + data


def records(data):
    """Splits bytes into TLS records (RFC 8446 §5.1)."""
    while data:
        end = 5 + int.from_bytes(data[3:5], "big")
        yield data[:end]
        data = data[end:]


def extensions(data):
    while data:
        kind, length = struct.unpack("!HH", data[:4])
        yield kind, data[4:4 + length]
        data = data[4 + length:]


class Handshake:
    """A recorded handshake that can be replayed with another name and fresh randoms."""

    def __init__(self, path):
        turns = []
        for line in path.read_text().splitlines():
            if line[:2] in ("> ", "< "):
                up = line[0] == ">"
                if not turns or turns[-1][0] != up:
                    turns.append((up, bytearray()))
                turns[-1][1].extend(bytes.fromhex(line[2:]))
        self.file = path.name
        self.turns = [(up, bytes(data)) for up, data in turns]
        if [up for up, _ in self.turns] not in ([UP, DOWN, UP], [UP, DOWN, UP, DOWN]):
            raise SystemExit(f"make-captures: {path} holds no handshake; refresh it with scripts/collect-hellos")
        hello = self.turns[0][1]
        self.offers_ech = any(kind == EXTENSION_ECH for kind, _ in self.hello_extensions(hello))
        self.version = "tls1.3" if bytes.fromhex("002b00020304") in self.turns[1][1] else "tls1.2"

    @staticmethod
    def hello_extensions(record):
        at = 43
        at += 1 + record[at]
        at += 2 + int.from_bytes(record[at:at + 2], "big")
        at += 1 + record[at]
        return list(extensions(record[at + 2:]))

    def tell(self, name, dice):
        """The turns of one connection: (direction, bytes)."""
        session = dice.bytes(32)
        told = [(UP, self.client_hello(name, dice, session))]
        for up, data in self.turns[1:]:
            secret = False
            parts = []
            for record in records(data):
                if record[0] == 20:
                    secret = True
                    parts.append(record)
                elif record[0] == 23 or secret:
                    parts.append(record[:5] + dice.bytes(len(record) - 5))
                elif record[0] == 22:
                    parts.append(self.clear_handshake(record, dice, session))
                else:
                    parts.append(record)
            told.append((up, b"".join(parts)))
        return told

    def client_hello(self, name, dice, session):
        record = self.turns[0][1]
        at = 43
        length = record[at]
        fields = record[9:11] + dice.bytes(32) + vector(session if length == 32 else record[at + 1:at + 1 + length], 1)
        at += 1 + length
        end = at + 2 + int.from_bytes(record[at:at + 2], "big")
        end += 1 + record[end]
        fields += record[at:end]
        kinds = []
        for kind, body in self.hello_extensions(record):
            if kind == EXTENSION_NAME:
                body = vector(b"\0" + vector(name.encode(), 2), 2)
            elif kind == EXTENSION_TICKET and body:
                body = dice.bytes(len(body))
            elif kind == EXTENSION_KEY_SHARE:
                body = self.key_shares(body, dice)
            elif kind == EXTENSION_ECH:
                key_end = 8 + int.from_bytes(body[6:8], "big")
                body = body[:8] + dice.bytes(key_end - 8) + body[key_end:key_end + 2] + dice.bytes(len(body) - key_end - 2)
            elif kind == EXTENSION_PRE_SHARED_KEY:
                ticket = int.from_bytes(body[2:4], "big")
                binder = 4 + ticket + 4 + 2 + 1
                body = body[:4] + dice.bytes(ticket + 4) + body[4 + ticket + 4:binder] + dice.bytes(len(body) - binder)
            kinds.append((kind, body))
        if any(kind == EXTENSION_PADDING for kind, _ in kinds):
            kinds = self.padded(kinds, 4 + len(fields) + 2)
        block = b"".join(struct.pack("!H", kind) + vector(body, 2) for kind, body in kinds)
        message = b"\x01" + vector(fields + vector(block, 2), 3)
        return record[:3] + vector(message, 2)

    @staticmethod
    def padded(kinds, before):
        """Padding as OpenSSL and NSS compute it: handshake messages of 256 to 511 bytes grow to 512 (RFC 7685)."""
        bare = before + sum(4 + len(body) for kind, body in kinds if kind != EXTENSION_PADDING)
        result = []
        for kind, body in kinds:
            if kind != EXTENSION_PADDING:
                result.append((kind, body))
            elif 255 < bare < 512:
                result.append((kind, bytes(max(512 - bare - 4, 1))))
        return result

    @staticmethod
    def key_shares(body, dice):
        """Fresh x25519 keys; other groups keep theirs, because not every bit string is a valid key there."""
        shares, rest = b"", body[2:]
        while rest:
            group, length = struct.unpack("!HH", rest[:4])
            key, rest = rest[4:4 + length], rest[4 + length:]
            if group in (X25519, X25519_MLKEM768):
                key = key[:-32] + dice.bytes(32)
            shares += struct.pack("!H", group) + vector(key, 2)
        return vector(shares, 2)

    @staticmethod
    def clear_handshake(record, dice, session):
        kind, body = record[5], record[9:]
        if kind == 2:
            length = body[34]
            sid = session if length == 32 else body[35:35 + length]
            rest = body[35 + length:]
            shown = b""
            for extension, value in extensions(rest[5:]):
                if extension == EXTENSION_KEY_SHARE and value[:2] == X25519.to_bytes(2, "big"):
                    value = value[:4] + dice.bytes(32)
                shown += struct.pack("!H", extension) + vector(value, 2)
            return record[:9] + body[:2] + dice.bytes(32) + vector(sid, 1) + rest[:3] + vector(shown, 2)
        if kind == 4:
            return record[:9] + body[:6] + dice.bytes(len(body) - 6)
        if kind == 16 and body[0] == 32:
            return record[:9] + body[:1] + dice.bytes(32)
        return record


def load_handshakes():
    paths = sorted((CAPTURES / "hellos").glob("*.hex"))
    if not paths:
        raise SystemExit(f"make-captures: no handshakes in {CAPTURES / 'hellos'}; run scripts/collect-hellos")
    return {path.stem: Handshake(path) for path in paths}


def application_data(count, dice):
    """`count` bytes of content in TLS records: each at most 16 KiB and, as in TLS 1.3, 17 bytes longer than its content."""
    result = b""
    while count > 0:
        part = min(count, 16384)
        result += b"\x17\x03\x03" + vector(dice.bytes(part + 17), 2)
        count -= part
    return result


# --- DNS -------------------------------------------------------------------------------------------------------------

A, CNAME, AAAA = 1, 5, 28


class DnsMessage:
    """Writes one DNS message with compressed names (RFC 1035 §4.1)."""

    def __init__(self, identifier, flags):
        self.head = struct.pack("!HH", identifier, flags)
        self.body = b""
        self.counts = [0, 0]
        self.offsets = {}

    def name(self, text, base):
        encoded = b""
        labels = text.split(".")
        for index, label in enumerate(labels):
            rest = ".".join(labels[index:])
            if rest in self.offsets:
                return encoded + struct.pack("!H", 0xC000 | self.offsets[rest])
            if base + len(encoded) < 0x4000:
                self.offsets[rest] = base + len(encoded)
            encoded += vector(label.encode(), 1)
        return encoded + b"\0"

    def question(self, name, kind):
        self.body += self.name(name, 12 + len(self.body)) + struct.pack("!HH", kind, 1)
        self.counts[0] += 1
        return self

    def answer(self, name, kind, ttl, value):
        self.body += self.name(name, 12 + len(self.body)) + struct.pack("!HHI", kind, 1, ttl)
        data = self.name(value, 14 + len(self.body)) if kind == CNAME else value.packed
        self.body += vector(data, 2)
        self.counts[1] += 1
        return self

    def bytes(self):
        return self.head + struct.pack("!HHHH", *self.counts, 0, 0) + self.body


# --- devices and flows -----------------------------------------------------------------------------------------------

GATEWAY = bytes.fromhex("00005e0053fe")
RESOLVER = ipaddress.ip_address("10.20.0.53")


def hardware(number):
    """Documentation range of RFC 7042 §2.1.2."""
    return bytes.fromhex("00005e0053") + bytes([number])


class Pc:
    def __init__(self, number, group, vlan, address, address6=None):
        self.number = number
        self.group = group
        self.vlan = vlan
        self.hardware = hardware(number)
        self.address = ipaddress.ip_address(address)
        self.address6 = address6 and ipaddress.ip_address(address6)
        self.dice = Dice(f"pc/{number}")
        self.ports = 49_600 + self.dice.number(0, 400)
        self.identifier = self.dice.number(0, 0xFFFF)
        self.known = {}
        self.resumable = set()

    def next_port(self):
        self.ports += self.dice.number(1, 3)
        return self.ports

    def next_identifier(self):
        self.identifier = (self.identifier + 1) & 0xFFFF
        return self.identifier


class Flow:
    """One 5-tuple, its packets as they pass the gateway's inside interface, and the true values for it."""

    def __init__(self, office, pc, transport, source, target, source_port, target_port, at, rtt, **truth):
        self.office = office
        self.pc = pc
        self.transport = transport
        self.source, self.target = source, target
        self.source_port, self.target_port = source_port, target_port
        self.clock = at
        self.rtt = round(rtt * 1_000_000)
        self.dice = Dice(f"flow/{source}/{source_port}/{target}/{target_port}/{transport}")
        self.last = None
        self.hops = 64 - self.dice.number(7, 14)
        self.truth = {"name": "", "method": "none", "class": "E", "outcome": "established", "encryption": "none",
                      "ech": "none", "reach": "outbound", **truth}
        self.counts = {UP: [0, 0], DOWN: [0, 0]}
        self.first = None
        office.flows.append(self)

    def wait(self, seconds):
        self.clock += round(seconds * SECOND)

    def emit(self, up, segment, checksum_at):
        """Schedules one segment; its time after the previous packet depends on who sent that one."""
        if self.last is not None:
            if self.last == up:
                self.clock += self.dice.number(9, 80) * MICROSECOND + self.dice.number(0, 999)
            elif up:
                self.clock += self.dice.number(140, 620) * MICROSECOND + self.dice.number(0, 999)
            else:
                self.clock += self.rtt * self.dice.number(94, 115) // 100 + self.dice.number(0, 9999)
        self.last = up
        near, far = (self.source, self.target) if up else (self.target, self.source)
        if up:
            identifier, hops = self.pc.next_identifier(), 128
        else:
            identifier, hops = self.dice.number(0, 0xFFFF), self.hops
        packet = ip_packet(near, far, self.transport, hops, identifier, segment, checksum_at)
        kind = 0x0800 if near.version == 4 else 0x86DD
        ends = GATEWAY + self.pc.hardware if up else self.pc.hardware + GATEWAY
        frame = ends + struct.pack("!HHH", 0x8100, self.pc.vlan, kind) + packet
        if up:
            frame = frame.ljust(60, b"\0")
        self.office.frames.append((self.clock, len(self.office.frames), frame, self, up, len(segment)))


class TcpFlow(Flow):
    def __init__(self, office, pc, source, target, port, at, rtt, **truth):
        super().__init__(office, pc, TCP, source, target, pc.next_port(), port, at, rtt, **truth)
        self.next = {UP: self.dice.number(1, 0xF0000000), DOWN: self.dice.number(1, 0xF0000000)}
        self.segment_size = 1460 if source.version == 4 else 1440
        self.window = {UP: 1026, DOWN: self.dice.number(380, 2052)}

    def packet(self, up, flags, payload=b"", sequence=None, options=b"", window=None):
        ports = (self.source_port, self.target_port) if up else (self.target_port, self.source_port)
        sequence = self.next[up] if sequence is None else sequence
        acknowledged = self.next[not up] if flags & ACK else 0
        header = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, (20 + len(options)) << 2, flags,
                             self.window[up] if window is None else window, 0, 0)
        self.emit(up, header + options + payload, 16)

    def options(self, scale):
        return struct.pack("!BBHBBBBBBBB", 2, 4, self.segment_size, 1, 3, 3, scale, 1, 1, 4, 2)

    def syn(self):
        self.packet(UP, SYN, options=self.options(8), window=64240)

    def connect(self):
        self.syn()
        self.next[UP] += 1
        self.packet(DOWN, SYN | ACK, options=self.options(7), window=65535)
        self.next[DOWN] += 1
        self.packet(UP, ACK)

    def say(self, up, data):
        """Sends data in segments; the other side acknowledges every second one."""
        sent = 0
        while data:
            part, data = data[:self.segment_size], data[self.segment_size:]
            self.packet(up, ACK | (0 if data else PSH), part)
            self.next[up] += len(part)
            sent += 1
            if sent % 2 == 0 and data:
                self.packet(not up, ACK)

    def say_in_disorder(self, data):
        """The second segment overtakes the first, one that overlaps both follows, then the first is repeated."""
        start, size = self.next[UP], self.segment_size
        self.packet(UP, ACK | PSH, data[size:], sequence=start + size)
        self.packet(UP, ACK, data[:size], sequence=start)
        self.packet(UP, ACK, data[size - 460:size + 200], sequence=start + size - 460)
        self.wait(0.0021)
        self.packet(UP, ACK, data[:size], sequence=start)
        self.next[UP] += len(data)
        self.packet(DOWN, ACK)

    def acknowledge(self, up):
        self.packet(up, ACK)

    def keep_alive(self):
        """Windows probes with one byte before the next (RFC 9293 §3.8.4)."""
        self.packet(UP, ACK, b"\0", sequence=self.next[UP] - 1)
        self.packet(DOWN, ACK)

    def finish(self):
        self.packet(UP, FIN | ACK)
        self.next[UP] += 1
        self.packet(DOWN, FIN | ACK)
        self.next[DOWN] += 1
        self.packet(UP, ACK)

    def reset(self, up):
        self.packet(up, RST | ACK, window=0)


class UdpFlow(Flow):
    def __init__(self, office, pc, source, target, port, at, rtt, **truth):
        super().__init__(office, pc, UDP, source, target, truth.pop("source_port"), port, at, rtt, **truth)

    def say(self, up, data):
        ports = (self.source_port, self.target_port) if up else (self.target_port, self.source_port)
        self.emit(up, struct.pack("!HHHH", *ports, 8 + len(data), 0) + data, 6)
