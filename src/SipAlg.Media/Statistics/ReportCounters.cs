using SipAlg.Media.Relaying;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Statistics;

/// <summary>
/// What an end says in RTCP of the stream that it is sent (RFC 3550 §6.4), and what its own sender reports were, to time those that
/// answer them. Bounded; written by one relay thread.
/// </summary>
internal unsafe struct ReportCounters
{
    /// <summary>Sender reports that a receiver may still refer to: it names the last that it had.</summary>
    private const int MostSent = 4;

    /// <summary>RFC 3550 §6.4.1: units of DLSR a second, as a power of two.</summary>
    private const int DelayShift = 16;

    private fixed uint _sentName[MostSent];
    private fixed long _sentAt[MostSent];
    private byte _nextSent;

    /// <summary>Reports on the stream that it is sent.</summary>
    public uint Reports;

    /// <summary>Sum of the loss in them, in 1/256 of what was sent between two.</summary>
    public long LossSum;

    /// <summary>Times that the way from here to the end and back was measured, their sum and the last, in timestamps of the relay.</summary>
    public uint RoundTrips;
    public long RoundTripSum;
    public long RoundTrip;

    /// <summary>Guards what readers of other threads see.</summary>
    public SequenceLock Lock;

    /// <summary>The end has sent RTCP; neither encrypted nor longer than what came.</summary>
    /// <param name="own">Of the end that sent it.</param>
    /// <param name="other">Of the end that it goes to.</param>
    /// <param name="heard">The SSRC of the stream that the end is sent; null while that is not known.</param>
    /// <param name="datagram">What came.</param>
    /// <param name="now">The turn's time.</param>
    /// <param name="second">Timestamps a second.</param>
    public static void Heard(ReportCounters* own, ReportCounters* other, uint? heard, ReadOnlySpan<byte> datagram, long now, long second)
    {
        if (!RtcpCompound.TryRead(datagram, out var packets))
        {
            return;
        }

        foreach (var packet in packets)
        {
            if (packet.TryGetSenderInfo(out var info))
            {
                own->Sent((uint)(info.NtpTimestamp >> 16), now);
            }

            for (var index = 0; packet.TryGetReport(index, out var report); index++)
            {
                if (heard is null || report.Ssrc == heard)
                {
                    own->Reported(other, report, now, second);
                }
            }
        }
    }

    private void Sent(uint name, long now)
    {
        (_sentName[_nextSent], _sentAt[_nextSent]) = (name, now);
        _nextSent = (byte)((_nextSent + 1) % MostSent);
    }

    private void Reported(ReportCounters* other, in RtcpReport report, long now, long second)
    {
        Lock.BeginWrite();
        Reports++;
        LossSum += report.FractionLost;
        if (report.LastReport != 0 && other->TryFind(report.LastReport, out var sentAt))
        {
            Measured(now - sentAt - (long)((ulong)report.DelaySinceLastReport * (ulong)second >> DelayShift), second);
        }

        Lock.EndWrite();
    }

    /// <summary>A delay that is longer than the time it is part of is an end's mistake.</summary>
    private void Measured(long roundTrip, long second)
    {
        // Both clocks may be off by a unit of DLSR.
        if (roundTrip < -(second >> DelayShift) - 1)
        {
            return;
        }

        RoundTrip = Math.Max(0, roundTrip);
        RoundTripSum += RoundTrip;
        RoundTrips++;
    }

    /// <summary>When a sender report went by; RFC 3550 §6.4.1 names it by the middle of its NTP timestamp.</summary>
    private bool TryFind(uint name, out long at)
    {
        for (var index = 0; index < MostSent; index++)
        {
            if (_sentName[index] == name && _sentAt[index] != 0)
            {
                at = _sentAt[index];
                return true;
            }
        }

        at = 0;
        return false;
    }
}
