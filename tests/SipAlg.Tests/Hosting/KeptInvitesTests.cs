using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Hosting;
using SipAlg.Signaling.Traces;

namespace SipAlg.Tests.Hosting;

public sealed class KeptInvitesTests
{
    private static readonly DateTimeOffset Began = DateTimeOffset.UnixEpoch;

    private static TracedMessage Message(string text, int milliseconds, bool isReceived = true) => new()
    {
        At = Began.AddMilliseconds(milliseconds), IsReceived = isReceived, IsUnsent = false, Flow = default, Octets = Encoding.ASCII.GetBytes($"{text} SIP/2.0\r\n"),
    };

    /// <summary>Before it, under the same names: one that was challenged.</summary>
    [Fact]
    public void The_INVITE_is_the_first_that_came_since_the_call_began()
    {
        TracedMessage[] messages = [Message("INVITE sip:challenged", -20), Message("SIP/2.0 401", -20, isReceived: false), Message("INVITE sip:proven", 0), Message("INVITE sip:out", 1, isReceived: false), Message("INVITE sip:again", 9)];
        var record = new CallRecord(1, default, default) { Started = Began };

        Assert.StartsWith("INVITE sip:proven", Encoding.ASCII.GetString(KeptInvites.Of(record, messages).Span), StringComparison.Ordinal);
        Assert.True(KeptInvites.Of(record, [Message("BYE sip:gateway", 5)]).IsEmpty);
        Assert.True(KeptInvites.Of(record, []).IsEmpty);
    }
}
