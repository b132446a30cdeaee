using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Dialplan;

/// <summary>What the dialplan sees of a request. A view: nothing of it is kept beyond the decision.</summary>
public readonly ref struct RouteRequest()
{
    /// <summary>Index of the realm in which the request arrived.</summary>
    public required int Realm { get; init; }

    /// <summary>Null for a sender that is no peer.</summary>
    public Peer? Peer { get; init; }

    /// <summary>The user that the sender has proven to be; null for anybody else.</summary>
    public User? User { get; init; }

    public ReadOnlySpan<char> Method { get; init; } = "INVITE";
    public IpAddress Source { get; init; }

    /// <summary>User part of the Request-URI, unescaped, parameters split off; or the number of a tel URI.</summary>
    public ReadOnlySpan<char> Called { get; init; }

    /// <summary>The trusted asserted identity, else the user part of From; unescaped.</summary>
    public ReadOnlySpan<char> Caller { get; init; }

    /// <summary>Host of the Request-URI.</summary>
    public ReadOnlySpan<char> Domain { get; init; }

    /// <summary>Null when the request has no headers that a route could ask for.</summary>
    public IRouteHeaders? Headers { get; init; }

    /// <summary>When the request arrived; <c>time</c> conditions convert it to their zone.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>The headers of a request, decoded only when a route asks for one.</summary>
public interface IRouteHeaders
{
    /// <param name="name">The long form, compared ignoring case.</param>
    /// <param name="occurrence">From 0, in the order of the message.</param>
    /// <param name="value">Valid until the next call.</param>
    /// <returns>False when there are no more.</returns>
    bool TryFind(string name, int occurrence, out ReadOnlySpan<char> value);
}
