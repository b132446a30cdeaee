namespace SipAlg.Media.Statistics;

/// <summary>
/// Packets of a stream whose payload type SDP does not name. They are counted by looking at the stream's counter when the type changes,
/// which is seldom: a packet costs nothing more. Written by one relay thread, read by anybody who does not mind a packet more or less.
/// </summary>
internal struct ForeignTypes
{
    /// <summary>RFC 3551 §6 comfort noise, and the number that it had in drafts: sent by many who never said so, and missed by nobody.</summary>
    private const byte Comfort = 13;
    private const byte OldComfort = 19;

    public static bool IsComfort(byte type) => type is Comfort or OldComfort;

    private long _since;
    private long _before;
    private bool _isForeign;

    /// <summary>The last such type; says nothing while there are none.</summary>
    public byte Type { get; private set; }

    /// <summary>A packet of another type than the one before it has come, and is not counted yet.</summary>
    /// <param name="type">Its payload type.</param>
    /// <param name="isNamed">SDP has it, or there is none.</param>
    /// <param name="packets">Of the stream before it.</param>
    public void Turn(byte type, bool isNamed, long packets)
    {
        _before = Count(packets);
        _since = packets;
        _isForeign = !isNamed && !IsComfort(type);
        Type = _isForeign ? type : Type;
    }

    /// <param name="packets">Of the stream now.</param>
    public readonly long Count(long packets) => _before + (_isForeign ? Math.Max(0, packets - _since) : 0);
}
