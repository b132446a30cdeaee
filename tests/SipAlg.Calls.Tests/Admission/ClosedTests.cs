using SipAlg.Calls.Tests.Registrations;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>
/// Who is no peer and has proven nothing gets the same answer whatever he asks for: neither a user nor a route can be told from what there
/// is none of. Anna is registered meanwhile, who could be called.
/// </summary>
public sealed partial class ClosedTests : UserTest
{
    protected override SceneOptions Options => base.Options with { ChecksMessages = false };

    private static readonly string[] Names = ["anna", "%2B4930123", "reception", "nobody", "echo", "barred", "0900123", "unheard-of", "", "a%00b", "anna;phone-context=x"];

    public static TheoryData<string, string> Requests
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var method in new[] { "INVITE", "OPTIONS", "MESSAGE", "SUBSCRIBE", "NOTIFY", "PUBLISH", "REFER", "INFO", "UPDATE", "PRACK", "BYE", "MADEUP", "REGISTER" })
            {
                data.Add(method, "");
                data.Add(method, "Max-Forwards: 0\r\n");
                data.Add(method, "Event: presence\r\nRefer-To: <sip:anna@example.com>\r\n");
            }

            data.Add("INVITE", "Replaces: a;to-tag=b;from-tag=c\r\n");
            data.Add("INVITE", "Session-Expires: 10\r\n");
            data.Add("INVITE", "Content-Encoding: gzip\r\n");
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Requests))]
    public void Nobody_learns_who_is_there(string method, string headers)
    {
        RegisterBoth();
        foreach (var realm in new[] { SceneModel.Inside, SceneModel.Outside })
        {
            var stranger = Scene.Phone($"eve{realm}", realm, realm == SceneModel.Inside ? "127.91.0.99" : "127.92.0.99", 5060);
            var answers = Names.Select(name => AnswerTo(stranger, method, name, headers)).Distinct().ToArray();
            Assert.Equal([realm == SceneModel.Inside ? "401 Unauthorized" : "403 Forbidden: unknown source"], answers);
        }

        Desk.ExpectNothing();
        Bob.ExpectNothing();
        Alice.ExpectNothing();
        Forget();
        Scene.End();
    }

    /// <summary>The same, of who says that he is in a dialog: no tag that he can think of is one.</summary>
    [Theory]
    [InlineData("INVITE")]
    [InlineData("BYE")]
    [InlineData("REFER")]
    [InlineData("OPTIONS")]
    [InlineData("MESSAGE")]
    [InlineData("MADEUP")]
    public void A_dialog_that_he_is_not_in_is_none(string method)
    {
        var (a, b) = Answered();
        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.99", 5060);
        var known = b.RemoteTag;
        foreach (var tag in new[] { a.RemoteTag, known, "0000000000123456789abcdef0", "x" })
        {
            stranger.Send(Text(stranger, method, "anna", "", $";tag={tag}").Replace("Call-ID: x", $"Call-ID: {a.CallId}", StringComparison.Ordinal)
                .Replace("tag=from", $"tag={a.LocalTag}", StringComparison.Ordinal));
            Assert.StartsWith("SIP/2.0 481 ", stranger.Take()[^1].StartLine, StringComparison.Ordinal);
        }

        HangUp(a, b);
        Scene.End();
    }

    /// <summary>What needs no answer gets none, and does nothing.</summary>
    [Fact]
    public void An_ack_a_cancel_and_a_response_of_a_stranger_do_nothing()
    {
        var (a, b) = Ringing();
        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.99", 5060);
        stranger.Send(Text(stranger, "ACK", "bob", "", ";tag=x"));
        stranger.Send("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.91.0.99:5060;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n");
        stranger.ExpectNothing();
        stranger.Send(Text(stranger, "CANCEL", "bob", ""));
        Assert.StartsWith("SIP/2.0 481 ", stranger.Take()[^1].StartLine, StringComparison.Ordinal);
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    private static string AnswerTo(ScriptedPhone stranger, string method, string name, string headers)
    {
        stranger.Send(Text(stranger, method, name, headers));
        var final = stranger.Take().Select(message => message.StartLine).Where(line => !line.Contains(" 100 ", StringComparison.Ordinal)).Single();
        return final[8..];
    }

    private static string Text(ScriptedPhone phone, string method, string name, string headers, string tag = "")
    {
        var forwards = headers.Contains("Max-Forwards", StringComparison.Ordinal) ? "" : "Max-Forwards: 70\r\n";
        var number = Interlocked.Increment(ref s_sent);
        return $"{method} sip:{(name.Length == 0 ? "" : name + "@")}example.com SIP/2.0\r\nVia: SIP/2.0/UDP {phone.Flow.Remote};branch=z9hG4bKs{number}\r\n{forwards}" +
            $"From: <sip:eve@example.com>;tag=from\r\nTo: <sip:{(name.Length == 0 ? "" : name + "@")}example.com>{tag}\r\nCall-ID: x{(tag.Length == 0 ? number : "")}\r\nCSeq: {number} {method}\r\nContact: <{phone.Contact}>\r\n{headers}Content-Length: 0\r\n\r\n";
    }

    private static int s_sent;
}
