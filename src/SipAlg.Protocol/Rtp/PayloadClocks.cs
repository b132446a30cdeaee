using System.Collections.Immutable;

namespace SipAlg.Protocol.Rtp;

/// <summary>What SDP says of a payload type.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Hertz">Clock rate of its RTP timestamps; 0: they tell no time.</param>
/// <param name="Codec">Of speech.</param>
public readonly record struct PayloadClock(byte PayloadType, int Hertz, AudioCodec Codec = AudioCodec.Unknown);

/// <summary>The clock rates of the payload types that a stream may have. Immutable, so that streams of the same formats share one.</summary>
public sealed class PayloadClocks(params ReadOnlySpan<PayloadClock> clocks)
{
    private readonly ImmutableArray<PayloadClock> _clocks = [.. clocks];

    /// <summary>Hertz; 0 for a payload type that has none.</summary>
    public int Of(byte payloadType) => TryFind(payloadType, out var clock) ? clock.Hertz : 0;

    /// <summary>Of speech; unknown for all else. Beside an event or comfort noise it is the codec of this clock.</summary>
    /// <param name="payloadType">Of the last packet.</param>
    /// <param name="hertz">The clock rate that the stream has.</param>
    public AudioCodec CodecOf(byte payloadType, int hertz)
    {
        var codec = TryFind(payloadType, out var named) ? named.Codec : AudioCodec.Unknown;
        for (var index = 0; IsBeside(codec) && index < _clocks.Length; index++)
        {
            codec = _clocks[index].Hertz == hertz ? _clocks[index].Codec : codec;
        }

        return IsBeside(codec) ? AudioCodec.Unknown : codec;
    }

    /// <summary>Whether packets of it are comfort noise (RFC 3389), by its name.</summary>
    public bool IsComfort(byte payloadType) => TryFind(payloadType, out var clock) && clock.Codec == AudioCodec.ComfortNoise;

    private static bool IsBeside(AudioCodec codec) => codec is AudioCodec.Companion or AudioCodec.ComfortNoise;

    /// <summary>Whether SDP names the payload type at all.</summary>
    public bool Has(byte payloadType) => TryFind(payloadType, out _);

    private bool TryFind(byte payloadType, out PayloadClock found)
    {
        foreach (var clock in _clocks)
        {
            if (clock.PayloadType == payloadType)
            {
                found = clock;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>Whether these are the same in the same order.</summary>
    public bool Are(ReadOnlySpan<PayloadClock> clocks) => _clocks.AsSpan().SequenceEqual(clocks);
}
