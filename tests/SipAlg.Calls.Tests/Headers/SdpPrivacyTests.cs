using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>What a session description says in words names nobody who asked for privacy (RFC 3323 §5.3), outside the trust domain.</summary>
public sealed class SdpPrivacyTests : CallTest
{
    private string[] _trusted = ["alice"];

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { IsTrusted = _trusted.Contains(peer.Name), Transfer = TransferMode.Gateway },
        Routes = model => [SceneModel.Route("carol", [SceneModel.Called("carol")], SceneModel.To(model.Carol))],
    };

    /// <summary>A description that names its author in every line that may.</summary>
    private static string Named(ScriptedPhone phone, int version = 1) => phone.Sdp(version)
        .Replace("s=-\r\n", "s=Talk with Word\r\ni=Word speaking\r\nu=http://word.invalid/\r\ne=word@word.invalid (Word)\r\np=+49 Word\r\n", StringComparison.Ordinal)
        .Replace("a=rtpmap:8", "i=Words microphone\r\na=rtpmap:8", StringComparison.Ordinal);

    private static void Names(string text, bool isNamed)
    {
        Assert.Equal(isNamed, text.Contains("\r\ni=Words microphone\r\n", StringComparison.Ordinal));
        Assert.Equal(isNamed, text.Contains("word", StringComparison.OrdinalIgnoreCase));
        Assert.Contains(isNamed ? "\r\ns=Talk with Word\r\ni=Word speaking\r\nu=http://word.invalid/\r\ne=word@word.invalid (Word)\r\np=+49 Word\r\nc=" : "\r\ns=-\r\nc=", text, StringComparison.Ordinal);
        Assert.Contains("\r\na=rtpmap:8 PCMA/8000\r\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user", false)]
    [InlineData("header;critical", false)]
    [InlineData("session", false)]
    [InlineData("id", true)]
    [InlineData("none", true)]
    public void In_offers_and_answers_of_the_caller(string privacy, bool isNamed)
    {
        var a = Alice.Call(body: Named(Alice), headers: $"Privacy: {privacy}\r\n");
        var b = Bob.ExpectCall();
        Names(b.Asked.Text, isNamed);
        b.Accept(Named(Bob));
        Names(a.ExpectAnswered().Text, isNamed: true);
        a.Invite(Named(Alice, 2));
        Names(b.ExpectRequest("INVITE").Text, isNamed);
        b.Accept(Named(Bob, 2));
        a.ExpectAnswered();
        b.Invite(Named(Bob, 3));
        Names(a.ExpectRequest("INVITE").Text, isNamed: true);
        a.Answer(200, Named(Alice, 3));
        a.ExpectRequest("ACK");
        Names(b.ExpectAnswered().Text, isNamed);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void In_the_trust_domain_it_crosses()
    {
        _trusted = ["alice", "bob"];
        Alice.Call(body: Named(Alice), headers: "Privacy: user\r\n");
        Names(Bob.ExpectCall().Asked.Text, isNamed: true);
    }

    /// <summary>Bob, who is trusted, has been told; carol, to whom he transfers alice, is not.</summary>
    [Fact]
    public void The_target_of_a_transfer_is_not_told_what_who_transfers_was()
    {
        _trusted = ["alice", "bob"];
        var a = Alice.Call(body: Named(Alice), headers: "Privacy: user\r\n");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        b.Request("REFER", "Refer-To: <sip:carol@gw>\r\n");
        Bob.ExpectResponse(202);
        Names(Scene.Carol.ExpectCall().Asked.Text, isNamed: false);
    }
}
