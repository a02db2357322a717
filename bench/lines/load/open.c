/* Open loop: lines leave on a fixed grid of time, whether or not answers come; latency counts from the grid. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

static int by_size(const void *a, const void *b) {
    float left = *(const float *)a, right = *(const float *)b;
    return (left > right) - (left < right);
}

void open_load(const struct order *order) {
    int count = order->connections;
    struct conn *conns = calloc(count, sizeof *conns);
    float *latencies = malloc((size_t)(order->lines_per_second * (order->seconds + 5)) * sizeof *latencies);
    size_t measured = 0;
    uint64_t sent = 0, received = 0;
    struct epoll_event events[256];
    int epoll = epoll_create1(0);
    connect_all(conns, order, epoll);
    struct window window = window_after(order);
    double began = now(), interval = 1 / order->lines_per_second;
    while (!window.is_over || received < sent) {
        for (; !window.is_over && now() >= began + sent * interval; sent++) {
            struct conn *conn = &conns[sent % count];
            conn->asked += line_stride;
            send_asked(conn);
        }
        int n = epoll_wait(epoll, events, 256, 0);
        double time = now();
        for (int i = 0; i < n; i++) {
            struct conn *conn = events[i].data.ptr;
            uint64_t before = conn->received / line_stride;
            receive_checked(conn);
            send_asked(conn);
            for (uint64_t line = before; line < conn->received / line_stride; line++, received++) {
                double due = began + (line * count + (conn - conns)) * interval;
                if (due >= window.from && due < window.to) latencies[measured++] = (time - due) * 1e6;
            }
        }
        window_look(&window, order, received);
        if (time > window.to + 4) fail_with("Lines are missing", "not echoed within 4 s");
    }
    close_all(conns, count);
    qsort(latencies, measured, sizeof *latencies, by_size);
    char more[80];
    snprintf(more, sizeof more, ",\"p50Micros\":%.1f,\"p99Micros\":%.1f", latencies[measured / 2],
             latencies[(size_t)(measured * 0.99)]);
    window_report(&window, more);
}
