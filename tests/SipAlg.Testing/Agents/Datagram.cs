using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Agents;

/// <summary>A message between an agent and the gateway that has not arrived.</summary>
/// <param name="Agent">Of the agent.</param>
/// <param name="IsToGateway">Or to the agent.</param>
/// <param name="Number">Among all of this way, from 0.</param>
/// <param name="Sent">What and when.</param>
public sealed record Datagram(SipAgent Agent, bool IsToGateway, int Number, SentMessage Sent)
{
    public bool IsTrying => Sent.Octets.AsSpan().StartsWith("SIP/2.0 100 "u8);
}
