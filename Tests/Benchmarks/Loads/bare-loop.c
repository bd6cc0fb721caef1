/* The bare libpcap loop over a capture file: what reading alone costs. Ratios in docs/performance.md refer to it. */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: bare-loop FILE\n");
    return 2;
  }
  char message[PCAP_ERRBUF_SIZE];
  FILE *file = fopen(argv[1], "rb");
  if (!file) {
    perror(argv[1]);
    return 3;
  }
  setvbuf(file, NULL, _IOFBF, 1 << 20);
  pcap_t *capture = pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, message);
  if (!capture) {
    fprintf(stderr, "%s\n", message);
    return 3;
  }
  struct pcap_pkthdr *header;
  const u_char *data;
  unsigned long packets = 0, bytes = 0;
  while (pcap_next_ex(capture, &header, &data) == 1) {
    packets++;
    bytes += header->len;
  }
  printf("%lu packets, %lu bytes\n", packets, bytes);
  pcap_close(capture);
  return 0;
}
