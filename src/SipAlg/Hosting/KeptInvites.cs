using SipAlg.Calls.Calls;
using SipAlg.Signaling.Traces;

namespace SipAlg.Hosting;

/// <summary>The INVITEs that calls began with, as far as their messages are kept.</summary>
internal static class KeptInvites
{
    /// <summary>Empty: it is not kept. One that was challenged, or is of another call with the same names, came before the call began.</summary>
    /// <param name="record">Of the call.</param>
    /// <param name="messages">What is kept under its name, in order.</param>
    public static ReadOnlyMemory<byte> Of(CallRecord record, IEnumerable<TracedMessage> messages) =>
        messages.FirstOrDefault(message => message.IsReceived && message.At >= record.Started && message.Octets.AsSpan().StartsWith("INVITE "u8))?.Octets;

    /// <summary>Of many calls: goes once through the messages of each lane. Those of dialplans that do not look into messages are left out.</summary>
    public static Func<CallRecord, ReadOnlyMemory<byte>> Of(IReadOnlyList<CallRecord> records, Gateway gateway)
    {
        var lanes = records.Where(record => record.Trace != 0 && record.Model?.Dialplan.LooksIntoMessages == true).GroupBy(record => record.Lane, record => record.Trace)
            .ToDictionary(lane => lane.Key, lane => gateway.Contexts[lane.Key].Trace?.ReadInvites(lane.ToHashSet()));
        return record => lanes.GetValueOrDefault(record.Lane) is { } invites ? Of(record, invites[record.Trace]) : default;
    }
}
