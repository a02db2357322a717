/* Closed loop: each connection keeps `depth` lines in flight. */
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

static uint64_t lines_done;

static void progress(struct conn *conn, uint64_t in_flight_bytes, bool more) {
    uint64_t before = conn->received / line_stride;
    receive_checked(conn);
    uint64_t whole = conn->received / line_stride;
    lines_done += whole - before;
    if (more) conn->asked = whole * line_stride + in_flight_bytes;
    send_asked(conn);
}

static uint64_t missing(const struct conn *conns, int count) {
    uint64_t bytes = 0;
    for (int i = 0; i < count; i++) bytes += conns[i].asked - conns[i].received;
    return bytes;
}

static void tell_missing(const struct conn *conns, int count) {
    for (int i = 0; i < count; i++)
        if (conns[i].asked > conns[i].received)
            fprintf(stderr, "connection %d: %llu bytes sent, %llu to send, %llu received\n", i,
                    (unsigned long long)conns[i].sent, (unsigned long long)(conns[i].asked - conns[i].sent),
                    (unsigned long long)conns[i].received);
    fail_with("Lines are missing", "not echoed within 10 s");
}

static void await_the_rest(struct conn *conns, int count, int epoll) {
    struct epoll_event events[256];
    for (double deadline = now() + 10; missing(conns, count) > 0;) {
        if (now() > deadline) tell_missing(conns, count);
        int n = epoll_wait(epoll, events, 256, 100);
        for (int i = 0; i < n; i++) progress(events[i].data.ptr, 0, false);
    }
}

void echo_load(const struct order *order) {
    struct conn *conns = calloc(order->connections, sizeof *conns);
    uint64_t in_flight_bytes = order->depth * line_stride;
    struct epoll_event events[256];
    int epoll = epoll_create1(0);
    connect_all(conns, order, epoll);
    struct window window = window_after(order);
    while (!window.is_over) {
        int n = epoll_wait(epoll, events, 256, 10);
        for (int i = 0; i < n; i++) progress(events[i].data.ptr, in_flight_bytes, true);
        window_look(&window, order, lines_done);
    }
    await_the_rest(conns, order->connections, epoll);
    close_all(conns, order->connections);
    window_report(&window, "");
}
