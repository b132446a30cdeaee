using System.Collections.Immutable;

namespace SipAlg.Protocol.Rtp;

/// <summary>The clock rate of a payload type.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Hertz">Of its RTP timestamps.</param>
public readonly record struct PayloadClock(byte PayloadType, int Hertz);

/// <summary>The clock rates of the payload types that a stream may have. Immutable, so that streams of the same formats share one.</summary>
public sealed class PayloadClocks(params ReadOnlySpan<PayloadClock> clocks)
{
    private readonly ImmutableArray<PayloadClock> _clocks = [.. clocks];

    /// <summary>Hertz; 0 for a payload type that has none.</summary>
    public int Of(byte payloadType)
    {
        foreach (var clock in _clocks)
        {
            if (clock.PayloadType == payloadType)
            {
                return clock.Hertz;
            }
        }

        return 0;
    }

    /// <summary>Whether these are the same in the same order.</summary>
    public bool Are(ReadOnlySpan<PayloadClock> clocks) => _clocks.AsSpan().SequenceEqual(clocks);
}
