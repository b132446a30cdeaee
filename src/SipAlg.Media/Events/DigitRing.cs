using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Events;

/// <summary>Digits on their way between a lane and a relay thread: one writes, the other reads, and neither waits.</summary>
internal sealed class DigitRing
{
    /// <summary>More than anybody presses before one of them is dealt with.</summary>
    public const int Capacity = 32;

    private readonly DtmfDigit[] _digits = new DtmfDigit[Capacity];
    private uint _read;
    private uint _written;

    /// <summary>Any thread.</summary>
    public int Count => (int)(Volatile.Read(ref _written) - Volatile.Read(ref _read));

    public bool IsEmpty => Volatile.Read(ref _read) == Volatile.Read(ref _written);

    /// <summary>The writer's: false when the ring is full.</summary>
    public bool TryWrite(DtmfDigit digit)
    {
        if (_written - Volatile.Read(ref _read) == Capacity)
        {
            return false;
        }

        _digits[_written % Capacity] = digit;
        Volatile.Write(ref _written, _written + 1);
        return true;
    }

    /// <summary>The reader's: the oldest.</summary>
    public bool TryRead(out DtmfDigit digit)
    {
        digit = default;
        if (_read == Volatile.Read(ref _written))
        {
            return false;
        }

        digit = _digits[_read % Capacity];
        Volatile.Write(ref _read, _read + 1);
        return true;
    }
}
