#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* From one loopback address after the other: thousands of connections that were closed hold their ports. */
int dial(int port) {
    static unsigned turn;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) fail("Cannot make a socket");
    int one = 1;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + turn++ % 200)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(0x7f000001)};
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0) fail("Cannot bind");
    if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("Cannot connect");
    return fd;
}

/* Told of every change once; who reads short of the buffer, and writes until refused, misses nothing. */
void watch(int epoll, int fd, void *whose) {
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = whose};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) < 0) fail("Cannot watch a socket");
}

void connect_all(struct conn *conns, const struct order *order, int epoll) {
    for (int i = 0; i < order->connections; i++) {
        conns[i] = (struct conn){.fd = dial(order->port), .start = (uint64_t)i * 37 * line_stride};
        setsockopt(conns[i].fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        watch(epoll, conns[i].fd, &conns[i]);
    }
}

void close_all(struct conn *conns, int count) {
    for (int i = 0; i < count; i++) close(conns[i].fd);
}

void send_asked(struct conn *conn) {
    while (conn->sent < conn->asked) {
        size_t length = conn->asked - conn->sent;
        if (length > READ_BYTES) length = READ_BYTES;
        ssize_t n = send(conn->fd, lines_at(conn->start + conn->sent), length, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) return;
        if (n < 0) fail("Cannot send");
        conn->sent += n;
    }
}

static void refuse(const struct conn *conn, const char *bytes, ssize_t n) {
    const char *expected = lines_at(conn->start + conn->received);
    ssize_t at = 0;
    while (at < n && bytes[at] == expected[at]) at++;
    fprintf(stderr, "Wrong byte %llu of a connection: expected %.40s, got %.40s\n",
            (unsigned long long)conn->received + at, expected + at, bytes + at);
    _exit(1);
}

ssize_t receive_checked(struct conn *conn) {
    static char bytes[READ_BYTES];
    ssize_t all = 0, n;
    do {
        n = recv(conn->fd, bytes, READ_BYTES, MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) break;
        if (n < 0) fail("Cannot receive");
        if (n == 0) fail_with("Cannot receive", "the server has closed the connection");
        if (memcmp(bytes, lines_at(conn->start + conn->received), n) != 0) refuse(conn, bytes, n);
        conn->received += n;
        all += n;
    } while (n == READ_BYTES);
    return all;
}
