using SipAlg.Calls.Calls;
using SipAlg.Calls.Registrations;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Logging;

/// <content>What NAT does to phones and media.</content>
internal sealed partial class CallLog
{
    private readonly LogThrottle _refused = new(Interval, time);
    private readonly LogThrottle _back = new(Interval, time);
    private readonly LogThrottle _dead = new(Interval, time);
    private readonly LogThrottle _unreachable = new(TimeSpan.FromHours(1), time);

    public void UnreachableMedia(ulong call, string realm, IpAddress shown, IpAddress there)
    {
        if (_unreachable.Passes(realm, out _))
        {
            LogUnreachableMedia(CallRecord.TextOf(call), realm, there, shown);
        }
    }

    public void FlowDead(string realm, BindingRecord binding)
    {
        if (_dead.Passes(realm, out var held))
        {
            LogFlowDead(binding.Aor, binding.Contact, binding.Flow.Remote, realm, held);
        }
    }

    public void MediaSource(ulong? call, string realm, in SourceEvent source)
    {
        var isUsual = source.Change == SourceChange.Settled && source.Source == source.Other;
        if (isUsual && !log.IsEnabled(LogLevel.Debug))
        {
            return;
        }

        var (id, stream) = (call is { } known ? CallRecord.TextOf(known) : "that is over", source.IsRtcp ? "RTCP" : "RTP");
        switch (source.Change)
        {
            case SourceChange.Settled when isUsual:
                LogSettled(id, stream, realm, source.Port, source.Source);
                break;
            case SourceChange.Settled when source.Other.IsNone:
                LogSettledEarly(id, stream, realm, source.Port, source.Source);
                break;
            case SourceChange.Settled:
                LogSettledElsewhere(id, stream, realm, source.Port, source.Source, source.Other);
                break;
            case SourceChange.TookOver:
                LogTookOver(id, stream, realm, source.Port, source.Source, source.Other);
                break;
            case SourceChange.Refused when !source.IsOtherSettled:
                LogWaits(id, stream, realm, source.Port, source.Source, source.Other);
                break;
            case SourceChange.Refused when _refused.Passes(realm, out var held):
                LogRefused(id, stream, realm, source.Port, source.Source, source.Other, held);
                break;
            case SourceChange.LeadsBack when _back.Passes(realm, out var more):
                LogLeadsBack(id, stream, realm, source.Port, source.Source, more);
                break;
        }
    }

    [LoggerMessage(4010, LogLevel.Debug, "Call {Call}: {Stream} at port {Port} of {Realm} comes from {Source}, as its SDP says")]
    private partial void LogSettled(string call, string stream, string realm, ushort port, IpEndpoint source);

    [LoggerMessage(4011, LogLevel.Information, "Call {Call}: {Stream} at port {Port} of {Realm} comes from {Source}; SDP says {Sdp}")]
    private partial void LogSettledElsewhere(string call, string stream, string realm, ushort port, IpEndpoint source, IpEndpoint sdp);

    [LoggerMessage(4015, LogLevel.Information, "Call {Call}: {Stream} at port {Port} of {Realm} comes from {Source}, before any SDP")]
    private partial void LogSettledEarly(string call, string stream, string realm, ushort port, IpEndpoint source);

    [LoggerMessage(4012, LogLevel.Information, "Call {Call}: {Stream} at port {Port} of {Realm} comes from {Source} now, before from {Before}")]
    private partial void LogTookOver(string call, string stream, string realm, ushort port, IpEndpoint source, IpEndpoint before);

    [LoggerMessage(4013, LogLevel.Information, "Call {Call}: {Stream} at port {Port} of {Realm} comes from {Source}, which neither SDP ({Sdp}) nor signalling names: not taken yet")]
    private partial void LogWaits(string call, string stream, string realm, ushort port, IpEndpoint source, IpEndpoint sdp);

    [LoggerMessage(4014, LogLevel.Warning, "Call {Call}: {Stream} at port {Port} of {Realm} from {Source} is dropped, since its source is {Settled}. {Held} more sources were refused since the last such line")]
    private partial void LogRefused(string call, string stream, string realm, ushort port, IpEndpoint source, IpEndpoint settled, long held);

    [LoggerMessage(4016, LogLevel.Warning, "Call {Call}: nothing leaves from {Stream} port {Port} of {Realm} to {Target}, a media port of this gateway that SDP names, since it would come back and go round without end. {Held} more since the last such line")]
    private partial void LogLeadsBack(string call, string stream, string realm, ushort port, IpEndpoint target, long held);

    [LoggerMessage(4020, LogLevel.Information, "{Aor} is no longer registered at {Contact}: behind {Remote} in realm {Realm} nobody answers any more. {Held} more phones were lost since the last such line")]
    private partial void LogFlowDead(string aor, string contact, IpEndpoint remote, string realm, long held);

    [LoggerMessage(4021, LogLevel.Warning, "Call {Call}: SDP of realm {Realm} shows {Shown} to {There}, which cannot reach it. If this gateway is behind NAT, write its public address as realms.{Realm}.advertise, and lead the realm's media ports to it. Said once an hour")]
    private partial void LogUnreachableMedia(string call, string realm, IpAddress there, IpAddress shown);
}
