#pragma once
#include <stdint.h>

/// Number of a network interface and its flags (IFF_UP and others, netdevice(7)).
struct clinux_interface {
  int index;
  unsigned int flags;
};

/// Asks the kernel for the interface `name`; 0 on success, else errno (ENODEV where there is none).
int clinux_interface_state(const char *name, struct clinux_interface *state);

/// What the kernel knows of its clock (adjtimex(2), which sets nothing here); 0 on success, else errno.
int clinux_clock_state(int *is_synchronised, int64_t *offset_nanoseconds);

/// Lets the kernel write no core of this process, nor of programs that it starts, and lets no other process of the same user read its memory
/// (setrlimit(2), PR_SET_DUMPABLE(2const)); 0 on success, else errno.
int clinux_keep_memory_private(void);
