#pragma once
#include <stdio.h>

/// Gives `stream` a buffer of `size` bytes of its own (setvbuf, _IOFBF); 0 on success.
int clinux_full_buffer(FILE *stream, size_t size);
