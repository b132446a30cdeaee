using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Media;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>Realms with addresses of their own may have the same ports, and a call one number on both sides.</summary>
public sealed class SamePortVerdictTests : DtmfTest
{
    protected override SceneOptions Options => new()
    {
        Realm = realm => realm with
        {
            Latching = realm.Index == SceneModel.Outside ? Latching.Strict : realm.Latching,
            Media = realm.Media with { FirstPort = 20000, LastPort = 20001 },
        },
    };

    [Fact]
    public void A_source_that_is_refused_is_told_though_the_other_side_settled_at_the_same_port()
    {
        var (a, b) = Call();
        Assert.Equal(FromAlice.Gateway.Port, FromBob.Gateway.Port);
        FromAlice.SendAudio();
        FromBob.Receive();
        using var elsewhere = new MediaSocket("127.92.0.77") { Gateway = FromBob.Gateway };
        SendUntilRefused(elsewhere);
        Scene.Advance(5000);
        End(a, b);
        var verdict = Verdict.Of(Assert.Single(Scene.Journal.Ended));
        Assert.True(verdict.Code == VerdictCode.MediaRefused, $"{verdict.Code}: {verdict.Sentence}");
    }
}
