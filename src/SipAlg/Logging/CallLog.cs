using System.Globalization;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Peers;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Logging;

/// <summary>What lanes say to the log; event ids 4000 to 4099. Repetitions are counted, not written.</summary>
internal sealed partial class CallLog(ILogger<CallLog> log, TimeProvider time) : ICallLog
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private readonly LogThrottle _faults = new(Interval, time);

    public void LaneFault(int lane, ulong? call, Exception fault)
    {
        if (_faults.Passes(lane.ToString(CultureInfo.InvariantCulture), out var held))
        {
            LogLaneFault(lane, call is { } known ? CallRecord.TextOf(known) : "none", held, fault);
        }
    }

    public void PeerDown(string peer, PingLoss reason) => LogPeerDown(peer, PingLosses.Text(reason));

    public void PeerUp(string peer) => LogPeerUp(peer);

    public void PlaceChanged(string peer, SipHop place, PingLoss reason)
    {
        var text = $"{TransportNames.Text(place.Transport)} {place.Endpoint}";
        if (reason == PingLoss.None)
        {
            LogPlaceUp(peer, text);
        }
        else
        {
            LogPlaceDown(peer, text, PingLosses.Text(reason));
        }
    }

    public void Registered(string peer, RegistrationStatus status) => LogRegistered(peer, status.Contact, $"{status.RegisteredUntil:u}");

    public void NotRegistered(string peer, RegistrationStatus status) => LogNotRegistered(
        peer, status.Status == 0 ? RegistrationOutcomes.Text(status.Outcome) : $"{RegistrationOutcomes.Text(status.Outcome)} ({status.Status.ToString(CultureInfo.InvariantCulture)})",
        $"{status.Next:u}", status.IsRegistered(time) ? $"what was registered holds until {status.RegisteredUntil:u}" : "it is not registered");

    [LoggerMessage(4000, LogLevel.Error, "A turn of lane {Lane} failed (call {Call}); the lane goes on. {Held} more failed since the last such line")]
    private partial void LogLaneFault(int lane, string call, long held, Exception fault);

    [LoggerMessage(4030, LogLevel.Warning, "Peer {Peer} is down: {Reason} to its last pings. Calls pass it over; it is asked every 5 s")]
    private partial void LogPeerDown(string peer, string reason);

    [LoggerMessage(4031, LogLevel.Information, "Peer {Peer} is up again")]
    private partial void LogPeerUp(string peer);

    [LoggerMessage(4032, LogLevel.Warning, "Peer {Peer}: {Place} is down: {Reason} to its last pings. Its other places go first")]
    private partial void LogPlaceDown(string peer, string place, string reason);

    [LoggerMessage(4033, LogLevel.Information, "Peer {Peer}: {Place} is up again")]
    private partial void LogPlaceUp(string peer, string place);

    [LoggerMessage(4034, LogLevel.Information, "Registered with peer {Peer} as {Contact}, until {Until}")]
    private partial void LogRegistered(string peer, string contact, string until);

    [LoggerMessage(4035, LogLevel.Warning, "Registering with peer {Peer} has failed: {Reason}; {State}. The next try is at {Next}")]
    private partial void LogNotRegistered(string peer, string reason, string next, string state);
}
