using System.Collections.Immutable;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Requests;

/// <summary>What requests of no call, and their answers, have in common when they cross.</summary>
internal static class EventMessages
{
    /// <summary>Whether the method has a Contact: RFC 3428 §4 and RFC 3903 §4 make none in MESSAGE and PUBLISH, which begin no dialog.</summary>
    public static bool HasContact(SipMessage request) =>
        request.Method is SipMethod.Subscribe or SipMethod.Notify or SipMethod.Refer || (request.Method == SipMethod.Unknown && request.Has(HeaderId.Contact));

    /// <summary>
    /// What a side understands of bodies and events is the other side's business where the gateway only passes them on (RFC 6665 §3.1.3,
    /// §4.4.4; 415 and 489 must say it).
    /// </summary>
    public static void WriteAccepted(ref MessageWriter writer, SipMessage message)
    {
        foreach (ref readonly var field in message.Fields)
        {
            if (field.Id is HeaderId.Accept or HeaderId.AllowEvents)
            {
                writer.Field(HeaderNames.Name(field.Id), message[field.Value]);
            }
        }
    }

    /// <summary>
    /// What a final answer is to who asked: challenges and redirections are for us (401, 407, 3xx), and nobody waits for the 408 of a
    /// request other than INVITE (RFC 4320 §4.2).
    /// </summary>
    public static int FinalStatus(int status) => status switch
    {
        < 300 => status,
        401 or 407 => 500,
        408 => 504,
        < 400 => 480,
        _ => status,
    };

    /// <summary>Writes the answer of the other side, but for its Contact.</summary>
    /// <param name="writer">At its beginning.</param>
    /// <param name="fields">What all responses to the request share.</param>
    /// <param name="response">As it came.</param>
    /// <param name="status">As it goes on; another than the response's leaves the rest of it behind.</param>
    /// <param name="crossing">Towards who asked.</param>
    public static void BeginAnswer(ref MessageWriter writer, in StoredOctets fields, SipMessage response, int status, in HeaderCrossing crossing)
    {
        LegMessages.BeginResponse(ref writer, fields.Span, status, status == response.Status ? response[response.Reason] : default);
        if (status != response.Status)
        {
            return;
        }

        if (status == 405 || response.Method == SipMethod.Options)
        {
            // RFC 3261 §8.2.1, §11.2.
            LegMessages.WriteAllow(ref writer, MethodSet.AllowedBy(response), Model.RealmAccess.Open);
        }

        WriteAccepted(ref writer, response);
        crossing.Write(ref writer, response);
    }

    /// <summary>What stands for the other side in messages to who asked: its domain as a peer, else our address.</summary>
    public static ReadOnlySpan<byte> HostTowards(CallLane lane, PeerState? peer, scoped in Flow flow) => peer is { Peer.NextHop: not null }
        ? peer.Host
        : lane.HostScratch.AsSpan(0, lane.Shown(flow).Address.FormatHost(lane.HostScratch));

    /// <summary>An edit that puts this many seconds into Expires.</summary>
    public static ImmutableArray<HeaderEdit> Expiring(int seconds) =>
        [new HeaderEdit("Expires", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture))];
}
