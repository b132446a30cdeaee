using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Signaling.Transports;

namespace SipAlg.Configuration.Checks;

/// <summary>Whether this host gives a gateway what the configuration wants of it, for <c>sipalg check</c>. One that starts says the same of what it got.</summary>
internal static class HostChecks
{
    /// <summary>Sockets, connections, files and timers beside media.</summary>
    public const int OtherDescriptors = 512;

    /// <summary>Some hundred packets of audio; less does not outlast a moment in which the processor is busy elsewhere.</summary>
    public const int LeastMediaBuffer = 128 << 10;

    private const int Kibi = 1024;

    public static void Run(GatewayOptions options, HostFacts host, ProblemList problems)
    {
        if (options.Realms.Count == 0)
        {
            return;
        }

        Descriptors(options, host, problems);
        var first = options.Realms[0].At;
        var asked = new NetworkOptions { Listeners = [] }.ReceiveBuffer;
        if (host.MostReceiveBuffer is { } most && most < asked)
        {
            problems.Warn(first, $"net.core.rmem_max is {most / Kibi} KiB, and SIP over UDP asks for {asked / Kibi} KiB of receive buffer: bursts may be lost",
                $"sysctl -w net.core.rmem_max={asked}, or give the gateway CAP_NET_ADMIN");
        }

        if (host.UsualReceiveBuffer is { } usual && usual < LeastMediaBuffer)
        {
            problems.Warn(first, $"net.core.rmem_default is {usual / Kibi} KiB: packets of media are lost when the processor is busy for a moment",
                $"sysctl -w net.core.rmem_default={LeastMediaBuffer} or more; 208 KiB is usual");
        }
    }

    /// <summary>Each port that media may take is a socket, unless they share; whether the system allows that, a gateway finds out when it starts.</summary>
    private static void Descriptors(GatewayOptions options, HostFacts host, ProblemList problems)
    {
        var wanted = OtherDescriptors + options.Realms.Sum(realm => realm.Value.Media?.PortsInAll ?? PortRange.Default.Count);
        if (host.MostDescriptors < wanted && options.Media?.Sockets?.Value != MediaSockets.Shared)
        {
            var largest = options.Realms.MaxBy(realm => realm.Value.Media?.PortsInAll ?? PortRange.Default.Count)!;
            problems.Warn(largest.Value.Media?.Ports?.At ?? largest.At, $"the descriptor limit is {host.MostDescriptors}, and all media ports at once want {wanted}: calls will fail first for descriptors",
                "raise it (ulimit -n, LimitNOFILE= of systemd, ulimits of Docker), narrow media.ports, or let ports share sockets (media.sockets)");
        }
    }
}
