using SipAlg.Media;

namespace SipAlg.Calls.Media;

/// <summary>Why a call got no media port.</summary>
/// <param name="Realm">Whose ports, by name.</param>
/// <param name="Reason">Any but <see cref="PortTakeResult.Taken"/>.</param>
public sealed record PortShortage(string Realm, PortTakeResult Reason)
{
    /// <summary>What it means and what helps.</summary>
    public string Explanation => Reason switch
    {
        PortTakeResult.InUseElsewhere => "every pair that was tried is in use by another program. Give media.ports a range of its own, below net.ipv4.ip_local_port_range",
        PortTakeResult.NoDescriptors => "the process has no descriptor left. Raise its limit (ulimit -n, LimitNOFILE= of systemd, ulimits of Docker)",
        PortTakeResult.NoMemory => "the system has no memory for another socket (net.ipv4.udp_mem)",
        PortTakeResult.NoSuchAddress => "media.bind, or the address that SIP came to, is none of this host's",
        PortTakeResult.Forbidden => "the system forbids its media ports or their options. Choose ports above 1023",
        PortTakeResult.Stopped => "the gateway stops",
        _ => "none of its media.ports is left. Widen the range",
    };
}
