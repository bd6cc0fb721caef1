#define _GNU_SOURCE
#include "CLinux.h"

int clinux_full_buffer(FILE *stream, size_t size) { return setvbuf(stream, NULL, _IOFBF, size); }
