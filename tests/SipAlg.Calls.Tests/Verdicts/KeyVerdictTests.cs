using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Media;
using SipAlg.Calls.Verdicts;
using SipAlg.Media;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>What is said of a call whose packets are of other keys than its SDP.</summary>
public sealed class KeyVerdictTests : KeyTest
{
    [Fact]
    public void Who_sends_with_another_key_than_it_says_is_told_of()
    {
        Have(SrtpMode.Required, SrtpMode.Off);
        var (a, b) = Talk(OfAlice.Media(), OfBob.Plain());
        OfBob.Send();
        OfAlice.Receive();
        OfAlice.SendRaw([0x80, 8, .. new byte[180]]);
        Assert.True(SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(SceneModel.Inside).Dropped(DropReason.Authentication) == 1, TimeSpan.FromSeconds(20)), "dropped");
        Scene.Advance(5000);
        HangUp(a, b);
        Scene.End();
        var verdict = Verdict.Of(Scene.Journal.Ended[0]);
        Assert.Equal(VerdictCode.KeysDoNotMatch, verdict.Code);
        Assert.Equal("caller AES_CM_128_HMAC_SHA1_80 1", string.Join(' ', verdict.Evidence.Select(fact => fact.Value)));
    }
}
