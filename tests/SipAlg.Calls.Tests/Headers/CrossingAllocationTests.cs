using System.Text;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>Headers cross without a byte from the heap, with rules and privacy too; only what a rule adds is made into octets.</summary>
public sealed class CrossingAllocationTests
{
    private const string Invite =
        "INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nFrom: <sip:alice@example.com>;tag=1\r\nTo: <sip:bob@example.com>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" +
        "P-Asserted-Identity: \"A\" <sip:+4930@example.com>, <tel:+4930>\r\nRemote-Party-ID: <sip:+4930@example.com>;party=calling;privacy=off\r\nPrivacy: id;user\r\nUser-Agent: phone\r\n" +
        "History-Info: <sip:bob@example.com?Privacy=history>;index=1, <sip:b@example.com>;index=1.1\r\nDiversion: <sip:+4931@example.com>;privacy=name\r\ns: subject\r\nX-Own: 1\r\nX-Other: 2\r\nContent-Length: 0\r\n\r\n";

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void Crossing_allocates_nothing(bool isTold, bool hasRules)
    {
        var octets = Encoding.ASCII.GetBytes(Invite);
        var message = new SipMessage();
        Assert.Equal(MessageFault.None, SipParser.Parse(message, octets, 0, octets.Length, isStream: false));
        var rules = hasRules ? new HeaderRules { Pass = ["X-Own"], Remove = ["User-Agent", "Subject"] } : HeaderRules.None;
        var output = new byte[4096];
        using var scene = new CallScene();
        var dialogs = scene.Calls.DialogNames;
        var length = Cross(message, isTold, rules, dialogs, output);
        Assert.Equal(hasRules, !Encoding.ASCII.GetString(output, 0, length).Contains("X-Other", StringComparison.Ordinal));

        Assert.Equal(0, Allocations.Of(() => Cross(message, isTold, rules, dialogs, output)));
    }

    private static int Cross(SipMessage message, bool isTold, HeaderRules rules, DialogNames dialogs, byte[] output)
    {
        var writer = new MessageWriter(output);
        new HeaderCrossing("host.example"u8, dialogs, default) { Identity = new IdentityCrossing { IsBelieved = true, IsTold = isTold }, Rules = rules }.Write(ref writer, message);
        return writer.Length;
    }
}
