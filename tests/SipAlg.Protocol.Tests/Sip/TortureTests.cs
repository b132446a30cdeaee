using System.Text.Json;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Tests.Sip;

/// <summary>Every message of RFC 4475 and RFC 5118, each with the class that its index gives.</summary>
public sealed class TortureTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Data", "sip-torture");

    public static TheoryData<string, string, string> Messages()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (rfc, fileKey) in new[] { ("rfc4475", "file"), ("rfc5118", "wire_file") })
        {
            using var index = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, rfc, "index.json")));
            foreach (var test in index.RootElement.GetProperty("tests").EnumerateArray())
            {
                data.Add(Path.Combine(rfc, test.GetProperty(fileKey).GetString()!), test.GetProperty("class").GetString()!, test.GetProperty("expect").GetString()!);
            }
        }

        return data;
    }

    [Fact]
    public void All_messages_are_here() => Assert.Equal(49 + 12, Messages().Count);

    [Theory]
    [MemberData(nameof(Messages))]
    public void Is_read_as_its_class_says(string file, string kind, string expect)
    {
        var message = new SipMessage();
        var octets = File.ReadAllBytes(Path.Combine(Folder, file));
        var fault = SipParser.Parse(message, octets, 0, octets.Length, isStream: false);

        switch (kind, expect)
        {
            case ("valid" or "valid-but-reject", _):
                Assert.Equal(MessageFault.None, fault);
                break;
            case ("invalid", "discard"):
                Assert.NotEqual(MessageFault.None, fault);
                Assert.False(message.IsRequest);
                break;
            case ("invalid", "reject"):
                Assert.NotEqual(MessageFault.None, fault);
                Assert.True(message.IsRequest);
                Assert.Contains(MessageFaults.Status(fault), new[] { 400, 505 });
                break;
            case ("invalid", "reject-or-tolerate"):
                Assert.True(message.IsRequest);
                break;
            default:
                Assert.Fail($"The index names a class that this test does not know: {kind}, {expect}.");
                break;
        }
    }

    [Theory]
    [InlineData("badvers", MessageFault.Version)]
    [InlineData("clerr", MessageFault.BodyCutShort)]
    [InlineData("ncl", MessageFault.BadContentLength)]
    [InlineData("mcl01", MessageFault.BadContentLength)]
    [InlineData("scalar02", MessageFault.BadCSeq)]
    [InlineData("quotbal", MessageFault.BadTo)]
    [InlineData("mismatch01", MessageFault.MethodMismatch)]
    [InlineData("insuf", MessageFault.MissingFrom)]
    [InlineData("multi01", MessageFault.RepeatedHeader)]
    [InlineData("bigcode", MessageFault.StatusCode)]
    [InlineData("lwsruri", MessageFault.RequestUri)]
    [InlineData("ltgtruri", MessageFault.RequestUri)]
    [InlineData("escruri", MessageFault.RequestUri)]
    [InlineData("badinv01", MessageFault.BadVia)]
    public void Says_what_is_wrong(string name, MessageFault expected)
    {
        var octets = File.ReadAllBytes(Path.Combine(Folder, "rfc4475", name + ".dat"));
        Assert.Equal(expected, SipParser.Parse(new SipMessage(), octets, 0, octets.Length, isStream: false));
    }
}
