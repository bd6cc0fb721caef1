"""Captures of hostile traffic, one attack each, for scripts/make-captures --attack.

Each generator says in its first line who sends the packets and what of the program they lengthen. It yields Ethernet frames, as many as
are asked of it; the writer gives them their times and cuts them off. `random()` is the one method of `random.Random` whose numbers
Python promises to keep, so nothing else is taken from it.
"""
import collections
import hashlib
import heapq
import hmac
import itertools
import json
import random
import struct

SECOND = 1_000_000_000
# Monday 2026-05-11, 06:00 UTC, as in the sample.
BEGIN = 1_778_479_200 * SECOND
# A quarter of a million packets a second: a rate that a single machine easily sends.
GAP = 4_000

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10
ICMP, IPIP, TCP, UDP, GRE = 1, 4, 6, 17, 47

GATEWAY = bytes.fromhex("00005e0053fe")
DEVICE = bytes.fromhex("02005e000001")
# Spoofed inside addresses come from 10.128.0.0/9, outside ones from 198.18.0.0/15, which RFC 2544 reserves for measurements.
INSIDE, INSIDE_BITS = 0x0A800000, 23
OUTSIDE, OUTSIDE_BITS = 0xC6120000, 17
CLIENT = 0x0A140005
SERVER = 0xC6120101
RESOLVER = 0x0A140035
# Genuine clients during an attack; no attack uses these addresses.
GENUINE_CLIENTS = 0x0A150000
GENUINE_SERVERS = 0xC0000200

Attack = collections.namedtuple("Attack", "name says frames packets gap")
ATTACKS = {}


def attack(packets, gap=GAP):
    """Registers a generator under its name. `packets`: a number that is large enough to show the attack's effect."""
    def register(frames):
        name = frames.__name__.replace("_", "-")
        ATTACKS[name] = Attack(name, frames.__doc__.strip(), frames, packets, gap)
        return frames
    return register


class Draw:
    """Random numbers that depend only on a seed."""

    def __init__(self, seed):
        self.random = random.Random(seed).random

    def bits(self, count):
        """At most 52."""
        return int(self.random() * (1 << count))

    def bytes(self, count):
        result = b""
        while len(result) < count:
            result += self.bits(48).to_bytes(6, "big")
        return result[:count]

    def inside(self):
        return INSIDE | self.bits(INSIDE_BITS)

    def outside(self):
        return OUTSIDE | self.bits(OUTSIDE_BITS)

    def port(self):
        """A port without a known service."""
        return 20_000 + int(self.random() * 45_000)


# --- frames ----------------------------------------------------------------------------------------------------------

IPV4 = struct.Struct("!HHHHHHII")
TCP_HEADER = struct.Struct("!HHIIHHI")
UDP_HEADER = struct.Struct("!HHHH")
UP_LINK = GATEWAY + DEVICE + b"\x08\x00"
DOWN_LINK = DEVICE + GATEWAY + b"\x08\x00"


def ipv4(source, target, protocol, segment, fragment=0x4000, identifier=0):
    """IPv4 packet with a correct header checksum; the checksums of the segments are zero."""
    length = 20 + len(segment)
    lifetime = 60 << 8 | protocol
    fixed = 0x4500 + length + identifier + fragment + lifetime
    fixed += (source >> 16) + (source & 0xFFFF) + (target >> 16) + (target & 0xFFFF)
    fixed = (fixed & 0xFFFF) + (fixed >> 16)
    fixed = (fixed & 0xFFFF) + (fixed >> 16)
    return IPV4.pack(0x4500, length, identifier, fragment, lifetime, fixed ^ 0xFFFF, source, target) + segment


def tcp(source_port, target_port, sequence, acknowledgment, flags, data=b""):
    return TCP_HEADER.pack(source_port, target_port, sequence & 0xFFFFFFFF, acknowledgment & 0xFFFFFFFF,
                           0x5000 | flags, 64240, 0) + data


def udp(source_port, target_port, data):
    return UDP_HEADER.pack(source_port, target_port, 8 + len(data), 0) + data


# Incremented as senders do: equal packets within a millisecond would count as copies of a mirror port, and cost less.
IDENTIFIERS = itertools.cycle(range(1, 0x10000))


def up(source, target, protocol, segment):
    return UP_LINK + ipv4(source, target, protocol, segment, identifier=next(IDENTIFIERS))


def down(source, target, protocol, segment):
    return DOWN_LINK + ipv4(source, target, protocol, segment, identifier=next(IDENTIFIERS))


def full(data, size=1460):
    """Splits bytes into full segments."""
    return [data[at:at + size] for at in range(0, len(data), size)]


class Stream:
    """One TCP connection; each side continues where it stopped."""

    def __init__(self, client=CLIENT, server=SERVER, port=443, client_port=40_000):
        self.client, self.server, self.port, self.client_port = client, server, port, client_port
        self.sent, self.answered = 1_001, 5_001

    def open(self):
        yield up(self.client, self.server, TCP, tcp(self.client_port, self.port, 1_000, 0, SYN))
        yield down(self.server, self.client, TCP, tcp(self.port, self.client_port, 5_000, 1_001, SYN | ACK))

    def send(self, data):
        frame = up(self.client, self.server, TCP,
                   tcp(self.client_port, self.port, self.sent, self.answered, PSH | ACK, data))
        self.sent += len(data)
        return frame

    def answer(self, data):
        frame = down(self.server, self.client, TCP,
                     tcp(self.port, self.client_port, self.answered, self.sent, PSH | ACK, data))
        self.answered += len(data)
        return frame

    def at(self, offset, data):
        """A segment of the client, `offset` bytes after the stream's beginning."""
        return up(self.client, self.server, TCP,
                  tcp(self.client_port, self.port, 1_001 + offset, self.answered, PSH | ACK, data))


def held_open(size, port, sent, answered=()):
    """As many connections as `size` packets allow, each advanced by `sent` and `answered` segments, none finished."""
    sent, answered = list(sent), list(answered)
    flows = max(size // (2 + len(sent) + len(answered)), 1)
    streams = [Stream(client=INSIDE + flow, port=port) for flow in range(flows)]
    for stream in streams:
        yield from stream.open()
    for segment in sent:
        for stream in streams:
            yield stream.send(segment)
    for segment in answered:
        for stream in streams:
            yield stream.answer(segment)


def vector(data, width):
    return len(data).to_bytes(width, "big") + data


# --- TLS, DTLS, QUIC -------------------------------------------------------------------------------------------------


def client_hello(name=None, extensions=(), protocols=()):
    """A ClientHello message (RFC 8446 §4.1.2) without record header."""
    parts = []
    if name is not None:
        parts.append((0, vector(b"\0" + vector(name, 2), 2)))
    if protocols:
        parts.append((16, vector(b"".join(vector(each, 1) for each in protocols), 2)))
    parts.extend(extensions)
    block = b"".join(struct.pack("!H", kind) + vector(body, 2) for kind, body in parts)
    body = b"\x03\x03" + bytes(32) + b"\0" + vector(b"\x13\x01\x13\x02", 2) + b"\x01\0" + vector(block, 2)
    return b"\x01" + vector(body, 3)


def record(message):
    """TLS records round a handshake message."""
    return b"".join(b"\x16\x03\x01" + vector(message[at:at + 16_384], 2) for at in range(0, len(message), 16_384))


def server_hello():
    """TLS 1.2, so that the certificate comes in the clear."""
    return b"\x02" + vector(b"\x03\x03" + bytes(32) + b"\0" + b"\xc0\x2f\0", 3)


def der(tag, *parts):
    body = b"".join(parts)
    length = len(body)
    size = b"" if length < 128 else length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([length]) if length < 128 else bytes([0x80 | len(size)]) + size) + body


def certificate(names):
    """The outline of an X.509 certificate (RFC 5280 §4.1) with alternative names."""
    algorithm = der(0x30, der(0x06, bytes.fromhex("2a864886f70d01010b")))
    alternative = der(0x30, *(der(0x82, name) for name in names))
    extension = der(0x30, der(0x06, b"\x55\x1d\x11"), der(0x04, alternative))
    dates = der(0x30, der(0x17, b"260101000000Z"), der(0x17, b"270101000000Z"))
    key = der(0x30, algorithm, der(0x03, b"\0" + bytes(32)))
    contents = der(0x30, der(0xA0, der(0x02, b"\x02")), der(0x02, b"\x01"), algorithm, der(0x30), dates, der(0x30), key,
                   der(0xA3, der(0x30, extension)))
    return der(0x30, contents, algorithm, der(0x03, b"\0" + bytes(32)))


def dtls_fragment(kind, whole, offset, data, number=0):
    """A DTLS 1.2 record with one handshake fragment (RFC 6347 §4.2.2)."""
    fragment = bytes([kind]) + whole.to_bytes(3, "big") + number.to_bytes(2, "big") + offset.to_bytes(3, "big") + \
        vector(data, 3)
    return b"\x16\xfe\xfd\0\0" + bytes(6) + vector(fragment, 2)


class AES128:
    """AES-128 (FIPS 197), for single blocks: a capture needs few protected packets, which repeat."""

    @staticmethod
    def _box():
        box = [0] * 256
        p = q = 1
        while True:
            p ^= (p << 1) ^ (0x11B if p & 0x80 else 0)
            p &= 0xFF
            q ^= q << 1
            q ^= q << 2
            q ^= q << 4
            q &= 0xFF
            q ^= 0x09 if q & 0x80 else 0
            box[p] = q ^ (q << 1 | q >> 7) & 0xFF ^ (q << 2 | q >> 6) & 0xFF ^ (q << 3 | q >> 5) & 0xFF ^ \
                (q << 4 | q >> 4) & 0xFF ^ 0x63
            if p == 1:
                break
        box[0] = 0x63
        return box

    BOX = None

    def __init__(self, key):
        if AES128.BOX is None:
            AES128.BOX = AES128._box()
        words = [list(key[at:at + 4]) for at in range(0, 16, 4)]
        constant = 1
        for index in range(4, 44):
            word = list(words[-1])
            if index % 4 == 0:
                word = [AES128.BOX[byte] for byte in word[1:] + word[:1]]
                word[0] ^= constant
                constant = constant << 1 ^ (0x11B if constant & 0x80 else 0)
            words.append([a ^ b for a, b in zip(words[index - 4], word)])
        self.keys = [sum(words[at:at + 4], []) for at in range(0, 44, 4)]

    def block(self, data):
        box = AES128.BOX
        state = [a ^ b for a, b in zip(data, self.keys[0])]
        for turn in range(1, 11):
            state = [box[state[(at + 4 * (at % 4)) % 16]] for at in range(16)]
            if turn < 10:
                mixed = []
                for column in range(0, 16, 4):
                    a = state[column:column + 4]
                    whole = a[0] ^ a[1] ^ a[2] ^ a[3]
                    for index in range(4):
                        twice = (a[index] ^ a[(index + 1) % 4]) << 1
                        mixed.append(a[index] ^ whole ^ (twice ^ 0x11B if twice & 0x100 else twice))
                state = mixed
            state = [a ^ b for a, b in zip(state, self.keys[turn])]
        return bytes(state)


def gcm_seal(key, nonce, plain, header):
    """AES-128-GCM (NIST SP 800-38D) with a nonce of 12 bytes: ciphertext and tag."""
    cipher = AES128(key)
    subkey = int.from_bytes(cipher.block(bytes(16)), "big")

    def multiply(x):
        product, factor = 0, subkey
        for bit in range(127, -1, -1):
            if x >> bit & 1:
                product ^= factor
            factor = factor >> 1 ^ (0xE1 << 120 if factor & 1 else 0)
        return product

    sealed = b""
    for index, at in enumerate(range(0, len(plain), 16)):
        pad = cipher.block(nonce + (index + 2).to_bytes(4, "big"))
        sealed += bytes(a ^ b for a, b in zip(plain[at:at + 16], pad))
    total = 0
    for part in (header, sealed):
        for at in range(0, len(part), 16):
            total = multiply(total ^ int.from_bytes(part[at:at + 16].ljust(16, b"\0"), "big"))
    total = multiply(total ^ (len(header) * 8 << 64 | len(sealed) * 8))
    mask = int.from_bytes(cipher.block(nonce + b"\0\0\0\x01"), "big")
    return sealed + (total ^ mask).to_bytes(16, "big")


QUIC_SALT = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")


def variable(value, width=None):
    """A variable-length integer of QUIC (RFC 9000 §16)."""
    width = width or (1 if value < 64 else 2 if value < 16_384 else 4)
    return (value | {1: 0, 2: 1, 4: 2, 8: 3}[width] << (8 * width - 2)).to_bytes(width, "big")


def sealed_initial(connection, frames, number=0):
    """A client's Initial packet of QUIC version 1, protected as in RFC 9001 §5."""
    def expand(secret, label, length):
        label = b"tls13 " + label
        info = length.to_bytes(2, "big") + vector(label, 1) + b"\0\x01"
        return hmac.new(secret, info, hashlib.sha256).digest()[:length]

    secret = expand(hmac.new(QUIC_SALT, connection, hashlib.sha256).digest(), b"client in", 32)
    key, vector_, protection = expand(secret, b"quic key", 16), expand(secret, b"quic iv", 12), expand(secret, b"quic hp", 16)
    header = b"\xc3\0\0\0\x01" + vector(connection, 1) + b"\0\0" + variable(4 + len(frames) + 16, 2) + \
        number.to_bytes(4, "big")
    nonce = (int.from_bytes(vector_, "big") ^ number).to_bytes(12, "big")
    sealed = gcm_seal(key, nonce, frames, header)
    mask = AES128(protection).block(sealed[:16])
    hidden = bytes(a ^ b for a, b in zip(header[-4:], mask[1:5]))
    return bytes([header[0] ^ mask[0] & 0x0F]) + header[1:-4] + hidden + sealed


def crypto_frame(offset, data):
    return b"\x06" + variable(offset) + variable(len(data)) + data


def unsealed_initials(draw, version, count):
    """Coalesced empty Initial packets of as many connections; a reader derives keys for each."""
    return b"".join(b"\xc0" + version + b"\x08" + draw.bytes(8) + b"\0\0\x40\x14" + bytes(20) for _ in range(count))


# --- 1: far pieces ---------------------------------------------------------------------------------------------------


@attack(200_000)
def dtls_far_fragment(draw, size):
    """From inside: the last byte of a DTLS hello of 32 kB, in a new flow each; lengthens the store of pieces."""
    data = dtls_fragment(1, 32_767, 32_766, b"x")
    for index in range(size):
        yield up(CLIENT + index // 40_000, SERVER, UDP, udp(20_000 + index % 40_000, 40_001, data))


@attack(200_000)
def dtls_far_fragment_in(draw, size):
    """From outside: the last byte of a DTLS hello of 32 kB to inside addresses, in a new flow each; lengthens the store of pieces."""
    data = dtls_fragment(1, 32_767, 32_766, b"x")
    for index in range(size):
        yield down(draw.outside(), CLIENT, UDP, udp(20_000 + index % 40_000, 40_001 + index // 40_000, data))


@attack(200_000)
def quic_far_crypto(draw, size):
    """From inside: a valid QUIC Initial with one byte of a hello of 32 kB, in a new flow each; lengthens the store of pieces."""
    packet = sealed_initial(b"\x11" * 8, crypto_frame(32_766, b"x"))
    for index in range(size):
        yield up(CLIENT + index // 40_000, SERVER, UDP, udp(20_000 + index % 40_000, 443, packet))


@attack(100_000)
def dtls_scattered(draw, size):
    """From inside: a DTLS hello in fragments of one byte with gaps, 50 in a datagram, one flow for 16; lengthens the list of pieces."""
    for index in range(size):
        flow, turn = divmod(index, 16)
        data = b"".join(dtls_fragment(1, 32_767, (turn * 50 + part) * 2, b"x") for part in range(50))
        yield up(CLIENT + flow // 40_000, SERVER, UDP, udp(20_000 + flow % 40_000, 40_001, data))


# --- 2: holes --------------------------------------------------------------------------------------------------------


def holes_of(length, size):
    stream = Stream()
    yield from stream.open()
    for index in range(size):
        yield stream.at(length + index * 2 * length, b"x" * length)


@attack(400_000)
def holes(draw, size):
    """From inside: every second byte of one stream; lengthens the list of gaps."""
    return holes_of(1, size)


@attack(400_000)
def holes_wide(draw, size):
    """From inside: every second 100 bytes of one stream; lengthens the list of gaps."""
    return holes_of(100, size)


@attack(400_000)
def holes_in(draw, size):
    """From outside: every second 100 bytes of an answer; lengthens the list of gaps."""
    stream = Stream()
    yield from stream.open()
    for index in range(size):
        yield down(SERVER, CLIENT, TCP, tcp(443, 40_000, 5_001 + 100 + index * 200, 1_001, PSH | ACK, b"x" * 100))


def split_hole(size, places):
    """One gap of hundreds of megabytes, which every segment splits in two."""
    stream = Stream()
    yield from stream.open()
    # A stream that begins with no known message is only searched, so that segments are not put in order.
    yield stream.at(0, b"\xff" * 100)
    yield stream.at(2 * size * 100 + 1_000, b"x" * 100)
    for place in places:
        yield stream.at(1_000 + place * 200, b"x" * 100)


@attack(100_000)
def holes_split(draw, size):
    """From inside: one huge gap that each segment splits, ascending; lengthens the list of gaps beyond its bound."""
    return split_hole(size, range(size))


@attack(100_000)
def holes_split_backwards(draw, size):
    """From inside: one huge gap that each segment splits, descending; lengthens the list of gaps beyond its bound."""
    return split_hole(size, range(size - 1, -1, -1))


@attack(100_000)
def holes_split_random(draw, size):
    """From inside: one huge gap that each segment splits at a random place; lengthens the list of gaps beyond its bound."""
    return split_hole(size, (int(draw.random() * size) for _ in range(size)))


@attack(400_000)
def holes_many_flows(draw, size):
    """From inside: 64 gaps in each of many flows; lengthens the lists of gaps of all flows together."""
    flows = max(size // 66, 1)
    streams = [Stream(client=INSIDE + flow) for flow in range(flows)]
    for stream in streams:
        yield from stream.open()
    for index in range(64):
        for stream in streams:
            yield stream.at(1 + index * 2, b"x")


# --- 3: keys ---------------------------------------------------------------------------------------------------------

RESERVED = b"\x1a\x2a\x3a\x4a"


@attack(40_000)
def quic_reserved(draw, size):
    """From inside: 16 coalesced Initials of a reserved version in a new flow each; three keys are derived for each Initial."""
    for index in range(size):
        yield up(CLIENT, SERVER + index // 40_000, UDP,
                 udp(20_000 + index % 40_000, 443, unsealed_initials(draw, RESERVED, 16)))


@attack(40_000)
def quic_reserved_one_flow(draw, size):
    """From inside: 16 coalesced Initials of a reserved version, always in the same flow; three keys are derived for each."""
    for _ in range(size):
        yield up(CLIENT, SERVER, UDP, udp(20_000, 443, unsealed_initials(draw, RESERVED, 16)))


@attack(40_000)
def quic_reserved_in(draw, size):
    """From outside: 16 coalesced Initials of a reserved version from port 443 in one flow; three keys are derived for each."""
    for _ in range(size):
        yield down(SERVER, CLIENT, UDP, udp(443, 20_000, unsealed_initials(draw, RESERVED, 16)))


@attack(40_000)
def quic_reserved_in_many(draw, size):
    """From outside: 16 coalesced Initials of a reserved version from port 443 in a new flow each; three keys are derived for each."""
    for index in range(size):
        yield down(draw.outside(), CLIENT, UDP, udp(443, 20_000 + index % 40_000, unsealed_initials(draw, RESERVED, 16)))


@attack(100_000)
def quic_garbage(draw, size):
    """From inside: one Initial of version 1 that no key decrypts, in a new flow each; keys are derived for each datagram."""
    for index in range(size):
        yield up(CLIENT, SERVER + index // 40_000, UDP,
                 udp(20_000 + index % 40_000, 443, unsealed_initials(draw, b"\0\0\0\x01", 1)))


@attack(100_000)
def quic_garbage_full(draw, size):
    """From inside: 16 Initials of version 1 that no key decrypts, in a new flow each; keys are derived for each datagram."""
    for index in range(size):
        yield up(CLIENT, SERVER + index // 40_000, UDP,
                 udp(20_000 + index % 40_000, 443, unsealed_initials(draw, b"\0\0\0\x01", 16)))


@attack(40_000)
def quic_restarts(draw, size):
    """From inside: valid Initials of 64 connections in turn on the same ports; keys are derived and pieces dropped each time."""
    packets = [sealed_initial(bytes([index]) * 8, crypto_frame(0, client_hello(b"a.example")[:-1]) + bytes(40))
               for index in range(64)]
    for index in range(size):
        yield up(CLIENT, SERVER, UDP, udp(20_000, 443, packets[index % 64]))


@attack(100_000)
def quic_repeated(draw, size):
    """From inside: one valid full Initial again and again in one flow; each is decrypted and its pieces compared."""
    packet = sealed_initial(b"\x22" * 8, crypto_frame(0, client_hello(b"a.example")[:-1]).ljust(1_160, b"\0"))
    for _ in range(size):
        yield up(CLIENT, SERVER, UDP, udp(20_000, 443, packet))


@attack(40_000)
def quic_crypto_pieces(draw, size):
    """From inside: a valid Initial with 250 pieces of one byte that do not join, in a new flow each; lengthens the list of pieces."""
    packet = sealed_initial(b"\x33" * 8, b"".join(crypto_frame(2 * piece + 2, b"x") for piece in range(250)))
    for index in range(size):
        yield up(CLIENT, SERVER + index // 40_000, UDP, udp(20_000 + index % 40_000, 443, packet))


@attack(40_000)
def quic_frames(draw, size):
    """From inside: a valid Initial of 1,100 PING frames, in a new flow each; each frame is read."""
    packet = sealed_initial(b"\x55" * 8, b"\x01" * 1_100)
    for index in range(size):
        yield up(CLIENT, SERVER + index // 40_000, UDP, udp(20_000 + index % 40_000, 443, packet))


@attack(200_000)
def quic_connection_ids(draw, size):
    """From both sides: a named QUIC flow and a server's Initial with a new id, each in a new flow; lengthens the table of connections."""
    packet = sealed_initial(b"\x44" * 8, crypto_frame(0, client_hello(b"a.example")))
    for index in range((size + 1) // 2):
        server, port = OUTSIDE + index // 40_000, 20_000 + index % 40_000
        yield up(CLIENT, server, UDP, udp(port, 443, packet))
        answer = b"\xc0\0\0\0\x01\0\x14" + draw.bytes(20) + b"\0\x40\x14" + bytes(20)
        yield down(server, CLIENT, UDP, udp(443, port, answer))


# --- 4: held open ----------------------------------------------------------------------------------------------------


@attack(480_000)
def http_head_open(draw, size):
    """From inside: request heads that do not end, 15 kB in each of many flows; lengthens the beginnings of streams."""
    head = b"GET /" + b"a" * 4_000 + b" HTTP/1.1\r\n" + b"".join(b"X-%04d: %s\r\n" % (at, b"b" * 80) for at in range(120))
    return held_open(size, 80, full(head[:15_000]))


@attack(480_000)
def tls_hello_open(draw, size):
    """From inside: hellos that claim 32 kB and stay one byte short, in each of many flows; lengthens the beginnings of streams."""
    message = client_hello(b"a.example", [(21, bytes(32_600))])
    return held_open(size, 443, full(record(message)[:-1]))


@attack(480_000)
def tls_certificate_open(draw, size):
    """From outside: a TLS 1.2 chain after its ServerHello that stays open, 32 kB in each of many flows; lengthens answers that are read."""
    flight = server_hello() + b"\x0b" + vector(vector(vector(bytes(32_000), 3), 3), 3)
    return held_open(size, 443, [record(client_hello())], full(record(flight)[:32_000]))


@attack(480_000)
def gap_open(draw, size):
    """From inside: 30 kB after a gap of one byte in each of many flows; lengthens the segments that wait."""
    flows = max(size // 23, 1)
    streams = [Stream(client=INSIDE + flow) for flow in range(flows)]
    for stream in streams:
        yield from stream.open()
    for index in range(21):
        for stream in streams:
            yield stream.at(1 + index * 1_460, b"x" * 1_460)


@attack(480_000)
def gap_crumbs(draw, size):
    """From inside: 60 segments of one byte after a gap in each of many flows; each waits with a buffer of its own."""
    flows = max(size // 62, 1)
    streams = [Stream(client=INSIDE + flow) for flow in range(flows)]
    for stream in streams:
        yield from stream.open()
    for index in range(60):
        for stream in streams:
            yield stream.at(1 + index, b"x")


@attack(480_000)
def dns_tcp_open(draw, size):
    """From inside: a DNS message over TCP with a length of 64 kB that stays open, in each of many flows; lengthens beginnings of streams."""
    message = b"\xff\xff" + b"\x12\x34\x01\x00\0\1\0\0\0\0\0\0" + b"\x01a\x07example\0\0\1\0\1" + bytes(16_000)
    return held_open(size, 53, full(message[:15_000]))


@attack(480_000)
def http2_continuation_open(draw, size):
    """From inside: an HTTP/2 header block in CONTINUATION frames without end, 60 kB in each of many flows; lengthens header blocks."""
    def frame(kind, flags, stream, data):
        return len(data).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + data
    block = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0, b"") + frame(1, 0, 1, bytes(16_000))
    block += frame(9, 0, 1, bytes(16_000)) * 3
    return held_open(size, 80, full(block[:62_000]))


@attack(480_000)
def hpack_table_open(draw, size):
    """From inside: 2,000 smallest entries in the HPACK table of each of many flows; lengthens the dynamic tables."""
    block = b"\x3f\xe1\xff\x03" + b"\x40\0\0" * 1_000
    frames = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"
    for stream in (1, 3):
        frames += len(block).to_bytes(3, "big") + b"\x01\x04" + stream.to_bytes(4, "big") + block
    return held_open(size, 80, full(frames))


@attack(480_000)
def socks_open(draw, size):
    """From inside: a SOCKS request that stops within its name, in each of many flows; lengthens beginnings of streams."""
    return held_open(size, 1_080, [b"\x05\x01\0", b"\x05\x01\0\x03\xff" + b"a" * 200])


@attack(480_000)
def plain_open(draw, size):
    """From inside: a line of plain text that does not end, in each of many flows; lengthens beginnings of streams."""
    return held_open(size, 587, [b"EHLO " + b"a" * 900])


@attack(480_000)
def heads_kept(draw, size):
    """From inside: one whole request of 8 kB in each of many flows that stay; lengthens the request heads that are kept."""
    head = b"GET /" + b"a" * 4_000 + b" HTTP/1.1\r\nHost: a.example\r\n"
    head += b"".join(b"X-%04d: %s\r\n" % (at, b"b" * 80) for at in range(44)) + b"\r\n"
    return held_open(size, 80, full(head))


@attack(480_000)
def names_kept(draw, size):
    """From inside: a name of 255 bytes and protocols in each of many flows that stay; lengthens the details of flows."""
    hello = client_hello((b"a" * 62 + b".") * 4, protocols=[b"p" * 200])
    return held_open(size, 443, [record(hello)])


@attack(480_000)
def certificate_names_kept(draw, size):
    """From outside: a whole certificate with a name of 255 bytes in each of many flows that stay; lengthens the details of flows."""
    chain = vector(vector(certificate([(b"a" * 62 + b".") * 3 + b"example"]), 3), 3)
    return held_open(size, 443, [record(client_hello())], [record(server_hello() + b"\x0b" + vector(chain, 3))])


@attack(480_000)
def dtls_hello_open(draw, size):
    """From inside: 15 kB of a DTLS hello of 32 kB in each of many flows; lengthens the store of pieces."""
    flows = max(size // 12, 1)
    for part in range(12):
        data = dtls_fragment(1, 32_767, part * 1_300, b"x" * 1_300)
        for flow in range(flows):
            yield up(INSIDE + flow, SERVER, UDP, udp(20_000, 40_001, data))


# --- 5: much in one packet -------------------------------------------------------------------------------------------


@attack(100_000)
def tunnels_ip(draw, size):
    """From inside: IP in IP, eight deep, new ends at each level; each level that is read is a flow of its own."""
    for _ in range(size):
        packet = tcp(draw.port(), 443, draw.bits(32), 0, SYN)
        protocol = TCP
        for _ in range(8):
            packet = ipv4(draw.inside(), draw.outside(), protocol, packet)
            protocol = IPIP
        yield UP_LINK + packet


@attack(100_000)
def tunnels_gre(draw, size):
    """From inside: GRE in GRE, eight deep, new ends at each level; each level that is read is a flow of its own."""
    for _ in range(size):
        packet = ipv4(draw.inside(), draw.outside(), TCP, tcp(draw.port(), 443, draw.bits(32), 0, SYN))
        for _ in range(7):
            packet = ipv4(draw.inside(), draw.outside(), GRE, b"\0\0\x08\0" + packet)
        yield UP_LINK + packet


@attack(100_000)
def tunnels_vxlan(draw, size):
    """From inside: VXLAN in VXLAN, eight deep, new ends at each level; each level that is read is a flow of its own."""
    for _ in range(size):
        frame = UP_LINK + ipv4(draw.inside(), draw.outside(), TCP, tcp(draw.port(), 443, draw.bits(32), 0, SYN))
        for _ in range(7):
            data = b"\x08\0\0\0" + draw.bits(24).to_bytes(3, "big") + b"\0" + frame
            frame = UP_LINK + ipv4(draw.inside(), draw.outside(), UDP, udp(draw.port(), 4_789, data))
        yield frame


@attack(100_000)
def tunnels_full(draw, size):
    """From inside: IP in IP, eight deep, new ends at each level, filled up to 1,514 bytes; each level that is read is a flow of its own."""
    for _ in range(size):
        packet = tcp(draw.port(), 443, draw.bits(32), 0, ACK, b"\x17" + bytes(1_319))
        protocol = TCP
        for _ in range(8):
            packet = ipv4(draw.inside(), draw.outside(), protocol, packet)
            protocol = IPIP
        yield UP_LINK + packet


def names_of(draw, length, ending=b".example"):
    """A name of `length` bytes that differs from the one before."""
    first = b"n%013x" % draw.bits(52)
    return (first + (b"." + b"a" * 62) * (length // 63 + 1))[:length - len(ending)] + ending


@attack(60_000)
def sni_long(draw, size):
    """From inside: hellos with a name of 12 kB in nine segments; the name is made a string, checked and kept."""
    for flow in range(size // 9 + 1):
        stream = Stream(client=INSIDE + flow)
        for segment in full(record(client_hello(names_of(draw, 12_000)))):
            yield stream.send(segment)


@attack(60_000)
def sni_full(draw, size):
    """From inside: a hello with a name of 1,390 bytes in a segment, in a new flow each; the name is made a string, checked and kept."""
    for flow in range(size):
        yield Stream(client=INSIDE + flow).send(record(client_hello(names_of(draw, 1_390))))


@attack(60_000)
def host_full(draw, size):
    """From inside: a request with a host of 1,400 bytes in a segment, in a new flow each; the name is made a string, checked and kept."""
    for flow in range(size):
        yield Stream(client=INSIDE + flow, port=80).send(
            b"GET / HTTP/1.1\r\nHost: " + names_of(draw, 1_400) + b"\r\n\r\n")


@attack(60_000)
def requests_tiny(draw, size):
    """From inside: 54 requests in a segment, each with another host than the one before; each host begins a record."""
    stream = Stream(port=80)
    yield from stream.open()
    for _ in range(size):
        yield stream.send(b"".join(b"GET / HTTP/1.1\r\nHost:%c%c\r\n\r\n" % (97 + at % 2, 97 + at // 2)
                                   for at in range(54)))


@attack(60_000)
def requests_tiny_many_flows(draw, size):
    """From inside: 54 requests in a segment with different hosts, in a new flow each; each host begins a record."""
    data = b"".join(b"GET / HTTP/1.1\r\nHost:%c%c\r\n\r\n" % (97 + at % 2, 97 + at // 2) for at in range(54))
    for flow in range(size):
        yield Stream(client=INSIDE + flow, port=80).send(data)


@attack(60_000)
def chunks_tiny(draw, size):
    """From inside: a body in chunks of one byte, 240 in a segment; each chunk is a message."""
    stream = Stream(port=80)
    yield from stream.open()
    yield stream.send(b"POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(size):
        yield stream.send(b"1\r\na\r\n" * 240)


def pointer_chain(flags):
    """A record whose data is a chain of pointers, then records whose names point to its end."""
    message = bytearray(b"\x12\x34" + flags + b"\0\1\0\0\0\0\0\0" + b"\0\0\1\0\1")
    records = 40
    message += b"\0\0\x10\0\1\0\0\0\0"
    chain, last = b"", 12
    for _ in range(450):
        here = len(message) + 2 + len(chain)
        chain += struct.pack("!H", 0xC000 | last)
        last = here
    message += vector(chain, 2)
    for _ in range(records):
        message += struct.pack("!H", 0xC000 | last) + b"\0\x10\0\1" + bytes(6)
    message[6:8] = (records + 1).to_bytes(2, "big")
    return bytes(message)


@attack(60_000)
def dns_pointers(draw, size):
    """From outside: answers whose names are pointers to pointers; each name follows the whole chain."""
    message = pointer_chain(b"\x81\x80")
    for index in range(size):
        yield down(RESOLVER, CLIENT, UDP, udp(53, 20_000 + index % 40_000, message))


@attack(60_000)
def dns_pointers_query(draw, size):
    """From inside: queries whose names are pointers to pointers; each name follows the whole chain."""
    message = pointer_chain(b"\x01\x00")
    for index in range(size):
        yield up(CLIENT, RESOLVER, UDP, udp(20_000 + index % 40_000, 53, message))


@attack(60_000)
def dns_pointer_names(draw, size):
    """From outside: answers of 60 aliases that each follow 100 pointers and a name of 250 bytes; each is made a string."""
    name = (b"\x3e" + b"a" * 62) * 3 + b"\x30" + b"b" * 48 + b"\0"
    message = bytearray(b"\x12\x34\x81\x80\0\1\0\0\0\0\0\0" + name + b"\0\5\0\1")
    chain, last = b"", 12
    base = len(message) + 11
    for index in range(100):
        chain += struct.pack("!H", 0xC000 | last)
        last = base + 2 * index
    message += b"\0\0\x10\0\1\0\0\0\0" + vector(chain, 2)
    for _ in range(60):
        message += struct.pack("!H", 0xC000 | last) + b"\0\5\0\1\0\0\1\0\0\2" + struct.pack("!H", 0xC000 | last)
    message[6:8] = (61).to_bytes(2, "big")
    for index in range(size):
        yield down(RESOLVER, CLIENT, UDP, udp(53, 20_000 + index % 40_000, bytes(message)))


@attack(60_000)
def dns_aliases(draw, size):
    """From outside: answers of 32 aliases, last one first, and 20 addresses; each address is traced back to the name that was asked for."""
    def name(number):
        return b"\x03a%02d\0" % number
    message = b"\x12\x34\x81\x80\0\1\0\x34\0\0\0\0" + name(0) + b"\0\1\0\1"
    for number in range(31, -1, -1):
        message += name(number) + b"\0\5\0\1\0\0\1\0" + vector(name(number + 1), 2)
    for _ in range(20):
        message += name(32) + b"\0\1\0\1\0\0\1\0\0\4\xc6\x12\0\1"
    for index in range(size):
        yield up(CLIENT, RESOLVER, UDP, udp(20_000 + index % 40_000, 53, message[:2] + b"\1\0\0\1\0\0\0\0\0\0" + name(0) + b"\0\1\0\1"))
        yield down(RESOLVER, CLIENT, UDP, udp(53, 20_000 + index % 40_000, message))


@attack(60_000)
def dns_questions_many(draw, size):
    """From inside: 120 questions in a message; each name is made a string."""
    message = b"\x12\x34\x01\0\0\x78\0\0\0\0\0\0" + b"\x03abc\0\0\1\0\1" * 120
    for index in range(size):
        yield up(CLIENT, RESOLVER, UDP, udp(20_000 + index % 40_000, 53, message))


@attack(60_000)
def dns_tcp_tiny(draw, size):
    """From inside: 66 questions over TCP in a segment, each of another name; lengthens the questions that wait."""
    stream = Stream(server=RESOLVER, port=53)
    yield from stream.open()
    for _ in range(size):
        start = draw.bits(14)
        yield stream.send(b"".join(
            vector(struct.pack("!H", start + at & 0xFFFF) + b"\x01\0\0\1\0\0\0\0\0\0" + b"\x03%03x\0\0\1\0\1" % (start + at & 0xFFF), 2)
            for at in range(63)))


@attack(60_000)
def hello_extensions(draw, size):
    """From inside: a hello with 120 extensions and 16 protocols in a new flow each; each is read."""
    hello = record(client_hello(b"a.example", [(1_000 + at, b"12345") for at in range(120)], [b"p%02d" % at for at in range(16)]))
    for flow in range(size):
        yield Stream(client=INSIDE + flow).send(hello)


@attack(60_000)
def hello_too_many_extensions(draw, size):
    """From inside: a hello with 340 empty extensions in a new flow each; read until there are too many."""
    hello = record(client_hello(b"a.example", [(1_000 + at, b"") for at in range(340)]))
    for flow in range(size):
        yield Stream(client=INSIDE + flow).send(hello)


@attack(60_000)
def hello_records_tiny(draw, size):
    """From inside: a hello in records of one byte, 230 in a segment, seven segments a flow; each record is put together."""
    message = client_hello(b"a.example", [(21, bytes(1_600))])
    stream_bytes = b"".join(b"\x16\x03\x01\0\x01" + message[at:at + 1] for at in range(len(message)))
    segments = full(stream_bytes)
    for flow in range(size // len(segments) + 1):
        stream = Stream(client=INSIDE + flow)
        for segment in segments:
            yield stream.send(segment)


@attack(60_000)
def hello_segments_tiny(draw, size):
    """From inside: a hello of 1,600 bytes in segments of one byte; each segment is put in order and examined."""
    data = record(client_hello(b"a.example", [(21, bytes(1_500))]))
    for flow in range(size // len(data) + 1):
        stream = Stream(client=INSIDE + flow)
        for at in range(len(data)):
            yield stream.send(data[at:at + 1])


@attack(60_000)
def hello_segments_backwards(draw, size):
    """From inside: a hello of 60 bytes in segments of one byte in reverse order; each waits after a gap."""
    data = record(client_hello(b"a"))[:60]
    for flow in range(size // 60 + 1):
        stream = Stream(client=INSIDE + flow)
        yield from stream.open()
        for at in range(len(data) - 1, -1, -1):
            yield stream.at(at, data[at:at + 1])


@attack(60_000)
def certificate_names(draw, size):
    """From outside: a certificate with 250 names in a segment, in a new flow each; each name is made a string and examined."""
    chain = vector(vector(certificate([b"a%d" % (100 + at) for at in range(170)]), 3), 3)
    flight = record(server_hello() + b"\x0b" + vector(chain, 3))
    hello = record(client_hello())
    for flow in range(size // 2 + 1):
        stream = Stream(client=INSIDE + flow)
        yield stream.send(hello)
        yield stream.answer(flight)


@attack(60_000)
def http_fields(draw, size):
    """From inside: a request with 240 empty fields in a segment, in a new flow each; each field is examined."""
    head = b"GET / HTTP/1.1\r\nHost: a.example\r\n" + b"a:\r\n" * 240 + b"\r\n"
    for flow in range(size):
        yield Stream(client=INSIDE + flow, port=80).send(head)


@attack(60_000)
def plain_lines(draw, size):
    """From inside: 480 lines of plain text in a segment, in a new flow each; each line may be followed by a hello."""
    for flow in range(size):
        yield Stream(client=INSIDE + flow, port=587).send(b"EHLO a\r\n" + b"a\r\n" * 480)


HTTP2_OPENING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0"


@attack(60_000)
def hpack_bomb(draw, size):
    """From inside: an authority of 500 bytes in the HPACK table, referenced 1,000 times in each header block; each is looked up."""
    stream = Stream(port=80)
    yield from stream.open()
    value = b"a" * 500
    first = b"\x41\x7f\xf5\x02" + value
    yield stream.send(HTTP2_OPENING + len(first).to_bytes(3, "big") + b"\x01\x04\0\0\0\x01" + first)
    block = b"\xbe" * 1_000
    for index in range(size):
        yield stream.send(len(block).to_bytes(3, "big") + b"\x01\x04" + (2 * index + 3).to_bytes(4, "big") + block)


@attack(60_000)
def hpack_churn(draw, size):
    """From inside: 400 entries into a small HPACK table with each segment; each pushes another one out."""
    stream = Stream(port=80)
    yield from stream.open()
    yield stream.send(HTTP2_OPENING)
    block = b"\x40\0\0" * 480
    for index in range(size):
        yield stream.send(len(block).to_bytes(3, "big") + b"\x01\x04" + (2 * index + 1).to_bytes(4, "big") + block)


@attack(60_000)
def http2_requests_tiny(draw, size):
    """From inside: 145 HTTP/2 requests in a segment, alternating between two authorities of the HPACK table; each begins a record."""
    stream = Stream(port=80)
    yield from stream.open()
    first = b"\x41\x01a\x41\x01b"
    yield stream.send(HTTP2_OPENING + len(first).to_bytes(3, "big") + b"\x01\x04\0\0\0\x01" + first)
    data = b"".join(b"\0\0\x01\x01\x04\0\0\0\x03" + (b"\xbe" if at % 2 else b"\xbf") for at in range(145))
    for _ in range(size):
        yield stream.send(data)


@attack(60_000)
def http2_frames_tiny(draw, size):
    """From inside: 160 empty HTTP/2 frames in a segment; each is a message."""
    stream = Stream(port=80)
    yield from stream.open()
    yield stream.send(HTTP2_OPENING)
    for _ in range(size):
        yield stream.send(b"\0\0\0\0\0\0\0\0\x01" * 160)


@attack(200_000)
def fragments_first(draw, size):
    """From inside: first fragments of datagrams that never become whole; lengthens the table of fragments."""
    for index in range(size):
        yield UP_LINK + ipv4(draw.inside(), SERVER, UDP, udp(draw.port(), 443, bytes(16)), 0x2000, index & 0xFFFF)


@attack(200_000)
def fragments_tiny(draw, size):
    """From inside: datagrams in 250 fragments of eight bytes, in order; lengthens the parts of a datagram."""
    for index in range(size):
        datagram, part = divmod(index, 250)
        data = udp(20_000, 443, b"") if part == 0 else bytes(8)
        yield UP_LINK + ipv4(INSIDE + datagram, SERVER, UDP, data, 0x2000 | part, datagram & 0xFFFF)


@attack(200_000)
def fragments_backwards(draw, size):
    """From inside: datagrams in 250 fragments of eight bytes, last one first, never the first; fragments are moved for each."""
    for index in range(size):
        datagram, part = divmod(index, 250)
        yield UP_LINK + ipv4(INSIDE + datagram, SERVER, UDP, bytes(8), 0x2000 | 500 - 2 * part, datagram & 0xFFFF)


@attack(200_000)
def fragments_overlap(draw, size):
    """From inside: datagrams in fragments with gaps, then full-sized ones over all of them; each is compared with all fragments."""
    for index in range(size):
        datagram, part = divmod(index, 160)
        place, length = (1 + 2 * part, 8) if part < 90 else (0, 1_440)
        yield UP_LINK + ipv4(INSIDE + datagram, SERVER, UDP, bytes([part]) * length, 0x2000 | place, datagram & 0xFFFF)


@attack(200_000)
def fragments_void(draw, size):
    """From inside: IPv6 datagrams in overlapping fragments, which discard them; each makes room for the next one."""
    source, target = bytes.fromhex("fd000000000000000000000000000005"), bytes.fromhex("20010db8000000000000000000000001")
    for index in range(size):
        datagram, part = divmod(index, 4)
        fragment = b"\x11\0" + struct.pack("!HI", part * 8 | 1, datagram) + bytes(24)
        yield GATEWAY + DEVICE + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(fragment), 44, 60) + source + target + fragment


@attack(200_000)
def fragments_whole(draw, size):
    """From inside: datagrams of two fragments that become whole, in a new flow each; each is reassembled."""
    for index in range(size // 2 + 1):
        source, port = draw.inside(), draw.port()
        yield UP_LINK + ipv4(source, SERVER, UDP, udp(port, 443, bytes(16)), 0x2000, index & 0xFFFF)
        yield UP_LINK + ipv4(source, SERVER, UDP, bytes(8), 3, index & 0xFFFF)


@attack(200_000)
def icmp_unreachable(draw, size):
    """From outside: refusals of flows that never existed; each is looked up."""
    for _ in range(size):
        quoted = ipv4(draw.inside(), draw.outside(), TCP, tcp(draw.port(), 443, draw.bits(32), 0, SYN)[:8])
        yield down(draw.outside(), draw.inside(), ICMP, b"\x03\x01\0\0\0\0\0\0" + quoted)


@attack(100_000)
def ipv6_options(draw, size):
    """From inside: IPv6 packets with a chain of extension headers; each header is read."""
    source, target = bytes.fromhex("fd000000000000000000000000000005"), bytes.fromhex("20010db8000000000000000000000001")
    for index in range(size):
        chain = b"\x3c\0" + bytes(6)
        chain = chain * 6 + b"\x06\0" + bytes(6)
        segment = chain + tcp(20_000 + index % 40_000, 443, draw.bits(32), 0, SYN)
        yield GATEWAY + DEVICE + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(segment), 60, 60) + source + target + segment


@attack(100_000)
def gtp_extensions(draw, size):
    """From inside: a GTP-U packet with 300 extension headers before the packet that it carries; each header is read."""
    inner = ipv4(CLIENT, SERVER, TCP, tcp(20_000, 443, 1_000, 0, SYN))
    extensions = b"\x85" + b"\x01\0\0\x85" * 300 + b"\x01\0\0\0"
    for index in range(size):
        data = b"\0\0\0" + extensions + inner
        data = b"\x34\xff" + struct.pack("!HI", len(data), index) + data
        yield up(CLIENT, SERVER, UDP, udp(20_000 + index % 40_000, 2_152, data))


@attack(100_000)
def link_tags(draw, size):
    """From inside: frames with as many MPLS labels as fit before an IP packet; each label is read."""
    labels = b"\0\x01\x00\x3f" * 300 + b"\0\x01\x01\x3f"
    for index in range(size):
        packet = ipv4(CLIENT, SERVER, TCP, tcp(20_000 + index % 40_000, 443, draw.bits(32), 0, SYN))
        yield GATEWAY + DEVICE + b"\x88\x47" + labels + packet


# --- 6: random addresses ---------------------------------------------------------------------------------------------


def random_ends(draw, size, outwards, protocol, segment):
    for _ in range(size):
        if outwards:
            yield up(draw.inside(), draw.outside(), protocol, segment())
        else:
            yield down(draw.outside(), draw.inside(), protocol, segment())


@attack(1_000_000)
def syn_out(draw, size):
    """From inside: SYNs with random inside and outside addresses; lengthens flows, records and devices."""
    return random_ends(draw, size, True, TCP, lambda: tcp(draw.port(), 443, draw.bits(32), 0, SYN))


@attack(1_000_000)
def syn_in(draw, size):
    """From outside: SYNs with random outside and inside addresses; lengthens flows and records."""
    return random_ends(draw, size, False, TCP, lambda: tcp(draw.port(), 443, draw.bits(32), 0, SYN))


@attack(1_000_000)
def udp_out(draw, size):
    """From inside: datagrams of 18 bytes with random inside and outside addresses; lengthens flows, records and devices."""
    data = bytes(18)
    return random_ends(draw, size, True, UDP, lambda: udp(draw.port(), draw.port(), data))


@attack(1_000_000)
def udp_in(draw, size):
    """From outside: datagrams of 18 bytes with random outside and inside addresses; lengthens flows and records."""
    data = bytes(18)
    return random_ends(draw, size, False, UDP, lambda: udp(draw.port(), draw.port(), data))


@attack(1_000_000)
def icmp_out(draw, size):
    """From inside: echo requests with random inside and outside addresses; lengthens flows, records and devices."""
    return random_ends(draw, size, True, ICMP, lambda: b"\x08\0\0\0" + struct.pack("!I", draw.bits(32)) + bytes(18))


@attack(1_000_000)
def icmp_in(draw, size):
    """From outside: echo requests with random outside and inside addresses; lengthens flows and records."""
    return random_ends(draw, size, False, ICMP, lambda: b"\x08\0\0\0" + struct.pack("!I", draw.bits(32)) + bytes(18))


@attack(1_000_000)
def ack_out(draw, size):
    """From inside: bare acknowledgments of connections that were never opened; lengthens flows, records and devices."""
    return random_ends(draw, size, True, TCP, lambda: tcp(draw.port(), 443, draw.bits(32), draw.bits(32), ACK))


@attack(1_000_000)
def ack_in(draw, size):
    """From outside: bare acknowledgments of connections that were never opened; lengthens flows and records."""
    return random_ends(draw, size, False, TCP, lambda: tcp(443, draw.port(), draw.bits(32), draw.bits(32), ACK))


@attack(1_000_000)
def data_out(draw, size):
    """From inside: data in the middle of connections that were never opened; lengthens flows, records and beginnings of streams."""
    data = b"\x17\x03\x03\0\x20" + bytes(13)
    return random_ends(draw, size, True, TCP, lambda: tcp(draw.port(), 443, draw.bits(32), draw.bits(32), PSH | ACK, data))


@attack(1_000_000)
def data_in(draw, size):
    """From outside: data in the middle of connections that were never opened; lengthens flows, records and beginnings of streams."""
    data = b"\x17\x03\x03\0\x20" + bytes(13)
    return random_ends(draw, size, False, TCP, lambda: tcp(443, draw.port(), draw.bits(32), draw.bits(32), PSH | ACK, data))


@attack(1_000_000)
def hello_begun(draw, size):
    """From inside: the first bytes of a hello in connections that were never opened; a beginning of a stream is kept for each."""
    data = record(client_hello(b"a.example"))[:18]
    return random_ends(draw, size, True, TCP, lambda: tcp(draw.port(), 443, draw.bits(32), draw.bits(32), PSH | ACK, data))


@attack(1_000_000)
def syn_hardware(draw, size):
    """From inside: SYNs with random hardware and IP addresses; lengthens the directory of devices."""
    for _ in range(size):
        yield GATEWAY + b"\x02" + draw.bits(40).to_bytes(5, "big") + b"\x08\0" + \
            ipv4(draw.inside(), draw.outside(), TCP, tcp(draw.port(), 443, draw.bits(32), 0, SYN))


@attack(1_000_000)
def syn_vlan(draw, size):
    """From inside: SYNs with random VLAN tags and addresses; lengthens flows and everything that is kept by VLAN."""
    for _ in range(size):
        yield GATEWAY + DEVICE + b"\x81\0" + (1 + draw.bits(11)).to_bytes(2, "big") + b"\x08\0" + \
            ipv4(draw.inside(), draw.outside(), TCP, tcp(draw.port(), 443, draw.bits(32), 0, SYN))


@attack(1_000_000)
def syn_ipv6(draw, size):
    """From inside: SYNs with random IPv6 addresses; lengthens flows, records and devices."""
    near, far = bytes.fromhex("fd00000000000001"), bytes.fromhex("20010db800000001")
    for _ in range(size):
        segment = tcp(draw.port(), 443, draw.bits(32), 0, SYN)
        yield GATEWAY + DEVICE + b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(segment), 6, 60) + near + \
            b"\0" + draw.bytes(7) + far + b"\0" + draw.bytes(7) + segment


@attack(500_000)
def connections_answered(draw, size):
    """From both sides: whole short connections of random inside devices; lengthens records and the devices that are present."""
    for _ in range(size // 5 + 1):
        near, far, port = draw.inside(), draw.outside(), draw.port()
        yield up(near, far, TCP, tcp(port, 443, 1_000, 0, SYN))
        yield down(far, near, TCP, tcp(443, port, 5_000, 1_001, SYN | ACK))
        yield up(near, far, TCP, tcp(port, 443, 1_001, 5_001, FIN | ACK))
        yield down(far, near, TCP, tcp(443, port, 5_001, 1_002, FIN | ACK))
        yield up(near, far, TCP, tcp(port, 443, 1_002, 5_002, ACK))


@attack(500_000)
def syn_reset(draw, size):
    """From both sides: SYN and RST in turn on the same ports; each SYN ends a flow and begins one."""
    for index in range(size // 2 + 1):
        yield up(CLIENT, SERVER, TCP, tcp(40_000, 443, 1_000 + index, 0, SYN))
        yield down(SERVER, CLIENT, TCP, tcp(443, 40_000, 0, 1_001 + index, RST | ACK))


@attack(200_000)
def stored_flows(draw, size):
    """From inside: a hello for a host of a rule in a new flow of a new device each; each is a row of the store."""
    hello = record(client_hello(b"v10.events.data.microsoft.com"))
    for _ in range(size):
        yield up(draw.inside(), draw.outside(), TCP, tcp(draw.port(), 443, 1_001, 5_001, PSH | ACK, hello))


@attack(100_000)
def stored_requests(draw, size):
    """From inside: full-sized requests for a host of a rule in a new flow each; each head is searched for identifiers and stored."""
    head = b"POST /?id=0123456789abcdef HTTP/1.1\r\nHost: v10.events.data.microsoft.com\r\nCookie: "
    head += b"; ".join(b"k%02d=user%02d@example.org" % (at, at) for at in range(50)) + b"\r\n\r\n"
    for _ in range(size):
        yield up(draw.inside(), draw.outside(), TCP, tcp(draw.port(), 80, 1_001, 5_001, PSH | ACK, head))


@attack(200_000)
def stored_attempts(draw, size):
    """From both sides: questions of random devices for a rule's host that does not exist; each is a row of the store and a retry entry."""
    for _ in range(size // 2 + 1):
        client, port = draw.inside(), draw.port()
        query = question(draw.bits(16), b"v10.events.data.microsoft.com")
        yield ask(client, port, query)
        yield answer(client, port, response(query, [], 3))


# --- 7: DNS ----------------------------------------------------------------------------------------------------------


def dns_name(text):
    return b"".join(vector(label, 1) for label in text.split(b".")) + b"\0"


def question(identifier, name, kind=1):
    return struct.pack("!H", identifier) + b"\x01\0\0\1\0\0\0\0\0\0" + dns_name(name) + struct.pack("!HH", kind, 1)


def response(query, answers, code=0, kind=1):
    records = b"".join(b"\xc0\x0c" + struct.pack("!HHI", kind, 1, 300) + vector(each, 2) for each in answers)
    return query[:2] + bytes([0x81, 0x80 | code]) + b"\0\1" + struct.pack("!H", len(answers)) + b"\0\0\0\0" + query[12:] + \
        records


def ask(client, port, query):
    return up(client, RESOLVER, UDP, udp(port, 53, query))


def answer(client, port, message):
    return down(RESOLVER, client, UDP, udp(53, port, message))


def dns_exchange(draw, size, addresses, code=0):
    for _ in range(size // 2 + 1):
        client, port = draw.inside(), draw.port()
        query = question(draw.bits(16), b"n%08x.example" % draw.bits(32))
        yield ask(client, port, query)
        yield answer(client, port, response(query, [draw.outside().to_bytes(4, "big") for _ in range(addresses)], code))


@attack(1_000_000)
def dns_queries(draw, size):
    """From inside: questions of a million clients that are never answered; lengthens the questions that wait."""
    for _ in range(size):
        yield ask(draw.inside(), draw.port(), question(draw.bits(16), b"n%08x.example" % draw.bits(32)))


@attack(1_000_000)
def dns_unanswered(draw, size):
    """From inside: questions to a resolver that answered once; each that times out becomes a record."""
    query = question(1, b"first.example")
    yield ask(CLIENT, 20_000, query)
    yield answer(CLIENT, 20_000, response(query, [b"\xc6\x12\0\x01"]))
    for _ in range(size):
        yield ask(draw.inside(), draw.port(), question(draw.bits(16), b"n%08x.example" % draw.bits(32)))


@attack(1_000_000)
def dns_answers(draw, size):
    """From both sides: questions of a million clients, each answered with one address; lengthens what clients learned."""
    return dns_exchange(draw, size, 1)


@attack(200_000)
def dns_answers_many(draw, size):
    """From both sides: questions of many clients, each answered with 80 addresses; lengthens what clients learned."""
    return dns_exchange(draw, size, 80)


@attack(1_000_000)
def dns_name_errors(draw, size):
    """From both sides: questions of a million clients for names that do not exist; each is a record of an attempt."""
    return dns_exchange(draw, size, 0, 3)


@attack(1_000_000, gap=0)
def dns_standing_time(draw, size):
    """From both sides: questions and answers whose time stamps do not advance; lengthens the queue of questions, of which none expires."""
    return dns_exchange(draw, size, 1)


@attack(200_000, gap=0)
def dns_standing_repeated(draw, size):
    """From the supplier of a capture: one question again and again, answered at once, at one time; lengthens the queue of questions."""
    query = question(7, b"a.example")
    reply = response(query, [b"\xc6\x12\0\x01"])
    for _ in range(size // 2 + 1):
        yield ask(CLIENT, 20_000, query)
        yield answer(CLIENT, 20_000, reply)


@attack(1_000_000)
def dns_answered_at_once(draw, size):
    """From both sides: one client asks and is answered again and again; lengthens the queue with questions that are answered already."""
    for index in range(size // 2 + 1):
        query = question(index & 0xFFFF, b"a.example")
        yield ask(CLIENT, 20_000, query)
        yield answer(CLIENT, 20_000, response(query, [b"\xc6\x12\0\x01"]))


@attack(400_000)
def dns_candidates(draw, size):
    """From both sides: a new name for the same address with each answer; lengthens the names that lead to an address."""
    for _ in range(size // 2 + 1):
        query = question(draw.bits(16), names_of(draw, 240))
        yield ask(CLIENT, 20_000, query)
        yield answer(CLIENT, 20_000, response(query, [b"\xc6\x12\0\x01"]))


@attack(400_000)
def dns_encrypted_hello(draw, size):
    """From both sides: service bindings that offer Encrypted ClientHello for new names; lengthens hidden and public names."""
    for _ in range(size // 2 + 1):
        query = question(draw.bits(16), b"n%08x.example" % draw.bits(32), 65)
        outer = b"p%08x.example" % draw.bits(32)
        contents = b"\x01\0\x20" + vector(bytes(32), 2) + vector(b"\0\1\0\1", 2) + b"\x40" + vector(outer, 1) + b"\0\0"
        configuration = b"\xfe\x0d" + vector(contents, 2)
        data = b"\0\1\0\0\5" + vector(vector(configuration, 2), 2)
        yield ask(CLIENT, 20_000, query)
        yield answer(CLIENT, 20_000, response(query, [data], kind=65))


@attack(400_000)
def dns_resolvers(draw, size):
    """From inside: each question to a new resolver, which answers; lengthens the known resolvers."""
    for _ in range(size // 2 + 1):
        client, resolver, port = draw.inside(), draw.outside(), draw.port()
        query = question(draw.bits(16), b"a.example")
        yield up(client, resolver, UDP, udp(port, 53, query))
        yield down(resolver, client, UDP, udp(53, port, response(query, [b"\xc6\x12\0\x01"])))


# --- time and the rest -----------------------------------------------------------------------------------------------


@attack(20_000, gap=3_700 * SECOND)
def time_jumps(draw, size):
    """From the supplier of a capture: each packet an hour later than the one before; the timer wheel turns, and hours are added."""
    for index in range(size):
        yield up(CLIENT, SERVER, TCP, tcp(20_000 + index % 40_000, 443, draw.bits(32), 0, SYN))


@attack(200_000)
def routers(draw, size):
    """From inside: one device with a new inside address for each packet, to one address outside; lengthens the directory of devices."""
    for index in range(size):
        yield up(INSIDE + index, SERVER, UDP, udp(20_000, 40_001, bytes(18)))


@attack(200_000)
def names_new(draw, size):
    """From inside: hellos with a new name each, in a new flow each; lengthens every table of names."""
    for flow in range(size):
        yield Stream(client=INSIDE + flow % 1_000, client_port=20_000 + flow % 40_000, server=OUTSIDE + flow // 40_000).send(
            record(client_hello(b"n%08x.example" % draw.bits(32))))


# --- ordinary traffic, to compare with -------------------------------------------------------------------------------


def ordinary_small():
    """Name, connection, a few small messages, end: 12 packets of 54 to 110 bytes."""
    draw = Draw("ordinary/small")
    while True:
        client, port = 0x0A140100 + draw.bits(11), draw.port()
        number = draw.bits(12)
        server = OUTSIDE + 0x100 + number
        query = question(draw.bits(16), b"host-%d.example" % number)
        yield ask(client, port, query)
        yield answer(client, port, response(query, [server.to_bytes(4, "big")]))
        stream = Stream(client, server, 5_222, port)
        yield from stream.open()
        yield stream.send(b"")
        yield stream.send(b"\xfe hello")
        yield stream.answer(b"\xfe welcome")
        yield stream.send(b"")
        yield up(client, server, TCP, tcp(port, 5_222, stream.sent, stream.answered, FIN | ACK))
        yield down(server, client, TCP, tcp(5_222, port, stream.answered, stream.sent + 1, ACK))
        yield down(server, client, TCP, tcp(5_222, port, stream.answered, stream.sent + 1, FIN | ACK))
        yield up(client, server, TCP, tcp(port, 5_222, stream.sent + 1, stream.answered + 1, ACK))


def ordinary_data(length, index):
    """A TLS connection of a hundred records of `length` bytes, up and down."""
    draw = Draw(f"ordinary/{length}/{index}")
    while True:
        client, port = 0x0A140100 + draw.bits(11), draw.port()
        number = draw.bits(12)
        stream = Stream(client, OUTSIDE + 0x100 + number, 443, port)
        yield from stream.open()
        hello = record(client_hello(b"host-%d.example" % number, [(21, bytes(max(length - 130, 0)))]))
        for part in full(hello):
            yield stream.send(part)
        flight = record(b"\x02" + vector(b"\x03\x03" + bytes(32) + b"\0\x13\x01\0" + vector(b"\0\x2b\0\2\3\4", 2), 3))
        yield stream.answer(flight + b"\x17\x03\x03" + vector(bytes(max(length - len(flight) - 5, 1)), 2))
        data = b"\x17\x03\x03" + vector(bytes(length - 5), 2)
        for _ in range(34):
            yield stream.send(data)
            yield stream.answer(data)
            yield stream.answer(data)


def ordinary(draw, size, frame_bytes):
    """Everyday traffic whose packets have about `frame_bytes` bytes, of 1,000 connections at a time."""
    if frame_bytes < 130:
        flows = [ordinary_small() for _ in range(1)]
        return itertools.islice(flows[0], size)
    flows = [ordinary_data(frame_bytes - 54, index) for index in range(min(1_000, max(size // 100, 1)))]
    return itertools.islice(itertools.chain.from_iterable(zip(*flows)), size)


# --- writing ---------------------------------------------------------------------------------------------------------


def genuine_client(index, turns, name):
    """One client's visit as frames: the question for the name, its answer, and the handshake."""
    client, server = GENUINE_CLIENTS + index, GENUINE_SERVERS + index % 250
    hardware = b"\x02\x00\x5e\x10" + index.to_bytes(2, "big")
    link_up, link_down = GATEWAY + hardware + b"\x08\0", hardware + GATEWAY + b"\x08\0"
    query = question(index & 0xFFFF, name.encode())
    yield link_up + ipv4(client, RESOLVER, UDP, udp(40_000, 53, query))
    yield link_down + ipv4(RESOLVER, client, UDP, udp(53, 40_000, response(query, [server.to_bytes(4, "big")])))
    sent, answered = 1_001, 5_001
    yield link_up + ipv4(client, server, TCP, tcp(40_000, 443, 1_000, 0, SYN))
    yield link_down + ipv4(server, client, TCP, tcp(443, 40_000, 5_000, 1_001, SYN | ACK))
    for is_up, data in turns:
        for part in full(data):
            if is_up:
                yield link_up + ipv4(client, server, TCP, tcp(40_000, 443, sent, answered, PSH | ACK, part))
                sent += len(part)
            else:
                yield link_down + ipv4(server, client, TCP, tcp(443, 40_000, answered, sent, PSH | ACK, part))
                answered += len(part)
    yield link_up + ipv4(client, server, TCP, tcp(40_000, 443, sent, answered, FIN | ACK))
    yield link_down + ipv4(server, client, TCP, tcp(443, 40_000, answered, sent + 1, FIN | ACK))


# Time of a client between one packet and its next, in nanoseconds.
GENUINE_PAUSE = 5_000_000


def with_genuine(frames, gap, size, count, tell):
    """Mixes `count` visits in, started evenly during the attack; gives (time, frame)."""
    length = max(size * gap, 1)
    waiting = []
    for index in range(count):
        name = genuine_name(index)
        heapq.heappush(waiting, (index * length // max(count, 1), index, genuine_client(index, tell(index, name), name)))
    at = 0
    for frame in frames:
        while waiting and waiting[0][0] <= at:
            due, index, visit = heapq.heappop(waiting)
            part = next(visit, None)
            if part is not None:
                yield at, part
                heapq.heappush(waiting, (due + GENUINE_PAUSE, index, visit))
        yield at, frame
        at += gap
    # Visits that last longer than the attack are completed.
    while waiting:
        due, index, visit = heapq.heappop(waiting)
        part = next(visit, None)
        if part is not None:
            at = max(at, due)
            yield at, part
            heapq.heappush(waiting, (due + GENUINE_PAUSE, index, visit))


def genuine_name(index):
    return f"genuine-{index}.example"


def write_frames(path, frames):
    """Classic pcap with nanoseconds. Gives the number of packets and their bytes."""
    pack = struct.Struct("<IIII").pack
    packets = total = 0
    chunk, chunk_size = [struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262_144, 1)], 0
    with open(path, "wb") as file:
        for at, frame in frames:
            at += BEGIN
            length = len(frame)
            chunk.append(pack(at // SECOND, at % SECOND, length, length))
            chunk.append(frame)
            packets += 1
            total += length
            chunk_size += length
            if chunk_size > 1 << 20:
                file.write(b"".join(chunk))
                chunk, chunk_size = [], 0
        file.write(b"".join(chunk))
    return packets, total


def write(name, path, size, seed, genuine, tell):
    """Writes an attack and gives the facts about it.

    `tell`: the turns of a handshake, by the client's number and the name that it asks for.
    """
    if name.startswith("ordinary-"):
        frame_bytes = int(name[len("ordinary-"):])
        gap, size = GAP, size or 200_000
        frames = ordinary(Draw(seed), size, frame_bytes)
    else:
        kind = ATTACKS[name]
        gap, size = kind.gap, size or kind.packets
        frames = itertools.islice(kind.frames(Draw(f"{name}/{seed}"), size), size)
    packets, total = write_frames(path, with_genuine(frames, gap, size, genuine, tell))
    return {"attack": name, "packets": packets, "bytes_on_wire": total,
            "genuine_names": [genuine_name(index) for index in range(genuine)]}


def listed():
    """All attacks by name, with the docstrings of their generators."""
    width = max(len(name) for name in ATTACKS)
    return "\n".join(f"{kind.name:{width}}  {kind.says}" for kind in ATTACKS.values())
