using System.Text;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Overload;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Overload;

/// <summary>Whatever somebody sends, it is bounded where it comes in: docs/overload.md has each bound.</summary>
public sealed class LimitTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        ChecksMessages = false,
        ChecksHiding = false,
        Routes = model => [SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112")], isEmergency: true), SipAlg.Calls.Dialplan.RouteEdits.None, SceneModel.To(model.Bob))],
    };

    private static string Repeat(string text, int count) => new StringBuilder().Insert(0, text, count).ToString();

    private static string Nested(int depth) => string.Concat(
    [
        .. Enumerable.Range(0, depth).Select(level => $"--b{level}\r\nContent-Type: multipart/mixed;boundary=b{level + 1}\r\n\r\n"),
        $"--b{depth}\r\nContent-Type: text/plain\r\n\r\nx\r\n--b{depth}--\r\n",
        .. Enumerable.Range(0, depth).Reverse().Select(level => $"--b{level}--\r\n"),
    ]);

    public static TheoryData<string, string, string, string> Bombs() => new()
    {
        { "many header fields", Repeat("X-Bomb: 1\r\n", 200), "v=0", "application/sdp" },
        { "a long header field", $"X-Bomb: {Repeat("x", SipLimits.Field)}\r\n", "v=0", "application/sdp" },
        { "a long Call-ID", $"Call-ID: {Repeat("x", 2 * SipLimits.Identifier)}\r\n", "v=0", "application/sdp" },
        { "a multipart within multiparts", "", Nested(400), "multipart/mixed;boundary=b0" },
        { "a multipart of many parts", "", Repeat("--b0\r\nContent-Type: text/plain\r\n\r\nx\r\n", 1000) + "--b0--\r\n", "multipart/mixed;boundary=b0" },
        { "a multipart whose parts do not end", "", Repeat("--b0\r\n", 5000), "multipart/mixed;boundary=b0" },
        { "many streams", "", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + Repeat("m=audio 4000 RTP/AVP 0\r\n", 1000), "application/sdp" },
        { "many lines", "", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n" + Repeat("a=x\r\n", 5000), "application/sdp" },
    };

    /// <summary>Refused as what it is, and the lane is as it was.</summary>
    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_is_refused_and_leaves_nothing_behind(string what, string headers, string body, string type)
    {
        var call = Alice.Dialog();
        call.Invite(body, headers, type);
        var status = Alice.Take().Select(sent => sent.StartLine.Split(' ')[1]).Last();
        Assert.True(status is "400" or "413" or "415" or "488", $"{what}: {status}");
        call.Ack();
        Bob.ExpectNothing();
        Scene.End();
    }

    /// <summary>Names come from Contact and Record-Route, so far sides choose them.</summary>
    [Fact]
    public void Names_that_strangers_choose_are_bounded()
    {
        for (var name = 0; name < 3 * NextHopTable.Most; name++)
        {
            Assert.True(SipUri.TryParse(Encoding.ASCII.GetBytes($"sip:host{name}.example"), out var uri));
            Assert.Equal(Alice.Flow, Scene.Calls.NextHopNames.Find(uri, Alice.Flow, null));
            Assert.True(Scene.Calls.NextHopNames.Count <= NextHopTable.Most);
        }

        Assert.IsType<SipTarget>(Scene.Names.Open[0].Target);
    }

    /// <summary>Who forges the source of a peer can begin transactions as fast as the lane takes them, and each lives for 32 s.</summary>
    [Fact]
    public void A_table_of_transactions_that_is_full_refuses_what_is_new()
    {
        var (a, b) = Answered();
        Scene.Calls.Gate.MostTransactions = Scene.Harness.Transactions.Count;
        for (var request = 0; request < 50; request++)
        {
            Alice.Dialog().Request("OPTIONS");
            Alice.ExpectResponse(503);
        }

        Assert.Equal(50, Scene.Calls.Counters.Refused[(SceneModel.Inside * (int)RefusalReason.Count) + (int)RefusalReason.Overload]);
        // An emergency is let through, and nothing of that holds for who comes next.
        var emergency = Alice.Call("112");
        Bob.ExpectCall().Answer(486);
        emergency.Expect(486);
        Bob.Take();
        HangUp(a, b);
        Scene.Calls.Gate.MostTransactions = OverloadGate.UsualTransactions;
        var next = Alice.Call();
        Bob.ExpectCall().Answer(486);
        next.Expect(486);
        Scene.End();
    }
}
