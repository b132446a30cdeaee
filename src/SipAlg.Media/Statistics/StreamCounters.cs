using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Statistics;

/// <summary>
/// What is kept of one stream in one direction: of the packets that a port has accepted, each by <see cref="Rtp"/> or
/// <see cref="Other"/>. Two cache lines, integers only, written by one relay thread; <see cref="StreamStatistics"/> is what is made of it.
/// </summary>
/// <remarks>
/// RFC 3550 A.1 with three changes: there is no probation, since the source rule has accepted the source before; MAX_MISORDER is the
/// width of <see cref="Window"/>, so that a late packet is always told from a duplicate; and duplicates do not count as received, so
/// that they hide no loss. A stream whose numbers begin anew (another SSRC, or two packets in a row elsewhere) loses nothing by it.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StreamCounters
{
    /// <summary>RFC 3550 A.1 MAX_DROPOUT: a larger step forward is another place, not a loss.</summary>
    public const int MostMissing = 3000;

    /// <summary>A step of the timestamp by more is a clock set anew, not a delay: seconds as a power of two.</summary>
    public const int MostDelay = 2;

    /// <summary>No payload type.</summary>
    public const byte NoType = 0xFF;

    /// <summary>The first extended number of a sequence has a cycle behind it, so that late packets may go before it.</summary>
    private const uint FirstCycle = 0x1_0000;

    /// <summary>Datagrams.</summary>
    public long Packets;

    /// <summary>UDP payload of them.</summary>
    public long Octets;

    /// <summary>Arrival of the first and of the last: the turn's time of the relay thread, in its timestamps; nothing while there are no packets.</summary>
    public long FirstAt;
    public long LastAt;

    /// <summary>The longest time between two packets in a row, in timestamps, but for time in which the end was not to send.</summary>
    public long LongestGap;

    /// <summary>Sum of <see cref="Jitter"/> after each of <see cref="JitterSamples"/>.</summary>
    public long JitterSum;

    /// <summary>Bit n: the packet n before <see cref="Highest"/> has come.</summary>
    public ulong Window;

    /// <summary>Units of the payload type's clock a timestamp of the relay's, times 2^32; 0: not known, or none that runs by the packet.</summary>
    public ulong ClockFactor;

    /// <summary>From here: RTP alone. The source that sends now.</summary>
    public uint Ssrc;

    /// <summary>Highest number of the present sequence, extended by its cycles (A.1), and the lowest.</summary>
    public uint Highest;
    public uint Base;

    /// <summary>Numbers of sequences that are over: highest − base + 1 of each.</summary>
    public uint ExpectedBefore;

    /// <summary>Packets that have come of all sequences, duplicates and those in no place not among them.</summary>
    public uint Received;

    /// <summary>Packets whose number had come before, of the last 64.</summary>
    public uint Duplicates;

    /// <summary>Packets that came after one with a higher number.</summary>
    public uint Reordered;

    /// <summary>Times that another source began to send.</summary>
    public uint SourceChanges;

    /// <summary>Times that the same source went on elsewhere in its numbers.</summary>
    public uint Restarts;

    /// <summary>Arrival less timestamp of the last packet, in units of <see cref="ClockRate"/> (A.8).</summary>
    public uint Transit;

    /// <summary>Interarrival jitter (A.8) of the source that sends now, in 1/16 of such units, and the most that any's has been.</summary>
    public uint Jitter;
    public uint MostJitter;
    public uint JitterSamples;

    /// <summary>Hertz: the unit of the jitter; 0: none is known.</summary>
    public int ClockRate;

    /// <summary>Guards all of it for readers of other threads.</summary>
    public SequenceLock Lock;

    /// <summary>A.1 bad_seq: the number that makes a restart of it; only with <see cref="StreamMarks.HasStray"/>.</summary>
    public ushort AfterStray;

    /// <summary>Of the last packet.</summary>
    public byte PayloadType;
    public StreamMarks Marks;

    /// <summary>A packet of RTP; at least 12 octets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rtp(StreamCounters* stream, byte* packet, int octets, long now)
    {
        stream->Lock.BeginWrite();
        stream->Count(octets, now);
        stream->PayloadType = (byte)(packet[1] & 0x7F);
        stream->Place(BinaryPrimitives.ReverseEndianness(*(uint*)(packet + 8)), BinaryPrimitives.ReverseEndianness(*(ushort*)(packet + 2)));
        if (stream->ClockFactor != 0)
        {
            stream->Time((uint)((ulong)now * stream->ClockFactor >> 32) - BinaryPrimitives.ReverseEndianness(*(uint*)(packet + 4)));
        }

        stream->Lock.EndWrite();
    }

    /// <summary>A packet of another protocol (T.38, BFCP).</summary>
    public static void Other(StreamCounters* stream, int octets, long now)
    {
        stream->Lock.BeginWrite();
        stream->Count(octets, now);
        stream->Lock.EndWrite();
    }

    /// <summary>Time in which the end is not to send (hold, one way), and up to its next packet, is no gap.</summary>
    /// <param name="isSilent">It is not to send now.</param>
    /// <param name="wasSilent">Nor was it at some time since its last packet.</param>
    public void SetSilent(bool isSilent, bool wasSilent) =>
        Marks = (Marks & ~StreamMarks.IsSilent) | (isSilent ? StreamMarks.IsSilent : 0) | (isSilent || wasSilent ? StreamMarks.IsPaused : 0);

    /// <summary>Names the clock of a payload type; one without a clock of its own (telephone events) leaves the jitter as it is.</summary>
    /// <param name="stream">Whose packets.</param>
    /// <param name="hertz">0 for none.</param>
    /// <param name="second">Timestamps a second.</param>
    public static void Clock(StreamCounters* stream, int hertz, long second)
    {
        stream->Lock.BeginWrite();
        if (hertz != 0 && hertz != stream->ClockRate)
        {
            stream->Scale(hertz);
        }

        // Rounded up, so that a whole number of units is not taken for one less.
        stream->ClockFactor = (((ulong)hertz << 32) + (ulong)second - 1) / (ulong)second;
        stream->Lock.EndWrite();
    }

    private void Count(int octets, long now)
    {
        if (Packets++ == 0)
        {
            FirstAt = now;
        }
        else if (now - LastAt > LongestGap && (Marks & StreamMarks.IsPaused) == 0)
        {
            LongestGap = now - LastAt;
        }

        Octets += octets;
        LastAt = now;
        Marks &= (Marks & StreamMarks.IsSilent) != 0 ? Marks : ~StreamMarks.IsPaused;
    }

    private void Place(uint ssrc, ushort sequence)
    {
        if (ssrc != Ssrc || (Marks & StreamMarks.HasSequence) == 0)
        {
            SourceChanges += (Marks & StreamMarks.HasSequence) != 0 ? 1u : 0;
            Ssrc = ssrc;
            Jitter = 0;
            Begin(sequence);
            return;
        }

        int ahead = (ushort)(sequence - (ushort)Highest);
        if (ahead is > 0 and < MostMissing)
        {
            Highest += (uint)ahead;
            Window = ahead < 64 ? (Window << ahead) | 1 : 1;
            Received++;
        }
        else if (ahead == 0 || ahead > 0x1_0000 - 64)
        {
            Fill((0x1_0000 - ahead) & 0xFFFF);
        }
        else
        {
            Stray(sequence);
        }
    }

    private void Begin(ushort sequence)
    {
        ExpectedBefore += (Marks & StreamMarks.HasSequence) != 0 ? Highest - Base + 1 : 0;
        Highest = Base = FirstCycle | sequence;
        Window = 1;
        Received++;
        Marks = (Marks | StreamMarks.HasSequence) & ~(StreamMarks.HasStray | StreamMarks.HasTransit);
    }

    /// <summary>A packet that is not the highest, by how much; it may even go before the first.</summary>
    private void Fill(int behind)
    {
        var bit = 1UL << behind;
        if ((Window & bit) != 0)
        {
            Duplicates++;
            return;
        }

        Window |= bit;
        Received++;
        Reordered++;
        Base = Math.Min(Base, Highest - (uint)behind);
    }

    /// <summary>A packet in no place: what follows it says whether the sequence goes on there (A.1).</summary>
    private void Stray(ushort sequence)
    {
        if ((Marks & StreamMarks.HasStray) != 0 && sequence == AfterStray)
        {
            Restarts++;
            Begin(sequence);
            return;
        }

        AfterStray = (ushort)(sequence + 1);
        Marks |= StreamMarks.HasStray;
    }

    private void Time(uint transit)
    {
        var step = Math.Abs((long)(int)(transit - Transit));
        Transit = transit;
        if ((Marks & StreamMarks.HasTransit) == 0 || step > (long)ClockRate << MostDelay)
        {
            Marks |= StreamMarks.HasTransit;
            return;
        }

        Jitter += (uint)step - ((Jitter + 8) >> 4);
        JitterSum += Jitter;
        JitterSamples++;
        MostJitter = Math.Max(MostJitter, Jitter);
    }

    /// <summary>What was measured by another clock stays true in the units of this one.</summary>
    private void Scale(int hertz)
    {
        if (ClockRate != 0)
        {
            Jitter = (uint)((ulong)Jitter * (uint)hertz / (uint)ClockRate);
            MostJitter = (uint)((ulong)MostJitter * (uint)hertz / (uint)ClockRate);
            JitterSum = (long)((Int128)JitterSum * hertz / ClockRate);
        }

        ClockRate = hertz;
        Marks &= ~StreamMarks.HasTransit;
    }
}

[Flags]
internal enum StreamMarks : byte
{
    None = 0,

    /// <summary>RTP has come, and its numbers are followed.</summary>
    HasSequence = 1,

    /// <summary>The last packet in no place waits for one that follows it.</summary>
    HasStray = 2,

    /// <summary>There is a packet to measure the next one's delay against.</summary>
    HasTransit = 4,

    /// <summary>The time up to the next packet is no gap.</summary>
    IsPaused = 8,

    /// <summary>See <see cref="StreamCounters.SetSilent"/>.</summary>
    IsSilent = 16,
}
