using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Model;

/// <summary>Which address a realm shows in Via and Contact. Without any: the local address towards the destination.</summary>
public sealed record AdvertiseRule
{
    public static AdvertiseRule Local { get; } = new();

    /// <summary>Shown to IPv4 destinations; none when not written.</summary>
    public IpAddress V4 { get; init; }

    /// <summary>Shown to IPv6 destinations; none when not written.</summary>
    public IpAddress V6 { get; init; }

    /// <summary>Resolved again and again in place of fixed addresses; null when addresses are written or nothing is.</summary>
    public string? HostName { get; init; }

    /// <summary>Destinations that are shown the local address all the same.</summary>
    public ImmutableArray<IpNetwork> Except { get; init; } = [];

    /// <summary>The fixed address to show to <paramref name="destination"/>, or none: then the local address is shown.</summary>
    public IpAddress For(IpAddress destination)
    {
        foreach (var network in Except)
        {
            if (network.Contains(destination))
            {
                return default;
            }
        }

        return destination.IsV4 ? V4 : V6;
    }
}
