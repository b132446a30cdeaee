namespace SipAlg.Interop.Tests.Nat;

/// <summary>How a router translates addresses.</summary>
public enum NatKind
{
    /// <summary>A source keeps its port towards everybody, and everybody reaches it there (RFC 4787: endpoint-independent mapping and filtering).</summary>
    FullCone,

    /// <summary>A port drawn by lot for each destination, which alone reaches the source by it.</summary>
    Symmetric,
}

/// <summary>A router with NAT: hosts behind it at 192.168.1.0/24, two addresses before it.</summary>
internal sealed class NatRouter(NetworkNamespace space, string first, string second)
{
    /// <summary>Which way it translates, from now on; what is under way is forgotten, as by a restart.</summary>
    /// <param name="kind">How.</param>
    /// <param name="isSecond">By its other address.</param>
    public void Translate(NatKind kind, bool isSecond = false)
    {
        var address = isSecond ? second : first;
        space.Filter(kind == NatKind.FullCone
            ? $$"""
              table ip nat {
                chain in { type nat hook prerouting priority dstnat; iifname wan udp dport { 5060, 16000-16499 } dnat to 192.168.1.10; iifname wan udp dport { 5062, 16500-16999 } dnat to 192.168.1.11; }
                chain out { type nat hook postrouting priority srcnat; oifname wan snat to {{address}}; }
              }
              """
            : $$"""
              table ip nat {
                chain out { type nat hook postrouting priority srcnat; oifname wan snat to {{address}} fully-random; }
              }
              """);
        Forget();
    }

    /// <summary>Forgets all that is under way: who sends next gets another port.</summary>
    public void Forget() => space.Execute("conntrack", "-F");

    /// <summary>How long it remembers UDP, in seconds.</summary>
    public void Remember(int seconds)
    {
        space.Execute("sysctl", $"-qw net.netfilter.nf_conntrack_udp_timeout={seconds}");
        space.Execute("sysctl", $"-qw net.netfilter.nf_conntrack_udp_timeout_stream={seconds}");
    }
}
