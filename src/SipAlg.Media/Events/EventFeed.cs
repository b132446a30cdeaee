using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Events;

/// <summary>
/// Puts digits into a stream as telephone events. While the stream flows, event packets take the place of its packets, number by number;
/// where it does not, they are put in on a beat of 20 ms.
/// </summary>
/// <param name="second">Timestamps a second.</param>
/// <param name="random">Begins a stream where there is none.</param>
internal sealed class EventFeed(long second, Random random) : EventStream
{
    private readonly long _interval = second / 50;

    /// <summary>A stream of which nothing came for so long does not flow (longer packets than 60 ms are not in use).</summary>
    private readonly long _stall = second / 10;

    /// <summary>From a digit's last packet to the next digit: 80 ms after the end that it tells. ITU-T Q.24 has receivers that need 70.</summary>
    private readonly long _pause = second * 60 / 1000;

    private readonly DigitRing _digits = new();
    private Negotiated? _negotiated;

    /// <summary>Of the stream.</summary>
    private uint _lastTimestamp;
    private long _lastArrival;
    private bool _hasArrived;

    /// <summary>Of the event that is sent, or was last.</summary>
    private TelephoneEventSender _sender;
    private TelephoneEventFormat _format;
    private bool _isSending;
    private uint _ssrc;
    private uint _timestamp;
    private long _began;
    private long _lastSent;
    private long _free = long.MinValue;

    private sealed record Negotiated(TelephoneEventFormat Format, int ClockRate);

    public override bool IsBusy => _isSending || !_digits.IsEmpty;

    /// <summary>Digits that wait, and the one that is being sent; any thread.</summary>
    public int Pending => _digits.Count + (Volatile.Read(ref _isSending) ? 1 : 0);

    /// <summary>Lane: how the receiver wants events, if it does, and the clock of the stream.</summary>
    public void Negotiate(TelephoneEventFormat? format, int clockRate) =>
        Volatile.Write(ref _negotiated, format is { } wanted ? new Negotiated(wanted, clockRate) : null);

    /// <summary>Lane: a digit to be sent behind those that wait; false when too many do.</summary>
    public bool TryPut(DtmfDigit digit) => _digits.TryWrite(digit);

    public override int Cross(Span<byte> packet, int octets, long now)
    {
        if (!RtpHeader.TryRead(packet[..octets], out var header))
        {
            return octets;
        }

        if (_isSending && header.Ssrc != _ssrc)
        {
            // Another source has taken the stream's place: to tell the rest there would make a second digit of it.
            End(now);
        }

        Note(header.Ssrc, header.Timestamp, now);
        if (!TryBegin(header.Ssrc, header.Timestamp, now) || (int)(header.Timestamp - _timestamp) < 0)
        {
            Renumber(packet, Pass(header));
            return octets;
        }

        return Write(packet, Pass(header, TelephoneEvent.Length - (octets - header.Length)), now);
    }

    public override int Beat(Span<byte> packet, long now)
    {
        var flows = _hasArrived && now - _lastArrival < _stall;
        if (_isSending ? now - _lastSent < (flows ? _stall : _interval) : flows || !TryBegin(now))
        {
            return 0;
        }

        return Write(packet, Insert(TelephoneEvent.Length), now);
    }

    /// <summary>The stream's clock stands at its newest packet, whatever was overtaken.</summary>
    private void Note(uint ssrc, uint timestamp, long now)
    {
        if (!_hasArrived || ssrc != Ssrc || (int)(timestamp - _lastTimestamp) > 0 || now - _lastArrival >= _stall)
        {
            _lastTimestamp = timestamp;
        }

        (_lastArrival, _hasArrived) = (now, true);
    }

    /// <summary>Begins the next digit with no packet of the stream to go by: its clock has gone on meanwhile.</summary>
    private bool TryBegin(long now)
    {
        if (Ssrc is null)
        {
            Begin((uint)random.NextInt64(uint.MaxValue), (ushort)random.Next(ushort.MaxValue));
            (_lastTimestamp, _lastArrival) = ((uint)random.NextInt64(uint.MaxValue), now);
        }

        var timestamp = _lastTimestamp + Units(now - _lastArrival, Volatile.Read(ref _negotiated)?.ClockRate ?? 0);
        var behind = _timestamp + _sender.Duration;
        return TryBegin(Ssrc!.Value, Ssrc == _ssrc && (int)(timestamp - behind) < 0 ? behind : timestamp, now);
    }

    /// <summary>Whether an event is sent now, after the next one has begun if there is one and it may.</summary>
    private bool TryBegin(uint ssrc, uint timestamp, long now)
    {
        while (!_isSending && now >= _free && _digits.TryRead(out var digit))
        {
            if (Volatile.Read(ref _negotiated) is { } negotiated)
            {
                _format = negotiated.Format;
                _sender = new TelephoneEventSender(digit.Code, (ushort)Math.Min(digit.Milliseconds * (long)_format.ClockRate / 1000, ushort.MaxValue));
                (_isSending, _ssrc, _timestamp, _began) = (true, ssrc, timestamp, now);
            }
        }

        return _isSending;
    }

    private int Write(Span<byte> packet, ushort number, long now)
    {
        var head = new TelephoneEventPacket(_format.PayloadType, _sender.IsFirst, number, _timestamp, _ssrc);
        head.Write(_sender.Next(Units(now - _began + _interval, _format.ClockRate)), packet);
        _lastSent = now;
        if (_sender.IsOver)
        {
            End(now);
        }

        return TelephoneEventPacket.Length;
    }

    private void End(long now)
    {
        _isSending = false;
        _free = now + _pause;
    }

    private uint Units(long time, int clockRate) => (uint)(time * clockRate / second);
}
