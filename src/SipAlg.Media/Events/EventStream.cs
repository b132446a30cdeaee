using System.Buffers.Binary;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Events;

/// <summary>
/// What is done about telephone events in the stream that arrives at a port. The lane makes it and says what was negotiated; the rest is
/// the relay thread's. Once packets were taken out or put in, the numbers of the stream stay shifted to its end.
/// </summary>
internal abstract class EventStream
{
    private SequenceShift _sequence;
    private int _packets;
    private int _octets;

    /// <summary>Time has to be looked at, also when no packet comes.</summary>
    public abstract bool IsBusy { get; }

    /// <summary>What reports on the stream have to be corrected by.</summary>
    public StreamChange Change => new(_sequence.IsKnown ? _sequence.Ssrc : null, _packets, _octets, _sequence.Shift);

    protected uint? Ssrc => _sequence.IsKnown ? _sequence.Ssrc : null;

    /// <summary>An RTP packet on its way to the partner.</summary>
    /// <param name="packet">The packet, and room for another one.</param>
    /// <param name="octets">Its length.</param>
    /// <param name="now">Timestamp of the turn.</param>
    /// <returns>The length of what goes on in its place; 0: nothing.</returns>
    public abstract int Cross(Span<byte> packet, int octets, long now);

    /// <summary>20 ms have passed.</summary>
    /// <returns>The length of a packet to send by itself; 0: none.</returns>
    public abstract int Beat(Span<byte> packet, long now);

    /// <summary>A packet goes on, under this number.</summary>
    protected ushort Pass(in RtpHeader header, int octetsMore = 0)
    {
        Meet(header.Ssrc);
        _octets += octetsMore;
        return _sequence.Pass(header.Ssrc, header.SequenceNumber);
    }

    /// <summary>A packet does not go on.</summary>
    protected void Remove(in RtpHeader header, int octets)
    {
        Meet(header.Ssrc);
        _packets--;
        _octets -= octets;
        _sequence.Remove(header.Ssrc, header.SequenceNumber);
    }

    /// <summary>A packet of ours, under this number.</summary>
    protected ushort Insert(int octets)
    {
        _packets++;
        _octets += octets;
        return _sequence.Insert();
    }

    /// <summary>Makes a stream where there is none.</summary>
    protected void Begin(uint ssrc, ushort first)
    {
        Meet(ssrc);
        _sequence.Begin(ssrc, first);
    }

    protected static void Renumber(Span<byte> packet, ushort number) => BinaryPrimitives.WriteUInt16BigEndian(packet[2..], number);

    private void Meet(uint ssrc)
    {
        if (Ssrc != ssrc)
        {
            (_packets, _octets) = (0, 0);
        }
    }
}
