using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Events;

/// <summary>Takes telephone events out of a stream and tells the lane of each digit once, when it is over.</summary>
/// <param name="heard">Called on the relay thread when there is a digit to take; must not wait, throw or allocate.</param>
/// <param name="second">Timestamps a second.</param>
internal sealed class EventTap(Action heard, long second) : EventStream
{
    /// <summary>Of which nothing was heard for three times the longest usual interval of updates (RFC 4733 §2.5.1.2) has ended.</summary>
    private readonly long _patience = second * 150 / 1000;

    /// <summary>Events of one packet that are looked at (RFC 4733 §2.5.1.5).</summary>
    private const int MostInPacket = 8;

    /// <summary>ITU-T Q.24: no receiver has to recognize a digit that is shorter.</summary>
    private const int ShortestMilliseconds = 40;

    private readonly DigitRing _digits = new();
    private Negotiated? _negotiated;
    private TelephoneEventReceiver _receiver;
    private int _clockRate;
    private long _lastHeard;
    private long _lost;

    private sealed record Negotiated(TelephoneEventFormats Formats);

    public override bool IsBusy => _receiver.IsOpen;

    /// <summary>Digits that nobody took in time; any thread.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Digits that have ended and were not taken, and the one that has not ended; any thread.</summary>
    public int Pending => _digits.Count + (_receiver.IsOpen ? 1 : 0);

    /// <summary>Lane: which payload types are events; none: the stream has no more of them.</summary>
    public void Negotiate(in TelephoneEventFormats formats) => Volatile.Write(ref _negotiated, new Negotiated(formats));

    /// <summary>Lane: the next digit that has ended.</summary>
    public bool TryHear(out DtmfDigit digit) => _digits.TryRead(out digit);

    public override int Cross(Span<byte> packet, int octets, long now)
    {
        if (!RtpHeader.TryRead(packet[..octets], out var header))
        {
            return octets;
        }

        if (Volatile.Read(ref _negotiated) is { } negotiated && negotiated.Formats.TryFind(header.PayloadType, out var clockRate))
        {
            Hear(header, clockRate, now);
            Remove(header, octets - header.Length);
            return 0;
        }

        Renumber(packet, Pass(header));
        return octets;
    }

    public override int Beat(Span<byte> packet, long now)
    {
        if (_receiver.IsOpen && now - _lastHeard >= _patience)
        {
            Tell(_receiver.GiveUp());
        }

        return 0;
    }

    private void Hear(in RtpHeader header, int clockRate, long now)
    {
        if (!header.TryGetPayload(out var payload))
        {
            return;
        }

        _clockRate = clockRate;
        var timestamp = header.Timestamp;
        for (var index = 0; index < MostInPacket && TelephoneEvent.TryRead(payload, out var told); index++)
        {
            if (_receiver.TryLeave(header.Ssrc, timestamp, told.Code, out var left))
            {
                Tell(left);
            }

            if (_receiver.TryEnd(header.Ssrc, timestamp, told, out var ended))
            {
                Tell(ended);
            }

            // The next event of the packet began where this one ended.
            timestamp += told.Duration;
            payload = payload[TelephoneEvent.Length..];
        }

        _lastHeard = now;
    }

    private void Tell(EndedEvent ended)
    {
        if (ended.Code >= DtmfDigit.Codes)
        {
            return;
        }

        var milliseconds = Math.Clamp(ended.Duration * 1000L / _clockRate, ShortestMilliseconds, ushort.MaxValue);
        if (_digits.TryWrite(new DtmfDigit(ended.Code, (int)milliseconds)))
        {
            heard();
        }
        else
        {
            Volatile.Write(ref _lost, _lost + 1);
        }
    }
}
