using Microsoft.Extensions.Logging;
using SipAlg.Calls.Media;
using SipAlg.Calls.Registrations;
using SipAlg.Logging;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.Testing;

namespace SipAlg.Tests.Logging;

/// <summary>What NAT does is told in words that name both addresses, and not too often.</summary>
public sealed class CallLogTests
{
    private static readonly IpEndpoint Source = IpEndpoint.Parse("203.0.113.5:41000");
    private static readonly IpEndpoint Sdp = IpEndpoint.Parse("192.168.1.10:16000");
    private static readonly SourceEvent Told = new(SourceChange.Settled, false, 0, 20000, Source, Sdp, false, 1);

    private readonly ManualTime _time = new();
    private readonly Lines _lines = new();
    private readonly CallLog _log;

    public CallLogTests() => _log = new CallLog(_lines, _time);

    [Fact]
    public void Sources_are_told_with_both_addresses()
    {
        _log.MediaSource(0x1f, "phones", Told with { Other = Source });
        _log.MediaSource(0x1f, "phones", Told);
        _log.MediaSource(0x1f, "phones", Told with { Other = default });
        _log.MediaSource(0x1f, "phones", Told with { Change = SourceChange.TookOver, IsOtherSettled = true });
        _log.MediaSource(0x1f, "phones", Told with { Change = SourceChange.Refused, IsRtcp = true });
        _log.MediaSource(null, "phones", Told with { Change = SourceChange.Refused, IsOtherSettled = true });
        _log.MediaSource(0x1f, "phones", Told with { Change = SourceChange.LeadsBack, Other = default });
        Assert.Equal(
            [
                "Debug Call 000000000000001f: RTP at port 20000 of phones comes from 203.0.113.5:41000, as its SDP says",
                "Information Call 000000000000001f: RTP at port 20000 of phones comes from 203.0.113.5:41000; SDP says 192.168.1.10:16000",
                "Information Call 000000000000001f: RTP at port 20000 of phones comes from 203.0.113.5:41000, before any SDP",
                "Information Call 000000000000001f: RTP at port 20000 of phones comes from 203.0.113.5:41000 now, before from 192.168.1.10:16000",
                "Information Call 000000000000001f: RTCP at port 20000 of phones comes from 203.0.113.5:41000, which neither SDP (192.168.1.10:16000) nor signalling names: not taken yet",
                "Warning Call that is over: RTP at port 20000 of phones from 203.0.113.5:41000 is dropped, since its source is 192.168.1.10:16000. 0 more sources were refused since the last such line",
                "Warning Call 000000000000001f: nothing leaves from RTP port 20000 of phones to 203.0.113.5:41000, a media port of this gateway that SDP names, since it would come back and go round without end. 0 more since the last such line",
            ],
            _lines);
    }

    [Fact]
    public void An_attacker_does_not_fill_the_log()
    {
        for (var source = 0; source < 100; source++)
        {
            _log.MediaSource(1, "phones", Told with { Change = SourceChange.Refused, IsOtherSettled = true });
        }

        Assert.Single(_lines);
        _time.MoveTo(10_000);
        _log.MediaSource(1, "phones", Told with { Change = SourceChange.Refused, IsOtherSettled = true });
        Assert.EndsWith("99 more sources were refused since the last such line", _lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Ports_that_are_missing_are_told_with_what_helps_and_not_too_often()
    {
        _log.MediaPortsScarce("phones", 40, 50);
        for (var call = 0; call < 100; call++)
        {
            _log.NoMediaPorts(0x1e, "phones", PortTakeResult.Exhausted);
        }

        _log.NoMediaPorts(0x1e, "phones", PortTakeResult.NoDescriptors);
        _log.NoMediaPorts(0x1e, "phones", PortTakeResult.Stopped);
        _log.MediaPortLeaked(0x1f, "phones", 20000);
        Assert.Equal(
            [
                "Warning Realm phones runs short of media ports: 40 streams of at most 50. When they run out calls fail: widen its media.ports",
                "Error Call 000000000000001e failed for want of a media port in realm phones: none of its media.ports is left. Widen the range. 0 more since the last such line",
                "Error Call 000000000000001e failed for want of a media port in realm phones: the process has no descriptor left. Raise its limit (ulimit -n, LimitNOFILE= of systemd, ulimits of Docker). 0 more since the last such line",
                "Error Call 000000000000001f ended without giving back media ports 20000 and 20001 of realm phones: a fault of the gateway. They are free again",
            ],
            _lines);
        _time.MoveTo(10_000);
        _log.NoMediaPorts(0x1e, "phones", PortTakeResult.Exhausted);
        Assert.EndsWith("99 more since the last such line", _lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Each_reason_for_which_there_is_no_port_has_words_of_its_own()
    {
        var reasons = Enum.GetValues<PortTakeResult>().Where(reason => reason != PortTakeResult.Taken).Select(reason => new PortShortage("phones", reason).Explanation).ToArray();
        Assert.Equal(reasons.Length, reasons.Distinct().Count());
    }

    [Fact]
    public void A_lost_phone_is_named_and_many_are_counted()
    {
        var flow = new Flow(Transport.Udp, 0, IpEndpoint.Parse("198.51.100.1:5060"), IpEndpoint.Parse("203.0.113.5:40001"));
        var binding = new BindingRecord(1, "anna@example.com", "sip:anna@192.168.1.10:5060", "c", 1, default, flow, BindingTraits.IsBehindNat, 1000, "", 0, "", "");
        _log.FlowDead("phones", binding);
        _log.FlowDead("phones", binding);
        Assert.Equal(
            "Information anna@example.com is no longer registered at sip:anna@192.168.1.10:5060: behind 203.0.113.5:40001 in realm phones nobody answers any more. 0 more phones were lost since the last such line",
            Assert.Single(_lines));
    }

    [Fact]
    public void An_address_out_of_reach_is_told_once_an_hour_with_the_key_to_write()
    {
        _log.UnreachableMedia(0x1d, "phones", Sdp.Address, Source.Address);
        _time.MoveTo(3_599_999);
        _log.UnreachableMedia(0x1d, "phones", Sdp.Address, Source.Address);
        Assert.Contains("Call 000000000000001d: SDP of realm phones shows 192.168.1.10 to 203.0.113.5, which cannot reach it", Assert.Single(_lines), StringComparison.Ordinal);
        Assert.Contains("realms.phones.advertise", _lines[0], StringComparison.Ordinal);
        _time.MoveTo(3_600_000);
        _log.UnreachableMedia(0x1d, "phones", Sdp.Address, Source.Address);
        Assert.Equal(2, _lines.Count);
    }

    private sealed class Lines : List<string>, ILogger<CallLog>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Add($"{logLevel} {formatter(state, exception)}");
    }
}
