using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Wire;

/// <summary>
/// What the gateway must not send, whatever the phones do. It sees each message that reaches the gateway and each that leaves it, and
/// so knows what the gateway may know.
/// </summary>
/// <param name="now">Milliseconds.</param>
internal sealed class WireRules(Func<long> now)
{
    private readonly IWireRules[] _rules = [new InviteRules(now), new ResponseRules(), new DialogRules(), new ProvisionalRules(), new OfferRules(), new OriginRules()];

    public void FromPhone(SentMessage sent)
    {
        if (WireMessage.TryRead(sent) is { } message)
        {
            Array.ForEach(_rules, rules => rules.FromPhone(message));
        }
    }

    /// <exception cref="SceneException">It breaks a rule.</exception>
    public void FromGateway(SentMessage sent)
    {
        var message = new WireMessage(sent);
        Array.ForEach(_rules, rules => rules.FromGateway(message));
    }

    public static void Demand(bool holds, string what, WireMessage message)
    {
        if (!holds)
        {
            throw new SceneException($"{what}:\n{message.Sent.Text}");
        }
    }
}

/// <summary>Rules that have one matter.</summary>
internal interface IWireRules
{
    void FromPhone(WireMessage message);

    /// <exception cref="SceneException">It breaks a rule.</exception>
    void FromGateway(WireMessage message);
}
