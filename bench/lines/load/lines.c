#include "load.h"
#include <stdlib.h>
#include <string.h>

size_t line_stride, lines_period;
static char *lines;

/* Letters by a small generator with a fixed seed; one period is about 64 KiB, so that it stays in the cache. */
void make_lines(int line_bytes) {
    line_stride = line_bytes + 1;
    size_t count = 64 * 1024 / line_stride;
    if (count < 61) count = 61;
    lines_period = count * line_stride;
    lines = malloc(lines_period + READ_BYTES);
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < lines_period; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        lines[i] = (i + 1) % line_stride == 0 ? '\n' : 'a' + state % 26;
    }
    for (size_t i = 0; i < READ_BYTES; i++) lines[lines_period + i] = lines[i % lines_period];
}

const char *lines_at(uint64_t offset) {
    return lines + offset % lines_period;
}
