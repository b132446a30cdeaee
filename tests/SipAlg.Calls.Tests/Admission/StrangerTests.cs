using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>
/// Who is no peer gets one answer and is forgotten (RFC 3261 §8.2.7): a source that is forged must bring its owner no more than was sent in
/// its name, and us no memory.
/// </summary>
public sealed class StrangerTests : CallTest
{
    private void Once(ScriptedPhone stranger, int status)
    {
        Assert.Equal(0, Scene.Harness.Transactions.Count);
        Assert.Equal(0, Scene.Harness.Transactions.KeptMessages);
        Assert.Equal(0, Scene.Harness.Lane.Timers.Count);
        Scene.Advance(40_000);
        // No 100 before it either: who has one waits, and does not ask again when the answer is lost.
        Assert.StartsWith($"SIP/2.0 {status} ", Assert.Single(stranger.Take()).StartLine, StringComparison.Ordinal);
        Scene.End();
    }

    [Theory]
    [InlineData("INVITE", 403)]
    [InlineData("OPTIONS", 403)]
    [InlineData("MESSAGE", 403)]
    [InlineData("MADEUP", 403)]
    public void Outside_a_dialog(string method, int status)
    {
        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.66", 5060);
        stranger.Dialog().Request(method);
        Once(stranger, status);
    }

    [Theory]
    [InlineData("INVITE", 481)]
    [InlineData("BYE", 481)]
    [InlineData("REFER", 481)]
    public void In_a_dialog_that_there_is_none_of(string method, int status)
    {
        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.66", 5060);
        var dialog = stranger.Dialog();
        dialog.SetTo("<sip:bob@gw>;tag=0000000000123456789abcdef0");
        dialog.Request(method);
        Once(stranger, status);
    }

    [Fact]
    public void A_refused_invite_of_a_peer_is_answered_until_its_ack_comes()
    {
        var a = Alice.Call("barred");
        a.Expect(403);
        Assert.NotEqual(0, Scene.Harness.Transactions.Count);
        Scene.End();
    }
}
