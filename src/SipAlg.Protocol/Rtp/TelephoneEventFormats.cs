using System.Runtime.CompilerServices;

namespace SipAlg.Protocol.Rtp;

/// <summary>A telephone-event format of a stream (RFC 4733 §2.4).</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="ClockRate">Units of its durations per second.</param>
public readonly record struct TelephoneEventFormat(byte PayloadType, int ClockRate);

/// <summary>The telephone-event formats of a stream: one for each clock rate of its codecs.</summary>
public struct TelephoneEventFormats
{
    /// <summary>More clock rates than these are not offered in one stream.</summary>
    public const int Most = 4;

    private Items _items;

    [InlineArray(Most)]
    private struct Items
    {
        private TelephoneEventFormat _first;
    }

    public int Count { get; private set; }
    public readonly bool IsEmpty => Count == 0;
    public readonly TelephoneEventFormat this[int index] => _items[..Count][index];

    /// <summary>Adds a format; one too many, or of a payload type that is there already, is left out.</summary>
    public void Add(TelephoneEventFormat format)
    {
        if (Count < Most && !TryFind(format.PayloadType, out _))
        {
            _items[Count++] = format;
        }
    }

    /// <summary>The clock rate of a payload type; false if it is none of these.</summary>
    public readonly bool TryFind(byte payloadType, out int clockRate)
    {
        foreach (var format in _items[..Count])
        {
            if (format.PayloadType == payloadType)
            {
                clockRate = format.ClockRate;
                return true;
            }
        }

        clockRate = 0;
        return false;
    }

    /// <summary>The format of this clock rate, else the first.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is none.</exception>
    public readonly TelephoneEventFormat For(int clockRate)
    {
        foreach (var format in _items[..Count])
        {
            if (format.ClockRate == clockRate)
            {
                return format;
            }
        }

        return this[0];
    }
}
