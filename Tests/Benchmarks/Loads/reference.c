/* The least that a passive namer of flows must do, in plain C: what scripts/bench compares egressaudit with.
 *
 *   cc -O2 -o reference reference.c -lpcap -lcrypto
 *   reference FILE [--names]
 *
 * It reads a capture with libpcap, finds each packet's flow in a hash table, counts its packets and bytes, and names it by the server name of
 * TLS and QUIC hellos, by the Host field of HTTP, or by the DNS answer that its client was given. Hellos are put together in the order in which
 * they come. QUIC keys and packets are handled by libcrypto. Names are kept once each.
 *
 * It is a bound and no product: nothing is ever forgotten, stored or checked twice, streams out of order and fragments are passed over, and it
 * trusts what senders claim. With --names it prints each name that a flow shows, as make-load writes the truth. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void *checked(void *memory) {
  if (memory) return memory;
  perror("reference");
  exit(3);
}

static uint32_t get16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }
static uint32_t get32(const uint8_t *at) { return get16(at) << 16 | get16(at + 2); }
static uint64_t word64(const void *at) {
  uint64_t value;
  memcpy(&value, at, 8);
  return value;
}

/* Folds the 128 bits of a product, as wyhash does. */
static uint64_t fold(uint64_t left, uint64_t right) {
  __uint128_t product = (__uint128_t)left * right;
  return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* --- names, each once -------------------------------------------------------------------------------------------- */

typedef struct {
  uint64_t hash;
  uint32_t number; /* 0: free */
} NameSlot;

static struct {
  NameSlot *slots;
  uint32_t capacity, count;
  char (*texts)[256];
} names;

static uint64_t hash_bytes(const uint8_t *bytes, size_t length) {
  uint64_t hash = 0x9e3779b97f4a7c15 ^ length;
  for (; length >= 8; length -= 8, bytes += 8) hash = fold(hash ^ word64(bytes), 0xa0761d6478bd642f);
  uint64_t rest = 0;
  memcpy(&rest, bytes, length);
  return fold(hash ^ rest, 0xe7037ed1a0b428db);
}

/* The number of a name, from 1; 0 for what is none. */
static uint32_t name_number(const uint8_t *text, size_t length) {
  uint8_t lower[256];
  if (length == 0 || length > 255) return 0;
  for (size_t index = 0; index < length; index++) lower[index] = text[index] >= 'A' && text[index] <= 'Z' ? text[index] | 0x20 : text[index];
  if (2 * names.count >= names.capacity) {
    uint32_t capacity = names.capacity ? 2 * names.capacity : 1 << 14;
    NameSlot *slots = checked(calloc(capacity, sizeof *slots));
    for (uint32_t old = 0; old < names.capacity; old++) {
      if (!names.slots[old].number) continue;
      uint32_t slot = names.slots[old].hash & (capacity - 1);
      while (slots[slot].number) slot = (slot + 1) & (capacity - 1);
      slots[slot] = names.slots[old];
    }
    free(names.slots);
    names.slots = slots;
    names.capacity = capacity;
    names.texts = checked(realloc(names.texts, capacity * sizeof *names.texts));
  }
  uint64_t hash = hash_bytes(lower, length);
  uint32_t slot = hash & (names.capacity - 1);
  for (; names.slots[slot].number; slot = (slot + 1) & (names.capacity - 1))
    if (names.slots[slot].hash == hash) return names.slots[slot].number;
  names.slots[slot] = (NameSlot){hash, ++names.count};
  memcpy(names.texts[names.count], lower, length);
  names.texts[names.count][length] = 0;
  return names.count;
}

/* --- DNS answers: which name led a client to an address ---------------------------------------------------------- */

typedef struct {
  uint64_t hash;
  uint32_t name; /* 0: free */
} AnswerSlot;

static struct {
  AnswerSlot *slots;
  uint32_t capacity, count;
} answers;

static uint64_t hash_pair(const uint8_t *client, const uint8_t *server, size_t length) {
  return fold(hash_bytes(client, length), hash_bytes(server, length) | 1);
}

static void learn_answer(uint64_t hash, uint32_t name) {
  if (2 * answers.count >= answers.capacity) {
    uint32_t capacity = answers.capacity ? 2 * answers.capacity : 1 << 14;
    AnswerSlot *slots = checked(calloc(capacity, sizeof *slots));
    for (uint32_t old = 0; old < answers.capacity; old++) {
      if (!answers.slots[old].name) continue;
      uint32_t slot = answers.slots[old].hash & (capacity - 1);
      while (slots[slot].name) slot = (slot + 1) & (capacity - 1);
      slots[slot] = answers.slots[old];
    }
    free(answers.slots);
    answers.slots = slots;
    answers.capacity = capacity;
  }
  uint32_t slot = hash & (answers.capacity - 1);
  while (answers.slots[slot].name && answers.slots[slot].hash != hash) slot = (slot + 1) & (answers.capacity - 1);
  answers.count += !answers.slots[slot].name;
  answers.slots[slot] = (AnswerSlot){hash, name};
}

static uint32_t answered_name(uint64_t hash) {
  if (!answers.capacity) return 0;
  uint32_t slot = hash & (answers.capacity - 1);
  while (answers.slots[slot].name && answers.slots[slot].hash != hash) slot = (slot + 1) & (answers.capacity - 1);
  return answers.slots[slot].name;
}

/* --- flows ------------------------------------------------------------------------------------------------------- */

enum { LONGEST_HELLO = 8192 };

typedef struct {
  uint8_t low[16], high[16]; /* the ends in order, so that both directions have one key */
  uint16_t low_port, high_port;
  uint8_t protocol, address_length;
  bool is_done; /* its name is known, or nothing will show one */
  uint32_t name;
  uint64_t packets[2], bytes[2];
  uint8_t *hello; /* the beginning of a handshake that came in several packets */
  uint32_t hello_length, next_sequence;
} Flow;

enum { FLOWS_IN_BLOCK = 1 << 12 };

static struct {
  uint64_t *slots; /* upper half: hash; lower half: number of the flow from 1 */
  uint32_t capacity, count;
  Flow **blocks;
} flows;

static Flow *flow_numbered(uint32_t number) { return &flows.blocks[(number - 1) / FLOWS_IN_BLOCK][(number - 1) % FLOWS_IN_BLOCK]; }

static void grow_flows(void) {
  uint32_t capacity = flows.capacity ? 2 * flows.capacity : 1 << 16;
  uint64_t *slots = checked(calloc(capacity, sizeof *slots));
  for (uint32_t old = 0; old < flows.capacity; old++) {
    if (!flows.slots[old]) continue;
    uint32_t slot = (uint32_t)(flows.slots[old] >> 32) & (capacity - 1);
    while (slots[slot]) slot = (slot + 1) & (capacity - 1);
    slots[slot] = flows.slots[old];
  }
  free(flows.slots);
  flows.slots = slots;
  flows.capacity = capacity;
  flows.blocks = checked(realloc(flows.blocks, (capacity / FLOWS_IN_BLOCK + 1) * sizeof *flows.blocks));
}

/* The flow of a packet, and whether it runs from the lower end to the higher. */
static Flow *find_flow(const uint8_t *source, const uint8_t *destination, uint32_t length, uint8_t protocol, uint32_t source_port,
                       uint32_t destination_port, bool *is_from_low) {
  int order = memcmp(source, destination, length);
  *is_from_low = order < 0 || (order == 0 && source_port <= destination_port);
  const uint8_t *low = *is_from_low ? source : destination, *high = *is_from_low ? destination : source;
  uint32_t low_port = *is_from_low ? source_port : destination_port, high_port = *is_from_low ? destination_port : source_port;
  uint64_t hash = length == 4 ? (uint64_t)get32(low) << 32 | get32(high)
                              : fold(word64(low) ^ 0xa0761d6478bd642f, word64(low + 8) ^ 0xe7037ed1a0b428db)
                                ^ fold(word64(high) ^ 0x8ebc6af09c88c6e3, word64(high + 8) ^ 0x589965cc75374cc3);
  hash = fold(hash ^ 0xa0761d6478bd642f, ((uint64_t)low_port << 32 | (uint64_t)high_port << 8 | protocol) ^ 0xe7037ed1a0b428db);
  uint32_t upper = (uint32_t)(hash >> 32);
  if (2 * flows.count >= flows.capacity) grow_flows();
  uint32_t slot = upper & (flows.capacity - 1);
  for (; flows.slots[slot]; slot = (slot + 1) & (flows.capacity - 1)) {
    if (flows.slots[slot] >> 32 != upper) continue;
    Flow *flow = flow_numbered((uint32_t)flows.slots[slot]);
    if (flow->low_port == low_port && flow->high_port == high_port && flow->protocol == protocol && flow->address_length == length
        && !memcmp(flow->low, low, length) && !memcmp(flow->high, high, length))
      return flow;
  }
  if (flows.count % FLOWS_IN_BLOCK == 0) flows.blocks[flows.count / FLOWS_IN_BLOCK] = checked(malloc(FLOWS_IN_BLOCK * sizeof(Flow)));
  flows.slots[slot] = (uint64_t)upper << 32 | ++flows.count;
  Flow *flow = flow_numbered(flows.count);
  memset(flow, 0, sizeof *flow);
  memcpy(flow->low, low, length);
  memcpy(flow->high, high, length);
  flow->low_port = (uint16_t)low_port;
  flow->high_port = (uint16_t)high_port;
  flow->protocol = protocol;
  flow->address_length = (uint8_t)length;
  flow->name = answered_name(hash_pair(source, destination, length));
  return flow;
}

/* --- messages ---------------------------------------------------------------------------------------------------- */

/* A packet above IP. */
typedef struct {
  const uint8_t *source, *destination;
  uint32_t address_length, source_port, destination_port;
} Path;

static bool prints_names;

static void show(const char *protocol, const Path *path, uint32_t number) {
  if (!prints_names || !number) return;
  char client[INET6_ADDRSTRLEN], server[INET6_ADDRSTRLEN];
  int family = path->address_length == 4 ? AF_INET : AF_INET6;
  printf("%s\t%s\t%s\t%u\t%s\n", protocol, inet_ntop(family, path->source, client, sizeof client),
         inet_ntop(family, path->destination, server, sizeof server), path->destination_port, names.texts[number]);
}

static void finish(Flow *flow) {
  free(flow->hello);
  flow->hello = NULL;
  flow->is_done = true;
}

/* Keeps a part of a hello; the flow is done where it is too long. */
static bool keep(Flow *flow, size_t offset, const uint8_t *bytes, size_t length) {
  if (offset + length > LONGEST_HELLO) {
    finish(flow);
    return false;
  }
  if (!flow->hello) flow->hello = checked(malloc(LONGEST_HELLO));
  memcpy(flow->hello + offset, bytes, length);
  flow->hello_length += (uint32_t)length;
  return true;
}

typedef enum { FOUND, NOT_THERE, NEEDS_MORE } Finding;

/* The server name of a ClientHello (RFC 8446 §4.1.2, RFC 6066 §3). */
static Finding find_server_name(const uint8_t *message, size_t length, const uint8_t **name, size_t *name_length) {
  if (length < 4) return NEEDS_MORE;
  if (message[0] != 1) return NOT_THERE;
  size_t end = 4 + ((size_t)message[1] << 16 | get16(message + 2));
  if (length < end) return end > LONGEST_HELLO ? NOT_THERE : NEEDS_MORE;
  size_t at = 4 + 2 + 32;
  if (at >= end) return NOT_THERE;
  at += 1 + message[at]; /* session */
  if (at + 2 > end) return NOT_THERE;
  at += 2 + get16(message + at); /* cipher suites */
  if (at >= end) return NOT_THERE;
  at += 1 + message[at]; /* compression */
  for (at += 2; at + 4 <= end;) {
    uint32_t type = get16(message + at), size = get16(message + at + 2);
    at += 4;
    if (at + size > end) return NOT_THERE;
    if (type == 0 && size >= 5) {
      *name_length = get16(message + at + 3);
      *name = message + at + 5;
      return 5 + *name_length <= size ? FOUND : NOT_THERE;
    }
    at += size;
  }
  return NOT_THERE;
}

static void read_stream(Flow *flow, const Path *path, uint32_t sequence, const uint8_t *bytes, size_t length) {
  if (flow->hello) {
    if (sequence != flow->next_sequence || !keep(flow, flow->hello_length, bytes, length)) return;
    flow->next_sequence += (uint32_t)length;
    bytes = flow->hello;
    length = flow->hello_length;
  }
  if (bytes[0] == 22 && length >= 5) {
    const uint8_t *name;
    size_t name_length, record = get16(bytes + 3);
    switch (find_server_name(bytes + 5, length - 5 < record ? length - 5 : record, &name, &name_length)) {
    case NEEDS_MORE:
      if (!flow->hello && keep(flow, 0, bytes, length)) flow->next_sequence = sequence + (uint32_t)length;
      return;
    case FOUND:
      show("tls", path, flow->name = name_number(name, name_length));
    case NOT_THERE:;
    }
  } else if (length > 16 && (!memcmp(bytes, "GET ", 4) || !memcmp(bytes, "POST", 4) || !memcmp(bytes, "HEAD", 4) || !memcmp(bytes, "PUT ", 4))) {
    const uint8_t *end = bytes + length, *line = bytes;
    while ((line = memchr(line, '\n', (size_t)(end - line))) && end - ++line > 5) {
      if (strncasecmp((const char *)line, "host:", 5)) continue;
      for (line += 5; line < end && *line == ' ';) line++;
      const uint8_t *last = line;
      while (last < end && *last > ' ' && *last != ':') last++;
      show("http", path, flow->name = name_number(line, (size_t)(last - line)));
      break;
    }
  }
  finish(flow);
}

/* Reads a name (RFC 1035 §4.1.4); returns the offset behind it, or 0 where it is broken. */
static size_t read_dns_name(const uint8_t *message, size_t length, size_t at, uint8_t name[256], size_t *name_length) {
  size_t behind = 0;
  *name_length = 0;
  for (int pointers = 0;;) {
    if (at >= length) return 0;
    uint32_t label = message[at];
    if (label == 0) return behind ? behind : at + 1;
    if (label >= 0xc0) {
      if (at + 1 >= length || ++pointers > 16) return 0;
      if (!behind) behind = at + 2;
      at = get16(message + at) & 0x3fff;
      continue;
    }
    if (label > 63 || at + 1 + label > length || *name_length + 1 + label > 254) return 0;
    if (*name_length) name[(*name_length)++] = '.';
    memcpy(name + *name_length, message + at + 1, label);
    *name_length += label;
    at += 1 + label;
  }
}

static void read_dns(Flow *flow, const Path *path, const uint8_t *message, size_t length) {
  uint8_t name[256], owner[256];
  size_t name_length, owner_length;
  if (length < 12 || get16(message + 4) != 1) return;
  size_t at = read_dns_name(message, length, 12, name, &name_length);
  if (!at || at + 4 > length) return;
  flow->name = name_number(name, name_length);
  if (!(message[2] & 0x80)) {
    show("dns", path, flow->name);
    return;
  }
  at += 4;
  for (uint32_t count = get16(message + 6); count > 0; count--) {
    at = read_dns_name(message, length, at, owner, &owner_length);
    if (!at || at + 10 > length) return;
    uint32_t type = get16(message + at), size = get16(message + at + 8);
    at += 10;
    if (at + size > length) return;
    if ((type == 1 && size == 4) || (type == 28 && size == 16)) {
      /* The client may ask over IPv4 for an address of IPv6; the loads ask over the version that they use. */
      if (size == path->address_length) learn_answer(hash_pair(path->destination, message + at, size), flow->name);
    }
    at += size;
  }
}

/* --- QUIC -------------------------------------------------------------------------------------------------------- */

typedef struct {
  SHA256_CTX inner, outer;
} HMACKey;

static void begin_hmac(HMACKey *key, const uint8_t *bytes, size_t length) {
  uint8_t inner[64], outer[64];
  memset(inner, 0x36, 64);
  memset(outer, 0x5c, 64);
  for (size_t index = 0; index < length; index++) inner[index] ^= bytes[index], outer[index] ^= bytes[index];
  SHA256_Init(&key->inner);
  SHA256_Update(&key->inner, inner, 64);
  SHA256_Init(&key->outer);
  SHA256_Update(&key->outer, outer, 64);
}

static void hmac(const HMACKey *key, const void *bytes, size_t length, uint8_t result[32]) {
  SHA256_CTX inner = key->inner, outer = key->outer;
  SHA256_Update(&inner, bytes, length);
  SHA256_Final(result, &inner);
  SHA256_Update(&outer, result, 32);
  SHA256_Final(result, &outer);
}

/* RFC 9000 §16; sets `at` behind the end where the number is cut. */
static uint64_t read_varint(const uint8_t *bytes, size_t length, size_t *at) {
  if (*at >= length || *at + (1u << (bytes[*at] >> 6)) > length) {
    *at = length + 1;
    return 0;
  }
  uint32_t size = 1u << (bytes[*at] >> 6);
  uint64_t value = bytes[(*at)++] & 0x3f;
  while (--size) value = value << 8 | bytes[(*at)++];
  return value;
}

/* Opens a client's Initial packet (RFC 9001 §5); returns the length of its frames, or 0. */
static size_t open_initial(const uint8_t *packet, size_t length, uint8_t frames[2048]) {
  static const uint8_t salt[20] = {0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
                                   0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
  static HMACKey salt_key;
  static EVP_CIPHER_CTX *sealing, *masking;
  if (!sealing) {
    begin_hmac(&salt_key, salt, sizeof salt);
    sealing = EVP_CIPHER_CTX_new();
    masking = EVP_CIPHER_CTX_new();
    EVP_DecryptInit_ex2(sealing, EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL), NULL, NULL, NULL);
    EVP_EncryptInit_ex2(masking, EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL), NULL, NULL, NULL);
  }
  if (length < 1200 || length > 2048 || (packet[0] & 0xf0) != 0xc0 || get32(packet + 1) != 1 || packet[5] > 20) return 0;
  size_t at = 6 + packet[5];
  at += 1 + packet[at];
  at += read_varint(packet, length, &at);
  uint64_t rest = read_varint(packet, length, &at);
  if (at + rest > length || rest < 4 + 16) return 0;

  uint8_t block[32], key[16], nonce[32], header_key[16], mask[16], header[128];
  HMACKey secret;
  hmac(&salt_key, packet + 6, packet[5], block);
  begin_hmac(&secret, block, 32);
  hmac(&secret, "\0\x20\x0ftls13 client in\0\1", 20, block);
  begin_hmac(&secret, block, 32);
  hmac(&secret, "\0\x10\x0etls13 quic key\0\1", 19, block);
  memcpy(key, block, 16);
  hmac(&secret, "\0\x0c\x0dtls13 quic iv\0\1", 18, nonce);
  hmac(&secret, "\0\x10\x0dtls13 quic hp\0\1", 18, block);
  memcpy(header_key, block, 16);

  int written;
  EVP_EncryptInit_ex2(masking, NULL, header_key, NULL, NULL);
  EVP_EncryptUpdate(masking, mask, &written, packet + at + 4, 16);
  uint32_t number_length = ((packet[0] ^ mask[0]) & 3) + 1;
  size_t header_length = at + number_length, sealed_length = rest - number_length - 16;
  if (header_length > sizeof header) return 0;
  memcpy(header, packet, header_length);
  header[0] ^= mask[0] & 0x0f;
  for (uint32_t index = 0; index < number_length; index++) {
    header[at + index] ^= mask[1 + index];
    nonce[12 - number_length + index] ^= header[at + index];
  }
  bool is_genuine = EVP_DecryptInit_ex2(sealing, NULL, key, nonce, NULL)
    && EVP_DecryptUpdate(sealing, NULL, &written, header, (int)header_length)
    && EVP_DecryptUpdate(sealing, frames, &written, packet + header_length, (int)sealed_length)
    && EVP_CIPHER_CTX_ctrl(sealing, EVP_CTRL_AEAD_SET_TAG, 16, (void *)(packet + header_length + sealed_length))
    && EVP_DecryptFinal_ex(sealing, frames + written, &written);
  return is_genuine ? sealed_length : 0;
}

static void read_quic(Flow *flow, const Path *path, const uint8_t *packet, size_t length) {
  uint8_t frames[2048];
  size_t count = open_initial(packet, length, frames);
  if (!count) {
    flow->is_done = true;
    return;
  }
  for (size_t at = 0; at < count;) {
    uint8_t type = frames[at++];
    if (type <= 1) continue; /* PADDING, PING */
    if (type != 6) break;
    uint64_t offset = read_varint(frames, count, &at), size = read_varint(frames, count, &at);
    if (at + size > count || offset > LONGEST_HELLO || !keep(flow, offset, frames + at, size)) return;
    at += size;
  }
  const uint8_t *name;
  size_t name_length;
  if (!flow->hello) return;
  switch (find_server_name(flow->hello, flow->hello_length, &name, &name_length)) {
  case NEEDS_MORE: return;
  case FOUND: show("quic", path, flow->name = name_number(name, name_length));
  case NOT_THERE: finish(flow);
  }
}

/* --- packets ----------------------------------------------------------------------------------------------------- */

static void read_frame(const uint8_t *frame, uint32_t length, uint32_t length_on_wire) {
  if (length < 34) return;
  uint32_t type = get16(frame + 12), at = 14, end;
  while ((type == 0x8100 || type == 0x88a8) && at + 4 < length) type = get16(frame + at + 2), at += 4;
  Path path;
  uint8_t protocol;
  const uint8_t *ip = frame + at;
  if (type == 0x0800 && at + 20 <= length) {
    if (get16(ip + 6) & 0x1fff) return; /* a fragment that does not begin a datagram */
    path.source = ip + 12, path.destination = ip + 16, path.address_length = 4;
    protocol = ip[9];
    end = at + get16(ip + 2);
    at += (ip[0] & 15) * 4u;
  } else if (type == 0x86dd && at + 40 <= length) {
    path.source = ip + 8, path.destination = ip + 24, path.address_length = 16;
    protocol = ip[6];
    at += 40;
    end = at + get16(ip + 4);
    for (; (protocol == 0 || protocol == 43 || protocol == 60) && at + 8 <= length; at += 8 + frame[at + 1] * 8u) protocol = frame[at];
  } else {
    return;
  }
  if (end > length) end = length;
  if (at + 8 > end || (protocol != 6 && protocol != 17)) return;
  path.source_port = get16(frame + at);
  path.destination_port = get16(frame + at + 2);
  bool is_from_low;
  Flow *flow = find_flow(path.source, path.destination, path.address_length, protocol, path.source_port, path.destination_port, &is_from_low);
  flow->packets[is_from_low]++;
  flow->bytes[is_from_low] += length_on_wire;
  if (flow->is_done) return;
  if (protocol == 6) {
    if (at + 20 > end) return;
    uint32_t payload = at + (frame[at + 12] >> 4) * 4u;
    if (payload >= end) return;
    if (path.source_port < path.destination_port) {
      if (!flow->hello) flow->is_done = true; /* the server speaks first, or the beginning was missed */
      return;
    }
    read_stream(flow, &path, get32(frame + at + 4), frame + payload, end - payload);
  } else if (path.source_port == 53 || path.destination_port == 53) {
    read_dns(flow, &path, frame + at + 8, end - at - 8);
  } else if (path.destination_port == 443) {
    read_quic(flow, &path, frame + at + 8, end - at - 8);
  }
}

int main(int count, char **arguments) {
  if (count < 2 || count > 3 || (count == 3 && strcmp(arguments[2], "--names"))) {
    fprintf(stderr, "usage: reference FILE [--names]\n");
    return 2;
  }
  prints_names = count == 3;
  char message[PCAP_ERRBUF_SIZE];
  FILE *file = fopen(arguments[1], "rb");
  if (!file) {
    perror(arguments[1]);
    return 3;
  }
  setvbuf(file, NULL, _IOFBF, 1 << 20);
  pcap_t *capture = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, message);
  if (!capture) {
    fprintf(stderr, "%s\n", message);
    return 3;
  }
  struct pcap_pkthdr *header;
  const uint8_t *frame;
  unsigned long packets = 0;
  while (pcap_next_ex(capture, &header, &frame) == 1) {
    packets++;
    read_frame(frame, header->caplen, header->len);
  }
  if (!prints_names) printf("%lu packets, %u flows, %u names\n", packets, flows.count, names.count);
  pcap_close(capture);
  return 0;
}
