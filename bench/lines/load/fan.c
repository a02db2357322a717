/* One publisher sends a burst of `depth` lines; when every receiver has all of it, the next. */
#include "load.h"
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns whether something came, of whatever length. */
static bool skip(const struct conn *conn) {
    static char bytes[READ_BYTES];
    bool any = false;
    while (recv(conn->fd, bytes, READ_BYTES, MSG_DONTWAIT) > 0) any = true;
    return any;
}

/* A server may take long to accept them all: publishes a line now and then until each has heard one. */
static void await_all(struct conn *publisher, struct conn *receivers, int count, int epoll) {
    struct epoll_event events[256];
    int hearing = 0;
    for (double next = 0, deadline = now() + 20; hearing < count;) {
        if (now() > deadline) fail_with("Lines are missing", "not every receiver hears the publisher");
        if (now() > next) {
            publisher->asked += line_stride;
            send_asked(publisher);
            next = now() + 0.1;
        }
        int n = epoll_wait(epoll, events, 256, 20);
        for (int i = 0; i < n; i++) {
            struct conn *conn = events[i].data.ptr;
            if (skip(conn) && conn->start++ == 0) hearing++;
        }
    }
    usleep(200 * 1000); /* The last of those lines is under way. */
    for (int i = 0; i < count; i++) {
        skip(&receivers[i]);
        receivers[i].start = publisher->sent; /* All hear the same from here on. */
    }
}

void fan_load(const struct order *order) {
    struct conn *receivers = calloc(order->connections, sizeof *receivers);
    struct conn publisher = {.fd = dial(order->port)};
    struct epoll_event events[256];
    int epoll = epoll_create1(0);
    connect_all(receivers, order, epoll);
    for (int i = 0; i < order->connections; i++) receivers[i].start = 0;
    await_all(&publisher, receivers, order->connections, epoll);
    struct window window = window_after(order);
    uint64_t delivered = 0, burst_bytes = order->depth * line_stride, awaited = 0;
    for (;;) {
        if (delivered == awaited) {
            if (window.is_over) break;
            publisher.asked += burst_bytes;
            awaited += burst_bytes * order->connections;
            send_asked(&publisher);
        }
        int n = epoll_wait(epoll, events, 256, 10000);
        if (n == 0) fail_with("Lines are missing", "not published within 10 s");
        for (int i = 0; i < n; i++) delivered += receive_checked(events[i].data.ptr);
        window_look(&window, order, delivered / line_stride);
    }
    close_all(receivers, order->connections);
    close(publisher.fd);
    window_report(&window, "");
}
