/* rtpfloor - the least a userspace RTP relay can do, to know the floor.
 *
 *   gcc -O2 -o rtpfloor rtpfloor.c -luring
 *   rtpfloor MODE SESSIONS LEGSFILE [secs [ADDRESS-A ADDRESS-B NETWORK-A NETWORK-B]]
 *
 * Relay ports: leg A of session i on 127.0.0.10 (ADDRESS-A), leg B on 127.0.0.20,
 * port 10000+2i each.  Peers: 127.1.x.y:61000 (NETWORK-A: 127.1.0.0) and
 * 127.2.x.y:61002.  Writes the legs file for rtpload, then relays until killed (or
 * for secs, if not 0).  No SIP, and but for
 * latch no statistics: only receive, look at the source, send on.
 *
 *   simple   epoll, one recvfrom + one sendto per packet, a socket per leg
 *   latch    what a relay must do: as simple, the source compared with the one that settled, others dropped, and for
 *            each leg packets, octets, RFC 3550 A.1 sequence and loss, A.8 jitter, longest gap
 *   conn     as simple with connected sockets (recv + send)
 *   mmsg     epoll, recvmmsg + sendmmsg per readable socket, a socket per leg
 *   busy     as conn, but epoll_wait(0) in a loop with a 1 ms nap when idle (bigger batches)
 *   uring    io_uring: multishot receive into a buffer ring, sends submitted in batches
 *   shared   two sockets in all (wildcard, IP_PKTINFO): recvmmsg/sendmmsg really
 *            batch; legs told apart by address, not port.  Not deployable as is:
 *            shows what the system calls cost.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <liburing.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct leg {
    int fd; struct sockaddr_in peer;
    struct sockaddr_in settled; int is_settled, begun;          /* latch */
    unsigned long packets, octets, strangers, runts, jitter16;
    unsigned short top; unsigned cycles, base, ssrc, transit, out_of_order;
    long first, last, gap;
};
static struct leg *L;
static int nl;
static double left(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec / 1e9; }

static struct sockaddr_in with(in_addr_t address, unsigned host, int port) {
    return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(ntohl(address) | host) };
}

/* Whether the packet crosses; counts it. now: nanoseconds, of the turn. */
static int latch(struct leg *a, const struct sockaddr_in *from, const unsigned char *p, int n, long now) {
    if (n < 12 || p[0] >> 6 != 2) { a->runts++; return 0; }
    if (!a->is_settled) { a->settled = *from; a->peer = *from; a->is_settled = 1; }
    else if (a->settled.sin_addr.s_addr != from->sin_addr.s_addr || a->settled.sin_port != from->sin_port) { a->strangers++; return 0; }
    a->packets++; a->octets += n;
    unsigned short seq = p[2] << 8 | p[3];
    unsigned stamp = (unsigned)p[4] << 24 | p[5] << 16 | p[6] << 8 | p[7], ssrc = (unsigned)p[8] << 24 | p[9] << 16 | p[10] << 8 | p[11];
    unsigned transit = (unsigned)(now / 125000) - stamp;        /* 8000 Hz */
    if (!a->begun || ssrc != a->ssrc) { a->begun = 1; a->ssrc = ssrc; a->base = a->top = seq; a->cycles = 0; a->transit = transit; a->first = now; }
    else {
        unsigned short step = seq - a->top;
        if (step && step < 3000) { if (seq < a->top) a->cycles += 1 << 16; a->top = seq; } else a->out_of_order++;
        int d = transit - a->transit; a->transit = transit; if (d < 0) d = -d;
        a->jitter16 += d - ((a->jitter16 + 8) >> 4);
        if (now - a->last > a->gap) a->gap = now - a->last;
    }
    a->last = now;
    return 1;
}

static void shared(double end) {
    enum { B = 64 };
    int fd[2], ports[2] = { 9000, 9002 };
    static struct mmsghdr rm[B], sm[B]; static struct iovec ri[B]; static char buf[B][2048];
    static struct sockaddr_in from[B]; static char rc[B][64];
    for (int k = 0; k < 2; k++) {
        struct sockaddr_in s = with(INADDR_ANY, 0, ports[k]); int one = 1, big = 4 << 20;
        fd[k] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        setsockopt(fd[k], IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
        setsockopt(fd[k], SOL_SOCKET, SO_RCVBUF, &big, sizeof big);
        if (bind(fd[k], (void *)&s, sizeof s)) { perror("bind"); exit(1); }
    }
    int ep = epoll_create1(0);
    for (int k = 0; k < 2; k++) { struct epoll_event e = { .events = EPOLLIN, .data.u32 = k }; epoll_ctl(ep, EPOLL_CTL_ADD, fd[k], &e); }
    for (;;) {
        struct epoll_event ev[2]; int c = epoll_wait(ep, ev, 2, 1000);
        if (end && left() > end) return;
        for (int q = 0; q < c; q++) {
            int k = ev[q].data.u32;
            for (int i = 0; i < B; i++) { ri[i] = (struct iovec){ buf[i], 2048 }; rm[i].msg_hdr = (struct msghdr){ &from[i], sizeof from[i], &ri[i], 1, rc[i], 64, 0 }; }
            int r = recvmmsg(fd[k], rm, B, MSG_DONTWAIT, 0);
            if (r <= 0) continue;
            for (int i = 0; i < r; i++) {
                /* session = low 16 bits of the source; the other leg differs in the second octet */
                unsigned ip = ntohl(from[i].sin_addr.s_addr);
                from[i].sin_addr.s_addr = htonl((ip & 0xff00ffffu) | (k ? 1u : 2u) << 16);
                from[i].sin_port = htons(k ? 61000 : 61002);
                struct cmsghdr *h = (void *)rc[i]; struct in_pktinfo *p = (void *)CMSG_DATA(h);
                p->ipi_ifindex = 0; p->ipi_spec_dst.s_addr = htonl(k ? 0x7f00000a : 0x7f000014);
                ri[i].iov_len = rm[i].msg_len;
                sm[i].msg_hdr = (struct msghdr){ &from[i], sizeof from[i], &ri[i], 1, rc[i], CMSG_SPACE(sizeof *p), 0 };
            }
            for (int o = 0; o < r; ) { int w = sendmmsg(fd[!k], sm + o, r - o, 0); o += w > 0 ? w : 1; }
        }
    }
}

static void uring(double end) {
    enum { NB = 4096, BS = 256, BG = 7 };
    struct io_uring R; struct io_uring_params p = { .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE, .cq_entries = 32768 };
    if (io_uring_queue_init_params(4096, &R, &p)) { perror("io_uring"); exit(1); }
    int *fds = calloc(nl, sizeof(int));
    for (int i = 0; i < nl; i++) fds[i] = L[i].fd;
    if (io_uring_register_files(&R, fds, nl)) { perror("register files"); exit(1); }
    char *mem = malloc(NB * BS);
    struct io_uring_buf_reg reg = { 0 }; struct io_uring_buf_ring *br;
    if (posix_memalign((void **)&br, 4096, NB * sizeof(struct io_uring_buf))) exit(1);
    reg.ring_addr = (unsigned long)br; reg.ring_entries = NB; reg.bgid = BG;
    if (io_uring_register_buf_ring(&R, &reg, 0)) { perror("buf ring"); exit(1); }
    io_uring_buf_ring_init(br);
    for (int i = 0; i < NB; i++) io_uring_buf_ring_add(br, mem + i * BS, BS, i, io_uring_buf_ring_mask(NB), i);
    io_uring_buf_ring_advance(br, NB);
#define ARM(k) do { struct io_uring_sqe *q = io_uring_get_sqe(&R); while (!q) { io_uring_submit(&R); q = io_uring_get_sqe(&R); } \
        io_uring_prep_recv(q, (k), 0, 0, 0); q->ioprio |= IORING_RECV_MULTISHOT; q->flags |= IOSQE_BUFFER_SELECT | IOSQE_FIXED_FILE; q->buf_group = BG; q->user_data = (k); } while (0)
    for (int i = 0; i < nl; i++) ARM(i);
    for (;;) {
        struct __kernel_timespec ts = { 1, 0 }; struct io_uring_cqe *c, *cq[256];
        io_uring_submit_and_wait_timeout(&R, &c, 1, &ts, 0);
        if (end && left() > end) return;
        int n; int back = 0;
        while ((n = io_uring_peek_batch_cqe(&R, cq, 256)) > 0) {
            for (int i = 0; i < n; i++) {
                unsigned long ud = cq[i]->user_data;
                if (ud >> 63) {              /* a send is done: its buffer goes back */
                    int bid = ud & 0xffffff;
                    io_uring_buf_ring_add(br, mem + bid * BS, BS, bid, io_uring_buf_ring_mask(NB), back++);
                    continue;
                }
                if (cq[i]->res > 0) {
                    int bid = cq[i]->flags >> IORING_CQE_BUFFER_SHIFT;
                    struct io_uring_sqe *q = io_uring_get_sqe(&R);
                    while (!q) { io_uring_submit(&R); q = io_uring_get_sqe(&R); }
                    io_uring_prep_send(q, (int)(ud ^ 1), mem + bid * BS, cq[i]->res, MSG_NOSIGNAL);
                    q->flags |= IOSQE_FIXED_FILE; q->user_data = 1ul << 63 | bid;
                }
                if (!(cq[i]->flags & IORING_CQE_F_MORE)) ARM((int)ud);
            }
            io_uring_cq_advance(&R, n);
            if (back) { io_uring_buf_ring_advance(br, back); back = 0; }
        }
    }
}

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    char *mode = argv[1]; int n = atoi(argv[2]);
    double end = argc > 4 && atof(argv[4]) > 0 ? left() + atof(argv[4]) : 0;
    struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
    int sh = !strcmp(mode, "shared"), con = !strcmp(mode, "conn") || !strcmp(mode, "uring") || !strcmp(mode, "busy");
    const char *standard[] = { "127.0.0.10", "127.0.0.20", "127.1.0.0", "127.2.0.0" };
    in_addr_t own[2], peers[2];
    for (int b = 0; b < 2; b++) {
        own[b] = inet_addr(argc > 8 ? argv[5 + b] : standard[b]);
        peers[b] = inet_addr(argc > 8 ? argv[7 + b] : standard[2 + b]);
    }
    FILE *f = fopen(argv[3], "w");
    nl = 2 * n; L = calloc(nl, sizeof *L);
    for (int i = 0; i < nl; i++) {
        int s = i / 2, b = i & 1, port = sh ? 9000 + 2 * b : 10000 + 2 * s;
        struct sockaddr_in a = with(own[b], 0, port);
        L[i].peer = with(peers[b], (1 + s / 250) << 8 | (1 + s % 250), 61000 + 2 * b);
        if (!sh) {
            L[i].fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
            if (L[i].fd < 0 || bind(L[i].fd, (void *)&a, sizeof a)) { perror("socket/bind"); return 1; }
            if (con) connect(L[i].fd, (void *)&L[i].peer, sizeof a);
        }
        fprintf(f, "%s %d ", inet_ntoa(L[i].peer.sin_addr), 61000 + 2 * b);
        fprintf(f, "%s %d\n", inet_ntoa(a.sin_addr), port);
    }
    fclose(f);
    if (sh) { shared(end); return 0; }
    if (!strcmp(mode, "uring")) { uring(end); return 0; }
    int ep = epoll_create1(0), mm = !strcmp(mode, "mmsg"), busy = !strcmp(mode, "busy"), la = !strcmp(mode, "latch");
    for (int i = 0; i < nl; i++) { struct epoll_event e = { .events = EPOLLIN, .data.u32 = i }; epoll_ctl(ep, EPOLL_CTL_ADD, L[i].fd, &e); }
    enum { B = 32 };
    static struct mmsghdr m[B]; static struct iovec io[B]; static char buf[B][2048]; static struct sockaddr_in from[B];
    struct epoll_event ev[512];
    for (;;) {
        if (busy) { struct timespec d = { 0, 1000000 }; nanosleep(&d, 0); }
        int c = epoll_wait(ep, ev, 512, 1000);
        if (end && left() > end) return 0;
        long now = 0;
        if (la) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); now = t.tv_sec * 1000000000L + t.tv_nsec; }
        for (int q = 0; q < c; q++) {
            struct leg *a = L + ev[q].data.u32, *b = L + (ev[q].data.u32 ^ 1);
            if (mm) {
                for (int i = 0; i < B; i++) { io[i] = (struct iovec){ buf[i], 2048 }; m[i].msg_hdr = (struct msghdr){ &from[i], sizeof from[i], &io[i], 1, 0, 0, 0 }; }
                int r = recvmmsg(a->fd, m, B, MSG_DONTWAIT, 0);
                if (r <= 0) continue;
                a->peer = from[r - 1];
                for (int i = 0; i < r; i++) { io[i].iov_len = m[i].msg_len; m[i].msg_hdr.msg_name = &b->peer; m[i].msg_hdr.msg_namelen = sizeof b->peer; }
                sendmmsg(b->fd, m, r, 0);
            } else if (la) {
                socklen_t sl = sizeof from[0];
                int r = recvfrom(a->fd, buf[0], 2048, 0, (void *)&from[0], &sl);
                if (r > 0 && latch(a, &from[0], (void *)buf[0], r, now)) sendto(b->fd, buf[0], r, 0, (void *)&b->peer, sizeof b->peer);
            } else if (con) {
                int r = recv(a->fd, buf[0], 2048, 0);
                if (r > 0) send(b->fd, buf[0], r, 0);
            } else {
                socklen_t sl = sizeof from[0];
                int r = recvfrom(a->fd, buf[0], 2048, 0, (void *)&from[0], &sl);
                if (r > 0) { a->peer = from[0]; sendto(b->fd, buf[0], r, 0, (void *)&b->peer, sizeof b->peer); }
            }
        }
    }
}
