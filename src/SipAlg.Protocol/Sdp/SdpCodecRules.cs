using System.Collections.Immutable;

namespace SipAlg.Protocol.Sdp;

/// <summary>Which codecs a session may use, and which of them come first in an offer. Several parties may have a say: each of them must agree.</summary>
public sealed class SdpCodecRules
{
    /// <summary>Each list that is here has to name a codec that is allowed.</summary>
    public ImmutableArray<ImmutableArray<SdpCodec>> Allow { get; init; } = [];
    public ImmutableArray<SdpCodec> Remove { get; init; } = [];

    /// <summary>First in an offer, in this order; more than <see cref="MostPreferred"/> do not count.</summary>
    public ImmutableArray<SdpCodec> Prefer { get; init; } = [];

    internal const int MostPreferred = 200;

    internal bool Removes(ReadOnlySpan<byte> encoding, int clockRate) => Find(Remove, encoding, clockRate) >= 0;

    internal bool Allows(ReadOnlySpan<byte> encoding, int clockRate)
    {
        foreach (var list in Allow)
        {
            if (Find(list, encoding, clockRate) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The place among those that are preferred, <see cref="MostPreferred"/> for all others.</summary>
    internal int Rank(ReadOnlySpan<byte> encoding, int clockRate) =>
        Find(Prefer, encoding, clockRate) is var rank && rank >= 0 ? Math.Min(rank, MostPreferred) : MostPreferred;

    private static int Find(ImmutableArray<SdpCodec> codecs, ReadOnlySpan<byte> encoding, int clockRate)
    {
        for (var i = 0; i < codecs.Length; i++)
        {
            if (codecs[i].Is(encoding, clockRate))
            {
                return i;
            }
        }

        return -1;
    }
}
