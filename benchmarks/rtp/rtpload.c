/* rtpload - RTP load through a relay, one thread, no allocation while running.
 *
 *   gcc -O2 -o rtpload rtpload.c                       plain RTP
 *   gcc -O2 -DWITH_SRTP -o rtpload rtpload.c -lsrtp2   SRTP on legs that carry a key
 *
 *   rtpload [-t secs] [-w warmup] [-P pid,pid..] [-c cpu] [-s sutcpu] [-p ptime_ms] [-n us] [-N nsA,nsB] legs.txt
 *
 * legs.txt: one leg a line, two lines make a session:
 *     local_ip local_port relay_ip relay_port [sdes_key_we_send_with]
 * The generator sends every ptime from local to relay on each leg and expects
 * what leg A sent at leg B and the other way round.
 *
 * Legs may share a local port on different addresses (127.1.0.1:61000,
 * 127.1.0.2:40000 ...): these share one socket bound to the wildcard address,
 * which sends with IP_PKTINFO, so that sendmmsg/recvmmsg batch over all of
 * them and the generator costs much less than the relay it measures.
 *
 * Each payload carries its leg and send time; latency is receive time minus
 * send time on one clock.  Packets are spread evenly over the ptime.
 *
 * -n us: looks only every so many microseconds, sleeps in between, and comes
 * before all else on its CPU (SCHED_FIFO).  Then the CPU has time for others, and
 * the machine's busy time is that of the packets' way; it is otherwise that of
 * a loop that never sleeps.
 * -N nsA,nsB: the sockets of A legs and of B legs are in these network
 * namespaces (paths).  A and B legs must not share a local port then.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef WITH_SRTP
#include <srtp2/srtp.h>
#endif

#define PLEN 172          /* 12 + 160 octets, G.711 at 20 ms */
#define BATCH 64
#define RING 1024         /* send times kept per leg, for payloads we cannot read */
#define MAGIC 0x62656e63u
#define SSRC0 0x42000000u

struct pay { uint32_t magic, leg; uint64_t seq, ns; };

struct leg {
    struct in_addr lip;
    struct sockaddr_in to;
    int sock;
    uint32_t seq;
    int enc;
    uint64_t *ring;
#ifdef WITH_SRTP
    srtp_t tx;
#endif
};

struct sock {
    int fd, port;
    int n;
    struct mmsghdr m[BATCH];
    struct iovec iov[BATCH];
    unsigned char buf[BATCH][PLEN + 32];
    char ctl[BATCH][CMSG_SPACE(sizeof(struct in_pktinfo))];
};

static struct leg *L;
static int nl;
static struct sock **S;
static int ns;
static uint64_t sent, send_err, recvd, wrong, badlen, lagmax, lagsum, lagn;
static uint64_t t_begin, t_end;
#define HMAX 200000
static uint32_t hist[HMAX + 1];

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

static int b64(const char *s, unsigned char *o) {
    static const char A[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned v = 0; int bits = 0, n = 0;
    for (; *s && *s != '='; s++) {
        const char *p = strchr(A, *s);
        if (!p) break;
        v = v << 6 | (unsigned)(p - A); bits += 6;
        if (bits >= 8) { bits -= 8; o[n++] = v >> bits & 255; }
    }
    return n;
}

static const char *space[2];

static void enter(const char *path) {
    int fd = open(path, O_RDONLY);
    if (fd < 0 || setns(fd, CLONE_NEWNET)) { perror(path); exit(1); }
    close(fd);
}

static int get_sock(int port) {
    for (int i = ns - 1; i >= 0 && i > ns - 8; i--) if (S[i]->port == port) return i;
    for (int i = 0; i < ns; i++) if (S[i]->port == port) return i;
    if (space[nl & 1]) enter(space[nl & 1]);
    struct sock *s = calloc(1, sizeof *s);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };
    int big = 16 << 20;
    s->port = port;
    s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (s->fd < 0) { perror("socket"); exit(1); }
    if (setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof big)) setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
    setsockopt(s->fd, SOL_SOCKET, SO_SNDBUF, &big, sizeof big);
    if (bind(s->fd, (void *)&a, sizeof a)) { perror("bind"); exit(1); }
    S = realloc(S, (ns + 1) * sizeof *S);
    S[ns] = s;
    return ns++;
}

static void flush(struct sock *s) {
    int o = 0, tries = 0;
    while (o < s->n) {
        int k = sendmmsg(s->fd, s->m + o, s->n - o, 0);
        if (k > 0) { o += k; continue; }
        if ((errno == EAGAIN || errno == ECONNREFUSED || errno == EINTR) && tries++ < 1000) continue;
        send_err++; o++;
    }
    s->n = 0;
}

static void queue(int li, uint64_t t) {
    struct leg *l = L + li;
    struct sock *s = S[l->sock];
    int i = s->n++;
    unsigned char *b = s->buf[i];
    uint32_t seq = l->seq++, ts = seq * 160, ssrc = SSRC0 + li;
    int len = PLEN;
    struct pay p = { MAGIC, li, seq, t };
    b[0] = 0x80; b[1] = seq ? 8 : 0x88; b[2] = seq >> 8; b[3] = seq;
    ts = htonl(ts); memcpy(b + 4, &ts, 4);
    ssrc = htonl(ssrc); memcpy(b + 8, &ssrc, 4);
    memcpy(b + 12, &p, sizeof p);
    memset(b + 12 + sizeof p, 0xd5, PLEN - 12 - sizeof p);
    if (l->ring) l->ring[seq & (RING - 1)] = t;
#ifdef WITH_SRTP
    if (l->enc) srtp_protect(l->tx, b, &len);
#endif
    s->iov[i] = (struct iovec){ b, len };
    struct msghdr *h = &s->m[i].msg_hdr;
    h->msg_name = &l->to; h->msg_namelen = sizeof l->to;
    h->msg_iov = &s->iov[i]; h->msg_iovlen = 1;
    h->msg_control = s->ctl[i]; h->msg_controllen = sizeof s->ctl[i];
    struct cmsghdr *c = CMSG_FIRSTHDR(h);
    c->cmsg_level = IPPROTO_IP; c->cmsg_type = IP_PKTINFO; c->cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo));
    struct in_pktinfo *pi = (void *)CMSG_DATA(c);
    pi->ipi_ifindex = 0; pi->ipi_spec_dst = l->lip; pi->ipi_addr.s_addr = 0;
    if (t >= t_begin && t < t_end) sent++;
    if (s->n == BATCH) flush(s);
}

static struct mmsghdr rm[BATCH];
static struct iovec riov[BATCH];
static unsigned char rbuf[BATCH][2048];

static int drain(int si) {
    struct sock *s = S[si];
    int k = recvmmsg(s->fd, rm, BATCH, MSG_DONTWAIT, 0);
    if (k <= 0) return 0;
    uint64_t t = now();
    for (int i = 0; i < k; i++) {
        unsigned char *b = rbuf[i];
        unsigned len = rm[i].msg_len;
        uint32_t from; uint64_t st;
        if (len == PLEN) {
            struct pay p;
            memcpy(&p, b + 12, sizeof p);
            if (p.magic != MAGIC || p.leg >= (uint32_t)nl) { badlen++; continue; }
            from = p.leg; st = p.ns;
        } else if (len == PLEN + 10) {   /* SRTP with an 80-bit tag: header only */
            uint32_t ssrc; memcpy(&ssrc, b + 8, 4);
            from = ntohl(ssrc) - SSRC0;
            if (from >= (uint32_t)nl || !L[from].ring) { badlen++; continue; }
            st = L[from].ring[((b[2] << 8) | b[3]) & (RING - 1)];
        } else { badlen++; continue; }
        if (L[from ^ 1].sock != si) { wrong++; continue; }
        if (st < t_begin || st >= t_end) continue;
        recvd++;
        uint64_t us = (t - st) / 1000;
        hist[us < HMAX ? us : HMAX]++;
    }
    return k;
}

static double pct(uint32_t *h, double q) {
    uint64_t n = 0, c = 0;
    for (int i = 0; i <= HMAX; i++) n += h[i];
    uint64_t want = (uint64_t)(n * q);
    for (int i = 0; i <= HMAX; i++) if ((c += h[i]) > want) return i;
    return 0;
}

static int pids[256], np;
static void sut(double *u, double *s) {
    *u = *s = 0;
    for (int i = 0; i < np; i++) {
        char f[64], b[2048]; snprintf(f, sizeof f, "/proc/%d/stat", pids[i]);
        int fd = open(f, O_RDONLY); if (fd < 0) continue;
        int n = read(fd, b, sizeof b - 1); close(fd); if (n <= 0) continue;
        b[n] = 0;
        char *p = strrchr(b, ')'); unsigned long ut, st;
        if (p && sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &ut, &st) == 2) { *u += ut / 100.0; *s += st / 100.0; }
    }
}
static void cpuline(int c, double *busy, double *steal) {
    char key[16], line[512]; double v[8];
    *busy = *steal = 0;
    FILE *f = fopen("/proc/stat", "r");
    int kl = snprintf(key, sizeof key, "cpu%d ", c);
    while (fgets(line, sizeof line, f)) if (!strncmp(line, key, kl)) {
        sscanf(line + kl, "%lf %lf %lf %lf %lf %lf %lf %lf", v, v+1, v+2, v+3, v+4, v+5, v+6, v+7);
        *busy = (v[0]+v[1]+v[2]+v[5]+v[6]+v[7]) / 100; *steal = v[7] / 100;
    }
    fclose(f);
}

/* CPU that this program has taken: also what the kernel did in its name for the receiver of what it sent. */
static double own_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

/* Seconds in which no CPU was idle or stolen: with softirq and kernel threads, to whomever they are charged.
   On a tickless kernel idle time is measured, not sampled. */
static double machine_busy(void) {
    double v[8] = { 0 }; struct timespec t;
    FILE *f = fopen("/proc/stat", "r");
    if (fscanf(f, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", v, v+1, v+2, v+3, v+4, v+5, v+6, v+7) != 8) v[3] = 0;
    fclose(f);
    clock_gettime(CLOCK_MONOTONIC, &t);
    return sysconf(_SC_NPROCESSORS_ONLN) * (t.tv_sec + t.tv_nsec / 1e9) - (v[3] + v[4] + v[7]) / 100;
}

int main(int argc, char **argv) {
    double secs = 10, warm = 2; int o, cpu = -1, scpu = 0, ptime = 20; uint64_t nap = 0;
    while ((o = getopt(argc, argv, "t:w:P:c:s:p:n:N:")) > 0) switch (o) {
        case 'n': nap = strtoull(optarg, 0, 10) * 1000; break;
        case 'N': space[0] = strtok(optarg, ","); space[1] = strtok(0, ","); break;
        case 't': secs = atof(optarg); break;
        case 'w': warm = atof(optarg); break;
        case 'c': cpu = atoi(optarg); break;
        case 's': scpu = atoi(optarg); break;
        case 'p': ptime = atoi(optarg); break;
        case 'P': for (char *q = strtok(optarg, ","); q && np < 256; q = strtok(0, ",")) pids[np++] = atoi(q); break;
        default: return 2;
    }
    if (optind >= argc) { fprintf(stderr, "legs file?\n"); return 2; }
    if (cpu >= 0) { cpu_set_t c; CPU_ZERO(&c); CPU_SET(cpu, &c); sched_setaffinity(0, sizeof c, &c); }
    struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
#ifdef WITH_SRTP
    srtp_init();
#endif
    if (nap) { struct sched_param p = { .sched_priority = 10 }; if (sched_setscheduler(0, SCHED_FIFO, &p)) perror("SCHED_FIFO"); }
    FILE *f = fopen(argv[optind], "r");
    if (!f) { perror(argv[optind]); return 1; }
    char line[512], a[64], b[64], key[128]; int lp, rp, anyenc = 0;
    while (fgets(line, sizeof line, f)) {
        key[0] = 0;
        if (line[0] == '#' || sscanf(line, "%63s %d %63s %d %127s", a, &lp, b, &rp, key) < 4) continue;
        L = realloc(L, (nl + 1) * sizeof *L);
        struct leg *l = L + nl;
        memset(l, 0, sizeof *l);
        inet_aton(a, &l->lip);
        l->to.sin_family = AF_INET; l->to.sin_port = htons(rp); inet_aton(b, &l->to.sin_addr);
        l->sock = get_sock(lp);
        if (key[0]) {
#ifdef WITH_SRTP
            unsigned char *k = calloc(1, 64); srtp_policy_t p; memset(&p, 0, sizeof p);
            b64(key, k);
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&p.rtp);
            srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&p.rtcp);
            p.ssrc.type = ssrc_any_outbound; p.key = k; p.window_size = 1024; p.allow_repeat_tx = 1;
            if (srtp_create(&l->tx, &p)) { fprintf(stderr, "srtp_create\n"); return 1; }
            l->enc = 1; anyenc = 1;
#else
            fprintf(stderr, "built without SRTP\n"); return 1;
#endif
        }
        nl++;
    }
    fclose(f);
    nl &= ~1;
    if (!nl) { fprintf(stderr, "no legs\n"); return 1; }
    if (anyenc) for (int i = 0; i < nl; i++) L[i].ring = calloc(RING, sizeof(uint64_t));
    for (int i = 0; i < BATCH; i++) { riov[i] = (struct iovec){ rbuf[i], sizeof rbuf[i] }; rm[i].msg_hdr.msg_iov = &riov[i]; rm[i].msg_hdr.msg_iovlen = 1; }
    int ep = -1;
    if (ns > 8) {
        ep = epoll_create1(0);
        for (int i = 0; i < ns; i++) { struct epoll_event e = { .events = EPOLLIN, .data.u32 = i }; epoll_ctl(ep, EPOLL_CTL_ADD, S[i]->fd, &e); }
    }
    /* leg k of nl is due at k/nl of the ptime; legs are taken in an order that
       keeps the two legs of a session half a ptime apart */
    uint64_t step = (uint64_t)ptime * 1000000ull, t0 = now() + 5000000;
    t_begin = t0 + (uint64_t)(warm * 1e9); t_end = t_begin + (uint64_t)(secs * 1e9);
    uint64_t idx = 0, tick = 0;
    int half = nl / 2, started = 0, stopped = 0;
    double u0 = 0, s0 = 0, u1 = 0, s1 = 0, b0 = 0, st0 = 0, b1 = 0, st1 = 0, m0 = 0, m1 = 0, g0 = 0, g1 = 0;
    for (;;) {
        uint64_t t = now();
        if (!started && t >= t_begin) { started = 1; sut(&u0, &s0); cpuline(scpu, &b0, &st0); m0 = machine_busy(); g0 = own_cpu(); }
        if (!stopped && t >= t_end) { stopped = 1; sut(&u1, &s1); cpuline(scpu, &b1, &st1); m1 = machine_busy(); g1 = own_cpu(); }
        if (t >= t_end + 400000000ull) break;
        int burst = 0;
        while (!stopped) {
            uint64_t due = t0 + tick * step + idx * step / nl;
            if (due > t) break;
            uint64_t lag = t - due;
            if (t >= t_begin) { if (lag > lagmax) lagmax = lag; lagsum += lag; lagn++; }
            int k = (int)idx;
            queue(k < half ? 2 * k : 2 * (k - half) + 1, t);
            if (++idx == (uint64_t)nl) { idx = 0; tick++; }
            if (++burst == 2 * BATCH) break;
            if (burst % 16 == 0) t = now();
        }
        if (burst) { for (int i = 0; i < ns && ep < 0; i++) if (S[i]->n) flush(S[i]); if (ep >= 0) for (int i = 0; i < ns; i++) if (S[i]->n) flush(S[i]); }
        if (ep < 0) for (int i = 0; i < ns; i++) { for (int j = 0; j < 2 && drain(i) == BATCH; j++); }
        else {
            struct epoll_event ev[256]; int k = epoll_wait(ep, ev, 256, 0);
            for (int i = 0; i < k; i++) drain(ev[i].data.u32);
        }
        if (nap) {
            uint64_t next = (now() / nap + 1) * nap;
            struct timespec d = { next / 1000000000ull, next % 1000000000ull };
            clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &d, 0);
        }
    }
    double el = (t_end - t_begin) / 1e9, cu = u1 - u0, cs = s1 - s0;
    printf("{\"sessions\":%d,\"secs\":%.2f,\"sent\":%lu,\"recv\":%lu,\"loss_pct\":%.4f,\"pps\":%.0f,"
           "\"lat_us\":{\"p50\":%.0f,\"p99\":%.0f,\"p999\":%.0f},"
           "\"sut_user_s\":%.2f,\"sut_sys_s\":%.2f,\"us_per_pkt\":%.3f,\"us_user\":%.3f,\"us_sys\":%.3f,\"sut_core\":%.3f,"
           "\"sutcpu_busy\":%.3f,\"machine_s\":%.3f,\"gen_s\":%.3f,\"foreign_s\":%.2f,\"steal_s\":%.2f,"
           "\"gen_lag_us\":{\"avg\":%.0f,\"max\":%.0f},\"send_err\":%lu,\"wrong\":%lu,\"bad\":%lu}\n",
           nl / 2, el, sent, recvd, sent ? 100.0 * ((double)sent - (double)recvd) / sent : 0, recvd / el,
           pct(hist, .5), pct(hist, .99), pct(hist, .999),
           cu, cs, recvd ? (cu + cs) * 1e6 / recvd : 0, recvd ? cu * 1e6 / recvd : 0, recvd ? cs * 1e6 / recvd : 0, (cu + cs) / el,
           (b1 - b0) / el, m1 - m0, g1 - g0, (b1 - b0) - (cu + cs), st1 - st0,
           lagn ? lagsum / 1e3 / lagn : 0, lagmax / 1e3, send_err, wrong, badlen);
    return 0;
}
