using System.Text.Json;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>Every message of RFC 4475 and RFC 5118 from an admitted peer: answered or dropped as its index says, and nothing left behind.</summary>
public sealed class TortureCallTests : CallTest
{
    protected override SceneOptions Options => new() { ChecksMessages = false };

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "sip-torture");

    public static TheoryData<string, string, int[]> Messages()
    {
        var data = new TheoryData<string, string, int[]>();
        foreach (var (rfc, fileKey) in new[] { ("rfc4475", "file"), ("rfc5118", "wire_file") })
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, rfc, "index.json")));
            foreach (var test in index.RootElement.GetProperty("tests").EnumerateArray())
            {
                int[] codes = [.. test.GetProperty("codes").EnumerateArray().Select(code => code.GetInt32())];
                data.Add(Path.Combine(rfc, test.GetProperty(fileKey).GetString()!), test.GetProperty("expect").GetString()!, codes);
            }
        }

        return data;
    }

    [Fact]
    public void All_messages_are_here() => Assert.Equal(49 + 12, Messages().Count);

    [Theory]
    [MemberData(nameof(Messages))]
    public void Is_answered_as_the_index_says(string file, string expect, int[] codes)
    {
        Alice.Send(File.ReadAllBytes(Path.Combine(Folder, file)));
        AnswerCalls();
        var statuses = Scene.Unclaimed.Concat(Alice.Take()).Where(sent => sent.StartLine.StartsWith("SIP/2.0 ", StringComparison.Ordinal))
            .Select(sent => int.Parse(sent.StartLine.AsSpan(8, 3))).Where(status => status >= 200).Distinct().ToArray();
        switch (expect)
        {
            case "discard":
            case "reject" when Path.GetFileName(file) == "insuf.dat":
                // Without From, To and Call-ID no answer could be matched to its request.
                Assert.Empty(statuses);
                break;
            case "reject":
                Assert.Contains(Assert.Single(statuses), codes);
                break;
            case "semantic-reject" when Path.GetFileName(file) is not ("zeromf.dat" or "sdp01.dat"):
                Assert.Contains(Assert.Single(statuses), codes);
                break;
            default:
                // What is well formed is served (a call that is answered), or not served (405), or not understood (as the index says);
                // never called malformed. A response to nothing is dropped.
                Assert.True(statuses.Length <= 1);
                Assert.All(statuses, status => Assert.True(status is 200 or 405 or 416 or 420 or 481 or 488 or 501 || codes.Contains(status), $"{file}: {status}"));
                break;
        }

        Scene.Turn(() => Scene.Calls.HangUpAll(SipAlg.Calls.Calls.CallCause.HungUpByOperator));
        Scene.End();
    }

    private void AnswerCalls()
    {
        foreach (var sent in Bob.Take().Where(sent => sent.StartLine.StartsWith("INVITE ", StringComparison.Ordinal)))
        {
            Bob.Send(Testing.Phones.ScriptedPhone.Answer(sent, 200, "OK", "t", $"Contact: <{Bob.Contact}>\r\n", AnswerTo(sent), "application/sdp"));
        }
    }

    /// <summary>As many streams as were offered.</summary>
    private string AnswerTo(SentMessage invite)
    {
        var lines = System.Text.Encoding.UTF8.GetString(invite.Parse().BodyOctets).Split("\r\n").Where(line => line.StartsWith("m=", StringComparison.Ordinal)).ToArray();
        return Bob.Sdp(1, null, lines.Length == 0 ? "m=audio 4000 RTP/AVP 0\r\n" : string.Concat(lines.Select(line => line + "\r\n")));
    }
}
