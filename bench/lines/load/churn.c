/* `connections` at a time: connect, one line, say FIN, see the server's FIN, and the next. */
#include "load.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void begin(struct conn *conn, const struct order *order, int epoll) {
    *conn = (struct conn){.fd = dial(order->port), .start = conn->start + line_stride, .asked = line_stride};
    send_asked(conn);
    watch(epoll, conn->fd, conn);
}

/* Returns whether the server has closed too. */
static bool progress(struct conn *conn) {
    if (conn->received < line_stride) {
        receive_checked(conn);
        if (conn->received < line_stride) return false;
        shutdown(conn->fd, SHUT_WR);
    }
    char byte;
    ssize_t n = recv(conn->fd, &byte, 1, MSG_DONTWAIT);
    if (n > 0) fail_with("Wrong answer", "more than one line");
    if (n < 0 && errno != EAGAIN) fail("Cannot receive");
    return n == 0;
}

void churn_load(const struct order *order) {
    struct conn *conns = calloc(order->connections, sizeof *conns);
    struct epoll_event events[256];
    uint64_t ended = 0;
    int epoll = epoll_create1(0), busy = order->connections;
    for (int i = 0; i < order->connections; i++) begin(&conns[i], order, epoll);
    struct window window = window_after(order);
    while (busy > 0) {
        int n = epoll_wait(epoll, events, 256, 2000);
        if (n == 0) fail_with("Connections do not end", "waited for 2 s");
        for (int i = 0; i < n; i++) {
            struct conn *conn = events[i].data.ptr;
            if (!progress(conn)) continue;
            close(conn->fd);
            ended++;
            if (window.is_over) busy--;
            else begin(conn, order, epoll);
        }
        window_look(&window, order, ended);
    }
    window_report(&window, "");
}
