using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Sides that do not differ, or of which one passes everything.</summary>
public sealed class DtmfPassTests : CallTest
{
    private (DtmfMode Alice, DtmfMode Bob) _modes;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { Dtmf = peer.Name switch { "alice" => _modes.Alice, "bob" => _modes.Bob, _ => DtmfMode.Pass } },
    };

    [Theory]
    [InlineData(DtmfMode.Info, DtmfMode.Info)]
    [InlineData(DtmfMode.Rfc4733, DtmfMode.Rfc4733)]
    [InlineData(DtmfMode.Pass, DtmfMode.Rfc4733)]
    [InlineData(DtmfMode.Info, DtmfMode.Pass)]
    public void Nothing_is_converted(DtmfMode alice, DtmfMode bob)
    {
        _modes = (alice, bob);
        var (a, b) = Answered();
        Assert.Contains("telephone-event", b.Asked.Text, StringComparison.Ordinal);
        a.Request("INFO", body: "5", type: "application/dtmf");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Alice.ExpectResponse(200);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
