/* Makes the load captures of scripts/bench: classic pcap with nanoseconds, Ethernet, the same bytes for the same arguments.
 *
 *   cc -O2 -o make-load make-load.c -lcrypto -lm
 *   make-load LOAD FILE [--scale FACTOR] [--seed NUMBER] [--truth FILE]
 *
 * LOAD   mix        a gateway's traffic: DNS, TLS, QUIC, HTTP, bulk data; 4 million packets of 790 bytes
 *        small      10 million packets of at most 100 bytes, drawn at random from 1 million flows: a flow table without locality
 *        handshake  300,000 visits that are hardly more than a DNS exchange and a ClientHello
 *        quic       100,000 QUIC clients, each with its Initial packets only, encrypted with their real keys (RFC 9001 §5)
 *
 * The truth is a line for each name that a flow shows: protocol, client, server, port and name, divided by tabs, as `inspect` prints
 * them. What the load holds in all is printed as JSON. TCP and UDP checksums are zero; all else is as a sender makes it. */
#include <arpa/inet.h>
#include <math.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void fail(const char *what) {
  perror(what);
  exit(3);
}

/* --- chance ------------------------------------------------------------------------------------------------------ */

static uint64_t random_state;

/* SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014). */
static uint64_t mix64(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

static uint64_t random64(void) { return mix64(random_state += 0x9e3779b97f4a7c15); }
static uint32_t below(uint32_t limit) { return (uint32_t)(((random64() >> 32) * limit) >> 32); }
static bool in_hundred(uint32_t share) { return below(100) < share; }
static double fraction(void) { return (double)(random64() >> 11) * 0x1p-53; }

/* Bytes that look encrypted, for payloads that nobody reads. */
static uint8_t noise[1 << 20];
static const uint8_t *some_noise(uint32_t length) { return noise + below(sizeof noise - length); }

/* --- bytes ------------------------------------------------------------------------------------------------------- */

/* Each function appends at `end` and returns the new end. */
static uint8_t *put8(uint8_t *end, uint32_t value) { *end = (uint8_t)value; return end + 1; }
static uint8_t *put16(uint8_t *end, uint32_t value) { return put8(put8(end, value >> 8), value); }
static uint8_t *put32(uint8_t *end, uint32_t value) { return put16(put16(end, value >> 16), value); }
static uint8_t *put_bytes(uint8_t *end, const void *bytes, size_t length) { memcpy(end, bytes, length); return end + length; }
static uint8_t *put_random(uint8_t *end, uint32_t length) { return put_bytes(end, some_noise(length), length); }
/* RFC 9000 §16; values below 2^14. */
static uint8_t *put_varint(uint8_t *end, uint32_t value) { return value < 64 ? put8(end, value) : put16(end, 0x4000 | value); }
/* Sets the length of what was written behind the two bytes at `length`. */
static void close16(uint8_t *length, const uint8_t *end) { put16(length, (uint32_t)(end - length - 2)); }

/* --- who talks to whom ------------------------------------------------------------------------------------------- */

enum { CLIENTS = 2000, NAMES = 5000, ADDRESSES_OF_NAME = 3 };

static char names[NAMES][64];
static double popularity[NAMES]; /* cumulated */

/* Names that rules describe, so that a part of the flows ends in the store. */
static const char *const telemetry_names[] = {
    "vortex.data.microsoft.com", "settings-win.data.microsoft.com", "v10.events.data.microsoft.com",
    "v20.events.data.microsoft.com", "eu-v20.events.data.microsoft.com", "self.events.data.microsoft.com",
    "watson.telemetry.microsoft.com", "functional.events.data.microsoft.com", "browser.events.data.msn.com",
    "mobile.events.data.microsoft.com", "dc.services.visualstudio.com", "nexusrules.officeapps.live.com",
    "config.edge.skype.com", "incoming.telemetry.mozilla.org", "app-measurement.com", "www.google-analytics.com",
};

static void make_names(void) {
  static const char *const words[] = {"api", "cdn", "events", "img", "login", "mail", "news", "shop", "static", "update", "video", "www"};
  static const char *const endings[] = {"example.com", "example.net", "example.org", "example.de", "example.co.uk", "cloud.example.eu"};
  double sum = 0;
  for (int index = 0; index < NAMES; index++) {
    if (index % 10 == 3 && index / 10 < (int)(sizeof telemetry_names / sizeof *telemetry_names)) {
      strcpy(names[index], telemetry_names[index / 10]);
    } else {
      snprintf(names[index], sizeof names[index], "%s-%d.%s", words[below(12)], index, endings[below(6)]);
    }
    /* A few names get most visits (Zipf). */
    popularity[index] = sum += 1 / pow(index + 5, 0.85);
  }
}

static int choose_name(void) {
  double wanted = fraction() * popularity[NAMES - 1];
  int first = 0, last = NAMES - 1;
  while (first < last) {
    int middle = (first + last) / 2;
    if (popularity[middle] < wanted) first = middle + 1;
    else last = middle;
  }
  return first;
}

typedef struct {
  bool is_ipv6;
  uint8_t client[16], server[16];
  uint16_t client_index, client_port, server_port;
} Ends;

/* The address of a server: one for each number. */
static void set_server(Ends *ends, uint64_t number) {
  uint64_t hash = mix64(number * 2 + 1);
  if (ends->is_ipv6) {
    static const uint8_t prefix[8] = {0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff};
    memcpy(ends->server, prefix, 8);
    memcpy(ends->server + 8, &hash, 8);
  } else {
    put32(ends->server, 0xc6120000 | (hash & 0x1ffff)); /* 198.18.0.0/15 (RFC 2544) */
  }
}

static void set_client(Ends *ends, bool is_ipv6) {
  memset(ends, 0, sizeof *ends);
  ends->is_ipv6 = is_ipv6;
  ends->client_index = (uint16_t)below(CLIENTS);
  /* One port after another, as systems give them: no two visits at a time are one flow. */
  static uint16_t visits[CLIENTS];
  ends->client_port = (uint16_t)(32768 + visits[ends->client_index]++ % 28000);
  if (is_ipv6) {
    put16(put32(ends->client, 0xfd123456), 0x789a); /* unique local (RFC 4193) */
    put16(ends->client + 14, ends->client_index + 1u);
  } else {
    put32(ends->client, 0x0a140000 + 256 + ends->client_index);
  }
}

static Ends to_resolver(Ends ends, uint16_t port) {
  if (ends.is_ipv6) {
    memset(ends.server, 0, 16);
    put16(put32(ends.server, 0xfd123456), 0x789a);
    ends.server[14] = 0xff;
    ends.server[15] = 0x53;
  } else {
    put32(ends.server, 0x0a140035);
  }
  ends.client_port = port;
  ends.server_port = 53;
  return ends;
}

/* --- output ------------------------------------------------------------------------------------------------------ */

static FILE *capture, *truth;
static uint64_t now; /* nanoseconds since 1970 */
static uint64_t packets, bytes_on_wire, flows;
enum { DNS, TLS, HTTP, QUIC, PROTOCOLS };
static const char *const protocol_names[] = {"dns", "tls", "http", "quic"};
static uint64_t named[PROTOCOLS];

static void tell_truth(int protocol, const Ends *ends, const char *name) {
  named[protocol]++;
  if (!truth) return;
  char client[INET6_ADDRSTRLEN], server[INET6_ADDRSTRLEN];
  int family = ends->is_ipv6 ? AF_INET6 : AF_INET;
  inet_ntop(family, ends->client, client, sizeof client);
  inet_ntop(family, ends->server, server, sizeof server);
  fprintf(truth, "%s\t%s\t%s\t%u\t%s\n", protocol_names[protocol], client, server, ends->server_port, name);
}

enum { TCP_PROTOCOL = 6, UDP_PROTOCOL = 17 };
enum { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

static void write_frame(const Ends *ends, bool is_up, int protocol, const uint8_t *header, size_t header_length,
                        const uint8_t *payload, size_t length) {
  static uint16_t identification;
  const uint8_t gateway[6] = {2, 0, 0xfe, 0, 0, 1};
  const uint8_t host[6] = {2, 0, 0x5e, 0, (uint8_t)(ends->client_index >> 8), (uint8_t)ends->client_index};
  const uint8_t *source = is_up ? ends->client : ends->server, *destination = is_up ? ends->server : ends->client;
  uint8_t frame[2048], *end = put_bytes(put_bytes(frame, is_up ? gateway : host, 6), is_up ? host : gateway, 6);
  uint32_t segment = (uint32_t)(header_length + length);
  if (ends->is_ipv6) {
    end = put8(put8(put16(put32(put16(end, 0x86dd), 0x60000000), segment), (uint32_t)protocol), 60);
    end = put_bytes(put_bytes(end, source, 16), destination, 16);
  } else {
    uint8_t *ip = put16(end, 0x0800);
    end = put32(put16(put16(put16(ip, 0x4500), 20 + segment), ++identification), 0x40003c00u | (uint32_t)protocol);
    end = put_bytes(put_bytes(put16(end, 0), source, 4), destination, 4);
    uint32_t sum = 0;
    for (int index = 0; index < 20; index += 2) sum += (uint32_t)ip[index] << 8 | ip[index + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    put16(ip + 10, ~(sum + (sum >> 16)));
  }
  end = put_bytes(put_bytes(end, header, header_length), payload, length);
  while (end < frame + 60) end = put8(end, 0); /* the shortest Ethernet frame, without its check sequence */
  uint32_t size = (uint32_t)(end - frame);
  const uint32_t record[4] = {(uint32_t)(now / 1000000000), (uint32_t)(now % 1000000000), size, size};
  if (fwrite(record, sizeof record, 1, capture) != 1 || fwrite(frame, size, 1, capture) != 1) fail("writing the capture");
  packets++;
  bytes_on_wire += size;
}

static void write_udp(const Ends *ends, bool is_up, const uint8_t *payload, size_t length) {
  uint8_t header[8], *end = put16(header, is_up ? ends->client_port : ends->server_port);
  put16(put16(put16(end, is_up ? ends->server_port : ends->client_port), (uint32_t)(8 + length)), 0);
  write_frame(ends, is_up, UDP_PROTOCOL, header, 8, payload, length);
}

typedef struct {
  uint32_t up, down; /* next sequence numbers */
} Sequence;

static void write_tcp(const Ends *ends, Sequence *sequence, bool is_up, int flags, const uint8_t *payload, size_t length) {
  uint32_t *own = is_up ? &sequence->up : &sequence->down, other = is_up ? sequence->down : sequence->up;
  size_t header_length = flags & SYN ? 40 : 32;
  uint8_t header[40], *end = put16(header, is_up ? ends->client_port : ends->server_port);
  end = put16(end, is_up ? ends->server_port : ends->client_port);
  end = put32(put32(end, *own), flags & ACK ? other : 0);
  end = put16(put16(put16(put8(put8(end, (uint32_t)header_length << 2), (uint32_t)flags), 64240), 0), 0);
  /* Maximum segment size, selective acknowledgements, window scale; timestamps (RFC 7323 §3.2). */
  if (flags & SYN) end = put32(put16(put16(put16(end, 0x0204), 1440), 0x0402), 0x03030701);
  else end = put16(end, 0x0101);
  end = put32(put16(end, 0x080a), (uint32_t)(now / 1000000));
  put32(end, flags & ACK ? (uint32_t)(now / 1000000) - 20 : 0);
  write_frame(ends, is_up, TCP_PROTOCOL, header, header_length, payload, length);
  *own += (uint32_t)length + ((flags & (SYN | FIN)) != 0);
}

/* --- messages ---------------------------------------------------------------------------------------------------- */

static uint8_t *put_dns_name(uint8_t *end, const char *name) {
  while (*name) {
    size_t length = strcspn(name, ".");
    end = put_bytes(put8(end, (uint32_t)length), name, length);
    name += length + (name[length] == '.');
  }
  return put8(end, 0);
}

/* RFC 1035 §4.1. The answer leads through up to three aliases to one of several addresses, which is that of `ends`. */
static size_t make_dns(uint8_t *message, bool is_answer, uint16_t identifier, const char *name, const Ends *ends) {
  uint32_t type = ends->is_ipv6 ? 28 : 1, count = 0, owner = 12;
  bool has_edns = identifier & 1;
  uint8_t *end = put16(put16(put16(message, identifier), is_answer ? 0x8180 : 0x0100), 1);
  end = put16(put16(put16(end, 0), 0), has_edns);
  end = put16(put16(put_dns_name(end, name), type), 1);
  if (is_answer) {
    uint64_t hash = 0;
    for (const char *each = name; *each; each++) hash = hash * 131 + (uint8_t)*each;
    hash = mix64(hash);
    for (uint64_t alias = hash % 5 < 2 ? 1 + hash % 3 : 0; alias > 0; alias--, count++) {
      char target[64];
      snprintf(target, sizeof target, "e%u.edge%u.content.example.net", (unsigned)(hash >> 16) % 99991, (unsigned)alias);
      end = put32(put16(put16(put16(end, 0xc000 | owner), 5), 1), 60 + (uint32_t)(hash >> 8) % 3600);
      uint8_t *length = end;
      owner = (uint32_t)(end + 2 - message);
      end = put_dns_name(end + 2, target);
      close16(length, end);
    }
    uint64_t addresses = 1 + (hash >> 24) % 4, own = (hash >> 32) % addresses;
    for (uint64_t index = 0; index < addresses; index++, count++) {
      Ends other = *ends;
      if (index != own) set_server(&other, hash + index);
      uint32_t length = ends->is_ipv6 ? 16 : 4;
      end = put32(put16(put16(put16(end, 0xc000 | owner), type), 1), 30 + (uint32_t)(hash >> 40) % 300);
      end = put_bytes(put16(end, length), other.server, length);
    }
    put16(message + 6, count);
  }
  if (has_edns) end = put16(put32(put16(put16(put8(end, 0), 41), 1232), 0), 0);
  return (size_t)(end - message);
}

/* A ClientHello (RFC 8446 §4.1.2) as browsers send it: extensions in random order, a post-quantum key share in some, which makes it longer than
 * a segment, and an ECH extension without meaning (GREASE) in half of those over TCP. */
static size_t make_client_hello(uint8_t *message, const char *name, bool is_post_quantum, bool is_quic) {
  enum { SERVER_NAME = 0, GROUPS = 10, SIGNATURES = 13, PROTOCOLS_OFFERED = 16, EXTENDED_MASTER_SECRET = 23, TICKET = 35, VERSIONS = 43,
         KEY_EXCHANGE_MODES = 45, KEY_SHARE = 51, TRANSPORT_PARAMETERS = 57, ENCRYPTED_HELLO = 0xfe0d };
  uint32_t order[] = {SERVER_NAME, GROUPS, SIGNATURES, PROTOCOLS_OFFERED, EXTENDED_MASTER_SECRET, TICKET, VERSIONS, KEY_EXCHANGE_MODES,
                      KEY_SHARE, is_quic ? TRANSPORT_PARAMETERS : ENCRYPTED_HELLO};
  uint32_t count = sizeof order / sizeof *order;
  for (uint32_t index = count - 1; index > 0; index--) {
    uint32_t other = below(index + 1), moved = order[index];
    order[index] = order[other];
    order[other] = moved;
  }
  uint8_t *end = put_random(put16(put32(message, 0x01000000), 0x0303), 32);
  end = is_quic ? put8(end, 0) : put_random(put8(end, 32), 32);
  static const uint8_t suites[] = {0x13, 0x01, 0x13, 0x02, 0x13, 0x03, 0xc0, 0x2b, 0xc0, 0x2f, 0xc0, 0x2c, 0xc0, 0x30, 0xcc, 0xa9, 0xcc, 0xa8};
  uint32_t suite_bytes = is_quic ? 6 : sizeof suites;
  end = put16(put_bytes(put16(end, suite_bytes), suites, suite_bytes), 0x0100);
  uint8_t *extensions = end;
  end += 2;
  for (uint32_t index = 0; index < count; index++) {
    bool is_left_out = (is_quic && (order[index] == EXTENDED_MASTER_SECRET || order[index] == TICKET))
      || (order[index] == ENCRYPTED_HELLO && in_hundred(50)) || (order[index] == SERVER_NAME && !name);
    if (is_left_out) continue;
    uint8_t *length = put16(end, order[index]);
    end = length + 2;
    switch (order[index]) {
    case SERVER_NAME: {
      uint32_t name_length = (uint32_t)strlen(name);
      end = put_bytes(put16(put8(put16(end, name_length + 3), 0), name_length), name, name_length);
      break;
    }
    case GROUPS:
      end = is_post_quantum ? put32(put32(put16(end, 8), 0x11ec001d), 0x00170018) : put16(put32(put16(end, 6), 0x001d0017), 0x0018);
      break;
    case SIGNATURES:
      end = put32(put32(put16(end, 8), 0x04030804), 0x04010503);
      break;
    case PROTOCOLS_OFFERED:
      end = is_quic ? put_bytes(end, "\0\3\2h3", 5) : put_bytes(end, "\0\x0c\2h2\x08http/1.1", 14);
      break;
    case VERSIONS:
      end = is_quic ? put16(put8(end, 2), 0x0304) : put32(put8(end, 4), 0x03040303);
      break;
    case KEY_EXCHANGE_MODES:
      end = put16(end, 0x0101);
      break;
    case KEY_SHARE: {
      uint8_t *shares = end;
      end += 2;
      if (is_post_quantum) end = put_random(put16(put16(end, 0x11ec), 1216), 1216);
      end = put_random(put16(put16(end, 0x001d), 32), 32);
      close16(shares, end);
      break;
    }
    case TRANSPORT_PARAMETERS:
      /* RFC 9000 §18.2: idle time, payload, data, streams. */
      end = put_bytes(end, "\1\4\x80\0\x75\x30\3\2\x45\xc0\4\4\x80\xf0\0\0\5\4\x80\x60\0\0\x08\2\x40\x64\x0f\0", 28);
      break;
    case ENCRYPTED_HELLO:
      end = put16(put8(put32(put8(end, 0), 0x00010001), below(256)), 32);
      end = put_random(put16(put_random(end, 32), 144), 144);
      break;
    }
    close16(length, end);
  }
  close16(extensions, end);
  put16(message + 2, (uint32_t)(end - message - 4));
  return (size_t)(end - message);
}

/* ServerHello, then what is encrypted of the handshake, in records. */
static size_t make_server_flight(uint8_t *record, bool has_records) {
  uint8_t *message = record + (has_records ? 5 : 0);
  uint8_t *end = put_random(put16(put32(message, 0x02000000), 0x0303), 32);
  end = put8(put16(has_records ? put_random(put8(end, 32), 32) : put8(end, 0), 0x1301), 0);
  uint8_t *extensions = end;
  end = put16(put16(put16(end + 2, 43), 2), 0x0304);
  end = put_random(put16(put16(put16(put16(end, 51), 36), 0x001d), 32), 32);
  close16(extensions, end);
  put16(message + 2, (uint32_t)(end - message - 4));
  if (!has_records) return (size_t)(end - record);
  put16(put16(put8(record, 22), 0x0303), (uint32_t)(end - message));
  end = put_bytes(end, "\x14\3\3\0\1\1", 6);
  return (size_t)(put_random(put16(put16(put8(end, 23), 0x0303), 900), 900) - record);
}

/* --- QUIC Initial packets ---------------------------------------------------------------------------------------- */

static void hmac(const uint8_t *key, size_t key_length, const uint8_t *bytes, size_t length, uint8_t result[32]) {
  unsigned size = 32;
  if (!HMAC(EVP_sha256(), key, (int)key_length, bytes, length, result, &size)) fail("HMAC");
}

/* RFC 8446 §7.1; lengths up to 32. */
static void expand_label(const uint8_t secret[32], const char *label, uint8_t *result, uint32_t length) {
  uint8_t info[64], block[32], *end = put8(put16(info, length), (uint32_t)(6 + strlen(label)));
  end = put8(put8(put_bytes(put_bytes(end, "tls13 ", 6), label, strlen(label)), 0), 1);
  hmac(secret, 32, info, (size_t)(end - info), block);
  memcpy(result, block, length);
}

typedef struct {
  uint8_t key[16], nonce[12], header_key[16];
} InitialKeys;

/* RFC 9001 §5.2. */
static void derive_initial_keys(InitialKeys *keys, const uint8_t connection_id[8], const char *side) {
  static const uint8_t salt[20] = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                                   0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
  uint8_t initial[32], secret[32];
  hmac(salt, sizeof salt, connection_id, 8, initial);
  expand_label(initial, side, secret, 32);
  expand_label(secret, "quic key", keys->key, 16);
  expand_label(secret, "quic iv", keys->nonce, 12);
  expand_label(secret, "quic hp", keys->header_key, 16);
}

/* Seals frames as an Initial packet of `size` bytes (RFC 9000 §17.2.2, RFC 9001 §5.3 and §5.4). */
static size_t seal_initial(uint8_t *packet, const InitialKeys *keys, const uint8_t *destination_id, size_t destination_length,
                           const uint8_t *source_id, size_t source_length, uint32_t number, const uint8_t *frames, size_t length,
                           size_t size) {
  static EVP_CIPHER_CTX *sealing, *masking;
  if (!sealing) sealing = EVP_CIPHER_CTX_new(), masking = EVP_CIPHER_CTX_new();
  uint8_t *end = put_bytes(put8(put32(put8(packet, 0xc1), 1), (uint32_t)destination_length), destination_id, destination_length);
  end = put8(put_bytes(put8(end, (uint32_t)source_length), source_id, source_length), 0);
  size_t header_length = (size_t)(end - packet) + 4, plain_length = size - header_length - 16;
  uint8_t *number_at = put16(end, 0x4000u | (uint32_t)(2 + plain_length + 16));
  uint8_t plain[2048] = {0}, nonce[12], mask[16];
  memcpy(plain, frames, length);
  memcpy(nonce, keys->nonce, 12);
  nonce[11] ^= number;
  uint8_t *sealed = put16(number_at, number);
  int written;
  bool ok = EVP_EncryptInit_ex(sealing, EVP_aes_128_gcm(), NULL, keys->key, nonce)
    && EVP_EncryptUpdate(sealing, NULL, &written, packet, (int)header_length)
    && EVP_EncryptUpdate(sealing, sealed, &written, plain, (int)plain_length)
    && EVP_EncryptFinal_ex(sealing, sealed + written, &written)
    && EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_GCM_GET_TAG, 16, sealed + plain_length)
    && EVP_EncryptInit_ex(masking, EVP_aes_128_ecb(), NULL, keys->header_key, NULL)
    && EVP_EncryptUpdate(masking, mask, &written, number_at + 4, 16);
  if (!ok) fail("libcrypto");
  packet[0] ^= mask[0] & 0x0f;
  number_at[0] ^= mask[1];
  number_at[1] ^= mask[2];
  return size;
}

static uint8_t *put_crypto(uint8_t *end, const uint8_t *message, size_t from, size_t to) {
  return put_bytes(put_varint(put_varint(put8(end, 6), (uint32_t)from), (uint32_t)(to - from)), message + from, to - from);
}

/* --- visits ------------------------------------------------------------------------------------------------------ */

typedef enum { ASKS_ONLY, TLS_VISIT, HTTP_VISIT, QUIC_VISIT, OTHER_VISIT } Kind;
typedef enum { QUESTION, ANSWER, OPENING, OPENING_ANSWER, OPENING_ACKNOWLEDGED, HELLO, REST_OF_HELLO, REPLY, DATA, CLOSING, CLOSING_ANSWER, LAST, OVER } Step;

/* What a client does with one name: a DNS exchange, and the flow that follows. */
typedef struct {
  Kind kind;
  Step step;
  Ends ends;
  Sequence sequence;
  int name; /* -1: the hello shows none */
  uint16_t question;
  bool is_post_quantum, is_upload;
  uint32_t data_packets;
  uint8_t *hello; /* the part of a long hello that comes in the second packet, with its length */
  size_t hello_length;
  uint8_t client_id[8], server_id[8];
} Visit;

static bool has_data = true;
static const uint32_t *shares; /* of each kind, in hundred */

/* Most flows are short; few carry most of the bytes (Pareto). */
static uint32_t data_length(void) {
  double count = 4 * pow(1 - fraction(), -1 / 1.15);
  return count > 4000 ? 4000 : (uint32_t)count;
}

static void begin_visit(Visit *visit, Kind kind) {
  memset(visit, 0, sizeof *visit);
  visit->kind = kind;
  set_client(&visit->ends, in_hundred(25));
  visit->ends.server_port = kind == HTTP_VISIT ? 80 : 443;
  visit->name = choose_name();
  set_server(&visit->ends, (uint64_t)visit->name * ADDRESSES_OF_NAME + below(ADDRESSES_OF_NAME));
  visit->sequence = (Sequence){(uint32_t)random64(), (uint32_t)random64()};
  visit->data_packets = data_length();
  visit->is_upload = kind != HTTP_VISIT && in_hundred(15);
  visit->is_post_quantum = (kind == TLS_VISIT || kind == QUIC_VISIT) && in_hundred(kind == TLS_VISIT ? 25 : 15);
  visit->question = (uint16_t)random64();
  visit->step = kind == ASKS_ONLY || in_hundred(70) ? QUESTION : OPENING;
  if (kind == TLS_VISIT && in_hundred(4)) visit->name = -1, visit->step = OPENING;
  if (kind == OTHER_VISIT) {
    visit->step = OPENING;
    visit->ends.server_port = in_hundred(50) ? 123 : (uint16_t)(1024 + below(60000));
    visit->data_packets = 2 + below(20);
  }
}

static void send_question(Visit *visit) {
  uint8_t message[1024];
  Ends ends = to_resolver(visit->ends, 20000 + visit->question % 12000);
  bool is_answer = visit->step == ANSWER;
  const char *name = names[visit->name];
  write_udp(&ends, !is_answer, message, make_dns(message, is_answer, visit->question, name, &visit->ends));
  if (!is_answer) {
    flows++;
    tell_truth(DNS, &ends, name);
    visit->step = ANSWER;
  } else {
    visit->step = visit->kind == ASKS_ONLY ? OVER : OPENING;
  }
}

static void send_initial(Visit *visit, const uint8_t *frames, size_t length, uint32_t number) {
  uint8_t packet[2048];
  InitialKeys keys;
  derive_initial_keys(&keys, visit->client_id, "client in");
  write_udp(&visit->ends, true, packet, seal_initial(packet, &keys, visit->client_id, 8, visit->server_id, 8, number, frames, length, 1232));
}

static void step_quic(Visit *visit) {
  uint8_t message[2600], frames[2048], *end = frames;
  switch (visit->step) {
  case OPENING: {
    flows++;
    tell_truth(QUIC, &visit->ends, names[visit->name]);
    memcpy(visit->client_id, some_noise(8), 8);
    memcpy(visit->server_id, some_noise(8), 8);
    size_t length = make_client_hello(message, names[visit->name], visit->is_post_quantum, true);
    if (visit->is_post_quantum) {
      end = put_crypto(end, message, 0, 1100);
      visit->hello_length = length - 1100;
      visit->hello = malloc(visit->hello_length);
      memcpy(visit->hello, message + 1100, visit->hello_length);
      visit->step = REST_OF_HELLO;
    } else {
      if (in_hundred(30)) {
        /* Chromium cuts its hello and sends the pieces in any order, with PING and PADDING between them. */
        end = put8(put_crypto(end, message, 2 * length / 3, length), 1);
        end = put16(put_crypto(end, message, 0, length / 3), 0);
        end = put_crypto(end, message, length / 3, 2 * length / 3);
      } else {
        end = put_crypto(end, message, 0, length);
      }
      visit->step = has_data ? REPLY : OVER;
    }
    send_initial(visit, frames, (size_t)(end - frames), 0);
    break;
  }
  case REST_OF_HELLO:
    end = put_varint(put_varint(put8(end, 6), 1100), (uint32_t)visit->hello_length);
    end = put_bytes(end, visit->hello, visit->hello_length);
    free(visit->hello);
    visit->hello = NULL;
    send_initial(visit, frames, (size_t)(end - frames), 1);
    visit->step = has_data ? REPLY : OVER;
    break;
  case REPLY: {
    uint8_t packet[2048];
    InitialKeys keys;
    derive_initial_keys(&keys, visit->client_id, "server in");
    end = put_crypto(end, message, 0, make_server_flight(message, false));
    write_udp(&visit->ends, false, packet,
              seal_initial(packet, &keys, visit->server_id, 8, visit->client_id, 8, 0, frames, (size_t)(end - frames), 1232));
    visit->step = DATA;
    break;
  }
  default: {
    /* Packets with the short header (RFC 9000 §17.3.1): one up for three down. */
    bool is_up = visit->data_packets % 4 == 0;
    uint32_t length = is_up ? 40 + below(60) : visit->data_packets > 1 ? 1240 : 200 + below(800);
    memcpy(frames, some_noise(length), length);
    frames[0] = 0x40 | (frames[0] & 0x3f);
    memcpy(frames + 1, is_up ? visit->server_id : visit->client_id, 8);
    write_udp(&visit->ends, is_up, frames, length);
    if (--visit->data_packets == 0) visit->step = OVER;
  }
  }
}

static void send_hello(Visit *visit) {
  uint8_t bytes[2600];
  size_t length;
  if (visit->kind == HTTP_VISIT) {
    tell_truth(HTTP, &visit->ends, names[visit->name]);
    length = (size_t)snprintf((char *)bytes, sizeof bytes,
                              "%s /files/%u HTTP/1.1\r\nHost: %s\r\nUser-Agent: Example/1.0 (X11; Linux x86_64)\r\nAccept: */*\r\n\r\n",
                              in_hundred(80) ? "GET" : "HEAD", below(100000), names[visit->name]);
  } else {
    if (visit->name >= 0) tell_truth(TLS, &visit->ends, names[visit->name]);
    length = make_client_hello(bytes + 5, visit->name >= 0 ? names[visit->name] : NULL, visit->is_post_quantum, false);
    put16(put16(put8(bytes, 22), 0x0301), (uint32_t)length);
    length += 5;
  }
  size_t first = length > 1400 ? 1400 : length;
  write_tcp(&visit->ends, &visit->sequence, true, ACK | (first == length ? PSH : 0), bytes, first);
  visit->step = REPLY;
  if (first < length) {
    visit->hello_length = length - first;
    visit->hello = malloc(visit->hello_length);
    memcpy(visit->hello, bytes + first, visit->hello_length);
    visit->step = REST_OF_HELLO;
  } else if (!has_data && in_hundred(50)) {
    visit->step = OVER;
  }
}

static void send_data(Visit *visit) {
  uint32_t left = visit->data_packets--;
  if (left % 3 == 0) {
    write_tcp(&visit->ends, &visit->sequence, !visit->is_upload, ACK, noise, 0);
    return;
  }
  uint8_t bytes[1400];
  uint32_t length = left > 2 ? 1400 : 100 + below(1200);
  memcpy(bytes, some_noise(length), length);
  if (visit->kind == TLS_VISIT) put16(put16(put8(bytes, 23), 0x0303), length - 5);
  write_tcp(&visit->ends, &visit->sequence, visit->is_upload, ACK | PSH, bytes, length);
}

static void step_tcp(Visit *visit) {
  Ends *ends = &visit->ends;
  Sequence *sequence = &visit->sequence;
  uint8_t bytes[2048];
  switch (visit->step) {
  case OPENING:
    flows++;
    write_tcp(ends, sequence, true, SYN, noise, 0);
    visit->step = OPENING_ANSWER;
    break;
  case OPENING_ANSWER:
    write_tcp(ends, sequence, false, SYN | ACK, noise, 0);
    visit->step = OPENING_ACKNOWLEDGED;
    break;
  case OPENING_ACKNOWLEDGED:
    write_tcp(ends, sequence, true, ACK, noise, 0);
    visit->step = visit->kind == OTHER_VISIT ? DATA : HELLO;
    break;
  case HELLO:
    send_hello(visit);
    break;
  case REST_OF_HELLO:
    write_tcp(ends, sequence, true, ACK | PSH, visit->hello, visit->hello_length);
    free(visit->hello);
    visit->hello = NULL;
    visit->step = has_data || in_hundred(50) ? REPLY : OVER;
    break;
  case REPLY:
    if (visit->kind == HTTP_VISIT) {
      static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\n";
      write_tcp(ends, sequence, false, ACK | PSH, (const uint8_t *)head, sizeof head - 1);
    } else {
      write_tcp(ends, sequence, false, ACK | PSH, bytes, make_server_flight(bytes, true));
    }
    visit->step = has_data ? DATA : OVER;
    break;
  case DATA:
    send_data(visit);
    if (visit->data_packets == 0) visit->step = CLOSING;
    break;
  case CLOSING:
    write_tcp(ends, sequence, true, FIN | ACK, noise, 0);
    visit->step = CLOSING_ANSWER;
    break;
  case CLOSING_ANSWER:
    write_tcp(ends, sequence, false, FIN | ACK, noise, 0);
    visit->step = LAST;
    break;
  default:
    write_tcp(ends, sequence, true, ACK, noise, 0);
    visit->step = OVER;
  }
}

static void step_time(Visit *visit) {
  uint8_t message[48] = {0x23}; /* NTP (RFC 5905 §7.3): version 4, client */
  bool is_question = visit->step == OPENING;
  flows += is_question;
  memcpy(message + 40, some_noise(8), 8);
  if (!is_question) message[0] = 0x24;
  write_udp(&visit->ends, is_question, message, sizeof message);
  visit->step = is_question ? REPLY : OVER;
}

static void send_next(Visit *visit) {
  if (visit->step <= ANSWER) send_question(visit);
  else if (visit->kind == QUIC_VISIT) step_quic(visit);
  else if (visit->ends.server_port == 123) step_time(visit);
  else step_tcp(visit);
}

/* `visits` visits, `at_once` at any time; the next packet is that of a visit drawn at random. */
static void make_visits(uint64_t visits, uint32_t at_once, uint64_t mean_gap) {
  if (visits < at_once) at_once = (uint32_t)visits;
  Visit *open = calloc(at_once, sizeof *open);
  if (!open) fail("memory");
  for (uint32_t index = 0; index < at_once; index++) open[index].step = OVER;
  uint64_t begun = 0;
  for (uint32_t running = at_once; running > 0;) {
    Visit *visit = &open[below(running)];
    if (visit->step == OVER) {
      if (begun == visits) {
        *visit = open[--running];
        continue;
      }
      uint32_t share = below(100), kind = 0;
      while (share >= shares[kind]) share -= shares[kind++];
      begin_visit(visit, (Kind)kind);
      begun++;
    }
    now += 1 + (uint64_t)(fraction() * 2 * (double)mean_gap);
    send_next(visit);
  }
  free(open);
}

static void make_small(uint64_t wanted_packets, uint32_t wanted_flows) {
  Ends *ends = malloc(wanted_flows * sizeof *ends);
  Sequence *sequences = calloc(wanted_flows, sizeof *sequences);
  bool *has_begun = calloc(wanted_flows, 1);
  if (!ends || !sequences || !has_begun) fail("memory");
  for (uint32_t index = 0; index < wanted_flows; index++) {
    set_client(&ends[index], in_hundred(20));
    ends[index].client_port = (uint16_t)(1024 + below(64000));
    set_server(&ends[index], random64());
    ends[index].server_port = in_hundred(40) ? 443 : (uint16_t)(10000 + below(50000));
  }
  for (uint64_t count = 0; count < wanted_packets; count++) {
    uint32_t index = below(wanted_flows);
    bool is_tcp = index & 1, is_first = !has_begun[index], is_up = is_first || random64() & 1;
    uint32_t length = below(100 - 14 - (ends[index].is_ipv6 ? 40 : 20) - (is_tcp ? 32 : 8) + 1);
    now += 10000;
    if (!is_tcp) write_udp(&ends[index], is_up, some_noise(length), length);
    else if (is_first) write_tcp(&ends[index], &sequences[index], true, SYN, noise, 0);
    else write_tcp(&ends[index], &sequences[index], is_up, ACK | PSH, some_noise(length), length);
    flows += is_first;
    has_begun[index] = true;
  }
}

int main(int count, char **arguments) {
  double scale = 1;
  uint64_t seed = 1;
  const char *truth_path = NULL;
  for (int index = 3; index + 1 < count; index += 2) {
    if (!strcmp(arguments[index], "--scale")) scale = atof(arguments[index + 1]);
    else if (!strcmp(arguments[index], "--seed")) seed = strtoull(arguments[index + 1], NULL, 10);
    else if (!strcmp(arguments[index], "--truth")) truth_path = arguments[index + 1];
    else count = 0;
  }
  if (count < 3 || count % 2 == 0 || scale <= 0) {
    fprintf(stderr, "usage: make-load mix|small|handshake|quic FILE [--scale FACTOR] [--seed NUMBER] [--truth FILE]\n");
    return 2;
  }
  const char *load = arguments[1];
  if (!(capture = fopen(arguments[2], "wb"))) fail(arguments[2]);
  if (truth_path && !(truth = fopen(truth_path, "w"))) fail(truth_path);
  setvbuf(capture, NULL, _IOFBF, 1 << 20);
  const uint32_t header[6] = {0xa1b23c4d, 0x00040002, 0, 0, 262144, 1};
  if (fwrite(header, sizeof header, 1, capture) != 1) fail(arguments[2]);
  random_state = seed;
  make_names();
  for (size_t index = 0; index < sizeof noise; index += 8) memcpy(noise + index, &(uint64_t){random64()}, 8);
  now = 1778479200ull * 1000000000; /* 2026-05-11, 06:00 UTC: a full hour, so that no load spans two */

  /* Shares of visits that only ask, and of those over TLS, HTTP, QUIC and others. */
  if (!strcmp(load, "mix")) {
    shares = (const uint32_t[]){17, 53, 5, 17, 8};
    make_visits((uint64_t)(163000 * scale), 3000, 150000);
  } else if (!strcmp(load, "handshake")) {
    shares = (const uint32_t[]){15, 85, 0, 0, 0};
    has_data = false;
    make_visits((uint64_t)(300000 * scale), 3000, 180000);
  } else if (!strcmp(load, "quic")) {
    has_data = false;
    uint64_t visits = (uint64_t)(100000 * scale);
    for (uint64_t index = 0; index < visits; index++) {
      Visit visit;
      begin_visit(&visit, QUIC_VISIT);
      for (visit.step = OPENING; visit.step != OVER; send_next(&visit)) now += 1 + below(1800000);
    }
  } else if (!strcmp(load, "small")) {
    make_small((uint64_t)(10000000 * scale), (uint32_t)(1000000 * scale));
  } else {
    fprintf(stderr, "make-load: there is no load %s; expected mix, small, handshake or quic\n", load);
    return 2;
  }
  if (fclose(capture) || (truth && fclose(truth))) fail("writing the capture");
  printf("{\"load\": \"%s\", \"packets\": %llu, \"bytes_on_wire\": %llu, \"flows\": %llu", load, (unsigned long long)packets,
         (unsigned long long)bytes_on_wire, (unsigned long long)flows);
  for (int protocol = 0; protocol < PROTOCOLS; protocol++)
    printf(", \"named_by_%s\": %llu", protocol_names[protocol], (unsigned long long)named[protocol]);
  printf("}\n");
  return 0;
}
