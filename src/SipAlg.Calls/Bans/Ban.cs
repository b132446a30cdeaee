using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Bans;

/// <summary>A source of which nothing is heard for a while.</summary>
/// <param name="Address">As <see cref="Prefixes.Household"/> has it: of IPv6 a /64.</param>
/// <param name="Reason">Why.</param>
public sealed record Ban(IpAddress Address, BanReason Reason)
{
    /// <summary>One sentence: what it did.</summary>
    public required string Detail { get; init; }

    /// <summary>
    /// It is known that this source sent it: by a connection, or by an answer to a challenge that went there. Anybody may have written a
    /// datagram's source, so without that only datagrams are banned, a few of them heard all the same, and never for long.
    /// </summary>
    public required bool IsProven { get; init; }

    /// <summary>The realm that it came to; empty where that is not known any more.</summary>
    public string Realm { get; init; } = "";

    /// <summary>Since when it stands without a break, for whatever reason at first: its place in lists.</summary>
    public required DateTimeOffset Since { get; init; }
    public required DateTimeOffset Until { get; init; }

    /// <summary>How often it has been banned, this time included.</summary>
    public required int Times { get; init; }

    /// <summary>"203.0.113.5", or "2001:db8:0:1::/64".</summary>
    public string Text => Address.IsV6 ? $"{Address}/64" : Address.ToString();
}

/// <summary>Told of bans; called from any thread, must not block or throw.</summary>
public interface IBanWatch
{
    /// <summary>A source is banned, or its ban is another one now.</summary>
    void Banned(Ban ban);

    /// <summary>A ban has ended before its time, or was forgotten to make room.</summary>
    /// <param name="ban">As it was.</param>
    /// <param name="why">In the words of the log.</param>
    void Lifted(Ban ban, string why);

    /// <summary>A source that deserved it is not banned.</summary>
    void Spared(IpAddress source, BanReason reason, BanExemption exemption);
}
