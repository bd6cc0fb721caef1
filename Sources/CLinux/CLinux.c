#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <unistd.h>

int clinux_interface_state(const char *name, struct clinux_interface *state) {
  struct ifreq request = {0};
  if (strlen(name) >= sizeof request.ifr_name) return ENODEV;
  strcpy(request.ifr_name, name);
  // Any socket will do; a UNIX one is allowed even to a service without network.
  int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return errno;
  int fault = 0;
  if (ioctl(descriptor, SIOCGIFINDEX, &request) != 0) {
    fault = errno;
  } else {
    state->index = request.ifr_ifindex;
    if (ioctl(descriptor, SIOCGIFFLAGS, &request) != 0) {
      fault = errno;
    } else {
      state->flags = (unsigned short)request.ifr_flags;
    }
  }
  close(descriptor);
  return fault;
}

int clinux_clock_state(int *is_synchronised, int64_t *offset_nanoseconds) {
  struct timex state = {0};
  if (adjtimex(&state) < 0) return errno;
  *is_synchronised = (state.status & STA_UNSYNC) == 0;
  *offset_nanoseconds = (int64_t)state.offset * (state.status & STA_NANO ? 1 : 1000);
  return 0;
}

int clinux_keep_memory_private(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return errno;
  // With 0 the kernel still hands a core to a program that core_pattern(5) names; with 1 it does not.
  if (limit.rlim_max > 1) limit.rlim_max = 1;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_CORE, &limit) != 0) return errno;
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}
