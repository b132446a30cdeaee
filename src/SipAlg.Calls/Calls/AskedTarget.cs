using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <summary>What asking one target came to. Several may be asked, one after another or together, and each is told of by its own.</summary>
/// <param name="At">Where it is.</param>
/// <param name="By">How it was asked.</param>
/// <param name="Octets">Of the INVITE that it was sent.</param>
internal readonly record struct AskedTarget(IpEndpoint At, Transport By, int Octets)
{
    /// <summary>It has answered anything at all.</summary>
    public bool HasSpoken { get; init; }

    /// <summary>Why there was no connection to it; null: that was not it.</summary>
    public ConnectFailure? NotConnected { get; init; }

    /// <summary>Whom its certificate has to name; default without TLS.</summary>
    public ImmutableArray<string> Names { get; init; }
}
