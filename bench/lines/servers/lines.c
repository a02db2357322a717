/* The yardstick: one thread, one epoll, lines found in place, the answers to one read leave in one send. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { READ_BYTES = 64 * 1024 };

struct bytes {
    char *at;
    size_t length, capacity;
};

struct conn {
    int fd;
    struct bytes tail;   /* an unfinished line */
    struct bytes unsent; /* what the kernel has not taken; nothing is read meanwhile */
    struct conn *previous, *next;
};

static int epoll;
static bool is_fan;
static struct conn all = {.previous = &all, .next = &all};

static void append(struct bytes *bytes, const char *more, size_t length) {
    if (length == 0) return;
    if (bytes->length + length > bytes->capacity) {
        bytes->capacity = 2 * (bytes->length + length);
        bytes->at = realloc(bytes->at, bytes->capacity);
    }
    memcpy(bytes->at + bytes->length, more, length);
    bytes->length += length;
}

static void forget(struct bytes *bytes) {
    free(bytes->at);
    *bytes = (struct bytes){0};
}

static void watch(int change, struct conn *conn, int events) {
    epoll_ctl(epoll, change, conn->fd, &(struct epoll_event){.events = events, .data.ptr = conn});
}

static void end(struct conn *conn) {
    close(conn->fd);
    forget(&conn->tail);
    forget(&conn->unsent);
    conn->previous->next = conn->next;
    conn->next->previous = conn->previous;
    free(conn);
}

static void answer(struct conn *conn, const char *lines, size_t length) {
    ssize_t n = conn->unsent.length ? 0 : send(conn->fd, lines, length, MSG_NOSIGNAL);
    if (n < 0) n = 0;
    if ((size_t)n == length) return;
    append(&conn->unsent, lines + n, length - n);
    watch(EPOLL_CTL_MOD, conn, EPOLLOUT);
}

static void send_rest(struct conn *conn) {
    ssize_t n = send(conn->fd, conn->unsent.at, conn->unsent.length, MSG_NOSIGNAL);
    if (n < 0) return;
    memmove(conn->unsent.at, conn->unsent.at + n, conn->unsent.length -= n);
    if (conn->unsent.length > 0) return;
    forget(&conn->unsent);
    watch(EPOLL_CTL_MOD, conn, EPOLLIN);
}

/* Finds every line, as a server that looks at them must, and copies it into the answers. */
static void lines_received(struct conn *conn, const char *bytes, size_t length) {
    static struct bytes answers;
    const char *line = bytes, *lf;
    answers.length = 0;
    while ((lf = memchr(line, '\n', bytes + length - line))) {
        append(&answers, line, lf + 1 - line);
        line = lf + 1;
    }
    if (answers.length > 0 && !is_fan) answer(conn, answers.at, answers.length);
    for (struct conn *other = all.next; answers.length > 0 && is_fan && other != &all; other = other->next)
        if (other != conn) answer(other, answers.at, answers.length);
    struct bytes old = conn->tail;
    conn->tail = (struct bytes){0};
    append(&conn->tail, line, bytes + length - line);
    forget(&old);
}

static void read_some(struct conn *conn) {
    static char bytes[READ_BYTES];
    ssize_t n = recv(conn->fd, bytes, READ_BYTES, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return end(conn);
    if (conn->tail.length == 0) return lines_received(conn, bytes, n);
    append(&conn->tail, bytes, n);
    lines_received(conn, conn->tail.at, conn->tail.length);
}

static void accept_all(int listener) {
    for (int fd; (fd = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0;) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        struct conn *conn = calloc(1, sizeof *conn);
        *conn = (struct conn){.fd = fd, .previous = &all, .next = all.next};
        all.next = all.next->previous = conn;
        watch(EPOLL_CTL_ADD, conn, EPOLLIN);
    }
}

static int listen_anywhere(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 511) < 0) exit(1);
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("listening on %d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int argc, char **argv) {
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    is_fan = argc > 1 && strcmp(argv[1], "fan") == 0;
    epoll = epoll_create1(0);
    int listener = listen_anywhere();
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN});
    for (struct epoll_event events[256];;) {
        int n = epoll_wait(epoll, events, 256, -1);
        for (int i = 0; i < n; i++) {
            struct conn *conn = events[i].data.ptr;
            if (!conn) accept_all(listener);
            else if (events[i].events & EPOLLOUT) send_rest(conn);
            else read_some(conn);
        }
    }
}
