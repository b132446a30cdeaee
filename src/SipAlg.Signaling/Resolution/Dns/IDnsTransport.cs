using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>Carries one question to one server. Sockets do, and a test's servers in memory.</summary>
internal interface IDnsTransport
{
    /// <summary>Sends the query and waits for what answers it. Expected failures are values.</summary>
    /// <param name="server">Whom to ask.</param>
    /// <param name="query">Says what its answer is.</param>
    /// <param name="isStream">Over TCP.</param>
    /// <param name="within">How long to wait.</param>
    Task<DnsExchange> AskAsync(IpEndpoint server, DnsQuery query, bool isStream, TimeSpan within);
}

/// <param name="Response">Null without one.</param>
/// <param name="HasTimedOut">Nothing came in time; false without a response: the server cannot be reached.</param>
internal readonly record struct DnsExchange(DnsResponse? Response, bool HasTimedOut);
