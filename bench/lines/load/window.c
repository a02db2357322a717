#include "load.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double seconds_of(clockid_t clock) {
    struct timespec time;
    if (clock_gettime(clock, &time) < 0) fail("Cannot read a clock");
    return time.tv_sec + time.tv_nsec / 1e9;
}

double now(void) {
    return seconds_of(CLOCK_MONOTONIC);
}

/* All threads of the server, in nanoseconds; /proc would count in steps of 10 ms. */
static double cpu_of(pid_t pid) {
    clockid_t clock;
    if (pid == 0) return 0;
    if (clock_getcpuclockid(pid, &clock) != 0) fail_with("Cannot find the server's CPU clock", "it has ended");
    return seconds_of(clock);
}

/* What all cores did, for whomever. */
static double machine_cpu(void) {
    double user, nice, system, idle, wait, irq, soft, steal;
    FILE *file = fopen("/proc/stat", "r");
    if (!file || fscanf(file, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &user, &nice, &system, &idle, &wait, &irq,
                        &soft, &steal) != 8)
        fail("Cannot read /proc/stat");
    fclose(file);
    return (user + nice + system + irq + soft + steal) / sysconf(_SC_CLK_TCK);
}

struct window window_after(const struct order *order) {
    double from = now() + order->warmup_seconds;
    return (struct window){.from = from, .to = from + order->seconds};
}

void window_look(struct window *window, const struct order *order, uint64_t lines) {
    double time = now();
    if (!window->is_open && time >= window->from) {
        window->is_open = true;
        window->opened = time;
        window->lines = lines;
        window->server_cpu = cpu_of(order->server);
        window->own_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
        window->machine_cpu = machine_cpu();
    } else if (window->is_open && !window->is_over && time >= window->to) {
        window->is_over = true;
        window->closed = time;
        window->lines = lines - window->lines;
        window->server_cpu = cpu_of(order->server) - window->server_cpu;
        window->own_cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID) - window->own_cpu;
        window->machine_cpu = machine_cpu() - window->machine_cpu;
    }
}

void window_report(const struct window *window, const char *more) {
    printf("{\"lines\":%llu,\"seconds\":%.6f,\"serverCpuSeconds\":%.6f,\"ownCpuSeconds\":%.6f,"
           "\"machineCpuSeconds\":%.2f%s}\n",
           (unsigned long long)window->lines, window->closed - window->opened, window->server_cpu,
           window->own_cpu, window->machine_cpu, more);
}

void fail(const char *what) {
    fail_with(what, strerror(errno));
}

void fail_with(const char *what, const char *why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}
