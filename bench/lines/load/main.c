/*
 * The load generator: one thread, one epoll. `load KIND --port P --server PID [--connections N] [--depth D] ...`
 * prints one JSON object: lines, seconds, the server's and its own CPU seconds in that window.
 * Every byte that comes back is compared; at the first wrong one it ends with code 1 and says where.
 */
#include "load.h"
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const struct kind {
    const char *name;
    void (*run)(const struct order *);
} kinds[] = {
    {"echo", echo_load}, {"fan", fan_load}, {"open", open_load}, {"churn", churn_load}, {"idle", idle_load},
};

static struct order read_order(int argc, char **argv) {
    static const struct option options[] = {
        {"port", 1, 0, 'p'},    {"server", 1, 0, 's'},  {"connections", 1, 0, 'c'}, {"depth", 1, 0, 'd'},
        {"bytes", 1, 0, 'b'},   {"seconds", 1, 0, 't'}, {"warmup", 1, 0, 'w'},      {"rate", 1, 0, 'r'},
        {0},
    };
    struct order order = {.connections = 1, .depth = 1, .line_bytes = 64, .seconds = 1, .warmup_seconds = 0.3};
    for (int option; (option = getopt_long(argc, argv, "", options, 0)) != -1;) {
        switch (option) {
        case 'p': order.port = atoi(optarg); break;
        case 's': order.server = atoi(optarg); break;
        case 'c': order.connections = atoi(optarg); break;
        case 'd': order.depth = atoi(optarg); break;
        case 'b': order.line_bytes = atoi(optarg); break;
        case 't': order.seconds = atof(optarg); break;
        case 'w': order.warmup_seconds = atof(optarg); break;
        case 'r': order.lines_per_second = atof(optarg); break;
        default: exit(2);
        }
    }
    return order;
}

static void allow_many_files(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv) {
    signal(SIGPIPE, SIG_IGN);
    allow_many_files();
    if (argc < 2) fail_with("Cannot make load", "the kind is missing");
    struct order order = read_order(argc - 1, argv + 1);
    make_lines(order.line_bytes);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, argv[1]) == 0) return kinds[i].run(&order), 0;
    fail_with("Cannot make load: no such kind", argv[1]);
}
