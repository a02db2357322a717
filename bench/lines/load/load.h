/* What the kinds of load share: lines that can be checked, connections, the measuring window. */
#ifndef LOAD_H
#define LOAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What the command line asks for. */
struct order {
    int port;
    pid_t server;         /* whose CPU time is measured */
    int connections;
    int depth;            /* lines in flight on each connection, or lines of a burst */
    int line_bytes;       /* without its LF */
    double seconds;       /* of the measuring window */
    double warmup_seconds;
    double lines_per_second; /* open loop only */
};

/* An endless stream of lines, different from each other; what was sent is what must come back. */
void make_lines(int line_bytes);
extern size_t line_stride;                      /* with its LF */
extern size_t lines_period;                     /* after so many bytes the stream repeats */
const char *lines_at(uint64_t offset);          /* at least READ_BYTES can be read there */
enum { READ_BYTES = 256 * 1024 };

/* A connection that sends the stream and expects it back. */
struct conn {
    int fd;
    uint64_t start;       /* where in the stream this connection begins, so that no two say the same */
    uint64_t asked;       /* bytes that may be sent */
    uint64_t sent;
    uint64_t received;
};
void connect_all(struct conn *conns, const struct order *order, int epoll);
void close_all(struct conn *conns, int count);
void send_asked(struct conn *conn);
ssize_t receive_checked(struct conn *conn);     /* all that is there; exits at the first wrong byte */
int dial(int port);
void watch(int epoll, int fd, void *whose);

/* From the end of the warm-up for `seconds`. */
struct window {
    double from, to;
    double opened, closed;
    double server_cpu, own_cpu, machine_cpu;
    uint64_t lines;       /* counted at `opened`, then the difference */
    bool is_open, is_over;
};
struct window window_after(const struct order *order);
void window_look(struct window *window, const struct order *order, uint64_t lines);
void window_report(const struct window *window, const char *more);

double now(void);
void fail(const char *what) __attribute__((noreturn));
void fail_with(const char *what, const char *why) __attribute__((noreturn));

void echo_load(const struct order *order);
void fan_load(const struct order *order);
void open_load(const struct order *order);
void churn_load(const struct order *order);
void idle_load(const struct order *order);
#endif
