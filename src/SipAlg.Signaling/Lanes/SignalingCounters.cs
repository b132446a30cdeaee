using SipAlg.Protocol.Sip;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// What one lane counts of its SIP messages, in plain cells per realm: written by the lane alone, read at any time by the
/// metrics without asking it.
/// </summary>
public sealed class SignalingCounters
{
    private RealmCounters[] _realms = [];
    private int[] _listenerGroups = [];

    internal SignalingCounters(int[] listenerGroups) => Take(listenerGroups);

    /// <summary>The counters of each realm, by its number.</summary>
    public IReadOnlyList<RealmCounters> Realms => Volatile.Read(ref _realms);

    /// <summary>There are more listeners, perhaps of more realms; what was counted stays.</summary>
    internal void Take(int[] listenerGroups)
    {
        var more = Math.Max((listenerGroups.Length == 0 ? 0 : listenerGroups.Max() + 1) - _realms.Length, 0);
        Volatile.Write(ref _realms, [.. _realms, .. Enumerable.Range(0, more).Select(_ => new RealmCounters())]);
        _listenerGroups = listenerGroups;
    }

    private RealmCounters Of(int listener) => _realms[_listenerGroups[listener]];

    internal void Received(int listener, SipMessage message)
    {
        var cells = Of(listener);
        if (message.IsRequest)
        {
            cells.RequestsIn[(int)message.Method]++;
        }
        else
        {
            cells.ResponsesIn[RealmCounters.Cell(message.Method, message.Status)]++;
        }
    }

    internal void SentRequest(int listener, SipMethod method) => Of(listener).RequestsOut[(int)method]++;
    internal void SentResponse(int listener, SipMethod method, int status) => Of(listener).ResponsesOut[RealmCounters.Cell(method, status)]++;
    /// <summary>A message went out again, by a transaction or by its user.</summary>
    public void Retransmitted(int listener) => Of(listener).Retransmissions++;
    internal void Stray(int listener) => Of(listener).Strays++;
    internal void Malformed(int listener, MessageFault fault) => Of(listener).Malformed[(int)fault]++;
}

/// <summary>The cells of one realm in one lane.</summary>
public sealed class RealmCounters
{
    /// <summary>Status classes 1 to 6 a method.</summary>
    private const int Classes = 6;

    public long[] RequestsIn { get; } = new long[SipMethods.Count];
    public long[] RequestsOut { get; } = new long[SipMethods.Count];

    /// <summary>Indexed by <see cref="Cell"/>.</summary>
    public long[] ResponsesIn { get; } = new long[SipMethods.Count * Classes];
    public long[] ResponsesOut { get; } = new long[SipMethods.Count * Classes];

    /// <summary>Indexed by <see cref="MessageFault"/>.</summary>
    public long[] Malformed { get; } = new long[(int)MessageFault.BadContact + 1];
    public long Retransmissions { get; internal set; }

    /// <summary>Responses that belong to no transaction.</summary>
    public long Strays { get; internal set; }

    public static int Cell(SipMethod method, int status) => ((int)method * Classes) + (status / 100) - 1;
}
