using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Model;

/// <summary>
/// What the configuration says, checked and resolved: names are indexes, texts are values. Immutable; a reload builds a
/// new one and swaps it whole. Realms, peers and users that stay keep their indexes, since calls and registrations know them by these;
/// what is removed keeps its place, marked so.
/// </summary>
public sealed record GatewayModel
{
    /// <summary><see cref="Realm.Index"/> is the place here.</summary>
    public required ImmutableArray<Realm> Realms { get; init; }

    /// <summary><see cref="Peer.Index"/> is the place here, <see cref="Peer.Rank"/> that in the file.</summary>
    public required ImmutableArray<Peer> Peers { get; init; }

    /// <summary>Phones that may register here.</summary>
    public UserTable Users { get; init; } = UserTable.Empty;

    public required RouteTable Dialplan { get; init; }
    public required SipSettings Sip { get; init; }
    public required CallSettings Calls { get; init; }

    /// <summary>Whether an address-of-record, as bindings have it, is that of a user in a domain of a realm.</summary>
    public bool HasUser(ReadOnlySpan<byte> aor)
    {
        var at = aor.LastIndexOf((byte)'@');
        if (at is < 0 or > SipLimits.Identifier)
        {
            return false;
        }

        Span<char> name = stackalloc char[SipLimits.Identifier];
        return HasDomain(aor[(at + 1)..]) && Encoding.UTF8.TryGetChars(aor[..at], name, out var length) && Users.WithName(name[..length]) is not null;
    }

    private bool HasDomain(ReadOnlySpan<byte> name)
    {
        foreach (var realm in Realms)
        {
            if (!realm.IsRemoved && realm.Authentication is { } domain && Ascii.EqualsIgnoreCase(name, domain.Realm))
            {
                return true;
            }
        }

        return false;
    }
}

/// <param name="T1">RFC 3261 §17.1.1.1: the round-trip estimate that every SIP timer is built on.</param>
/// <param name="Lanes">Threads that carry calls; each call has one of them.</param>
public sealed record SipSettings(TimeSpan T1, int Lanes = 1)
{
    /// <summary>Strangers get queues of their own on UDP listeners, where the system allows it.</summary>
    public bool SeparatesStrangers { get; init; }
}

/// <param name="NoAnswer">How long a target without a <c>no_answer</c> of its own may ring.</param>
/// <param name="MaxDuration">From answer to the end that the gateway sets; null when calls may last for ever.</param>
/// <param name="StopWait">How long a stopping gateway waits for calls to end by themselves before it sends BYE.</param>
public sealed record CallSettings(TimeSpan NoAnswer, TimeSpan? MaxDuration, TimeSpan StopWait)
{
    /// <summary>The session interval that the gateway asks for (RFC 4028); null: it asks for none.</summary>
    public TimeSpan? SessionExpires { get; init; }

    /// <summary>How long an answered call may be silent on both sides while a stream flows both ways; null: for ever.</summary>
    public TimeSpan? MediaTimeout { get; init; }

    /// <summary>The same while none does; null: for ever.</summary>
    public TimeSpan? HoldTimeout { get; init; }

    /// <summary>How often it is looked at how the media of an answered call comes; null: never.</summary>
    public TimeSpan? SeriesStep { get; init; }

    /// <summary>The header field that has a call's id in each INVITE that the gateway sends; null: none has.</summary>
    public string? IdField { get; init; }
}
