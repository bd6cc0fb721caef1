/* Sends the frames of a capture file into an interface, round after round, at an even rate: load for scripts/netlab. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BATCH = 32 };

static volatile sig_atomic_t ended;

static void end(int signal) {
  (void)signal;
  ended = 1;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void *grown(void *memory, size_t size) {
  void *more = realloc(memory, size);
  if (!more) {
    perror("memory");
    exit(3);
  }
  return more;
}

/* All frames of the file in memory, so that sending costs no reading. */
static size_t read_frames(const char *path, struct iovec **frames) {
  char message[PCAP_ERRBUF_SIZE];
  pcap_t *capture = pcap_open_offline(path, message);
  if (!capture || pcap_datalink(capture) != DLT_EN10MB) {
    fprintf(stderr, "%s: %s\n", path, capture ? "not a capture of Ethernet frames" : message);
    exit(3);
  }
  struct pcap_pkthdr *header;
  const u_char *data;
  size_t count = 0, room = 0;
  *frames = NULL;
  while (pcap_next_ex(capture, &header, &data) == 1) {
    if (count == room) {
      room = room ? 2 * room : 1 << 16;
      *frames = grown(*frames, room * sizeof **frames);
    }
    void *copy = memcpy(grown(NULL, header->caplen), data, header->caplen);
    (*frames)[count++] = (struct iovec){.iov_base = copy, .iov_len = header->caplen};
  }
  pcap_close(capture);
  return count;
}

static int open_interface(const char *name) {
  int packets = socket(AF_PACKET, SOCK_RAW, 0);
  struct sockaddr_ll address = {
      .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL), .sll_ifindex = (int)if_nametoindex(name)};
  int bypass = 1;
  if (packets < 0 || address.sll_ifindex == 0 || bind(packets, (struct sockaddr *)&address, sizeof address) < 0 ||
      setsockopt(packets, SOL_PACKET, PACKET_QDISC_BYPASS, &bypass, sizeof bypass) < 0) {
    perror(name);
    exit(3);
  }
  return packets;
}

int main(int argc, char **argv) {
  if (argc != 5) {
    fprintf(stderr, "usage: send-frames INTERFACE FILE SECONDS PACKETS-PER-SECOND (0: as fast as it goes)\n");
    return 2;
  }
  double seconds = atof(argv[3]), rate = atof(argv[4]);
  struct iovec *frames;
  size_t count = read_frames(argv[2], &frames);
  if (count == 0) {
    fprintf(stderr, "%s: no frame\n", argv[2]);
    return 3;
  }
  int packets = open_interface(argv[1]);
  signal(SIGINT, end);
  signal(SIGTERM, end);

  struct mmsghdr messages[BATCH] = {0};
  size_t next = 0;
  unsigned long sent = 0, refused = 0;
  double start = now(), elapsed = 0;
  while (!ended && elapsed < seconds) {
    for (int index = 0; index < BATCH; index++) {
      messages[index].msg_hdr.msg_iov = &frames[(next + (size_t)index) % count];
      messages[index].msg_hdr.msg_iovlen = 1;
    }
    int done = sendmmsg(packets, messages, BATCH, 0);
    if (done < 0 && errno != ENOBUFS && errno != EINTR) {
      perror("sendmmsg");
      return 3;
    }
    if (done <= 0) {
      refused++;
    } else {
      sent += (unsigned long)done;
      next = (next + (size_t)done) % count;
    }
    elapsed = now() - start;
    double ahead = rate > 0 ? (double)sent / rate - elapsed : 0;
    if (ahead > 0) {
      struct timespec rest = {.tv_sec = (time_t)ahead, .tv_nsec = (long)((ahead - (double)(time_t)ahead) * 1e9)};
      nanosleep(&rest, NULL);
    }
  }
  printf("%lu packets in %.3f s, %lu times refused\n", sent, now() - start, refused);
  return 0;
}
