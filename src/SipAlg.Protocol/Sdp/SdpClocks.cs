using System.Text;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Sdp;

/// <summary>Finds the clock rates and codecs of a stream's payload types. Made once and used again and again.</summary>
public sealed class SdpClocks
{
    private const int Most = SdpFormats.Count;

    /// <summary>No codec counts faster; figures of jitter need not hold more.</summary>
    private const int MostHertz = 1_000_000;

    /// <summary>Streams of the same formats share their clock rates, and most streams of a gateway are of a few kinds.</summary>
    private const int MostKept = 16;

    private readonly SdpFormats _formats = new();
    private readonly PayloadClock[] _found = new PayloadClock[Most];
    private readonly PayloadClocks?[] _kept = new PayloadClocks?[MostKept];
    private UInt128 _seen;
    private int _next;

    /// <summary>
    /// The clock rates of an RTP stream (a=rtpmap, RFC 3551 §6). Telephone events have none: their timestamp stands still while packets
    /// follow each other (RFC 4733 §2.2), so that it tells nothing of their way.
    /// </summary>
    /// <returns>Null for a stream that is no RTP.</returns>
    public PayloadClocks? Of(SdpDescription description, int index)
    {
        if (!description.Media(index).Transport.IsRtp())
        {
            return null;
        }

        _formats.Read(description, index);
        _seen = 0;
        var count = 0;
        var formats = description.Formats(index);
        while (formats.Next(out var format))
        {
            if (SdpFormats.TryType(description, format, out var type) && (_seen & SdpFormats.Bit(type)) == 0)
            {
                _seen |= SdpFormats.Bit(type);
                _found[count++] = new PayloadClock((byte)type, HertzOf(type), AudioCodecs.Of(_formats.Encoding(type)));
            }
        }

        return Shared(_found.AsSpan(0, count));
    }

    private int HertzOf(int type) =>
        _formats.ClockRate(type) is > 0 and <= MostHertz and var hertz && !Ascii.EqualsIgnoreCase(_formats.Encoding(type), "telephone-event"u8) ? hertz : 0;

    private PayloadClocks Shared(ReadOnlySpan<PayloadClock> found)
    {
        foreach (var kept in _kept)
        {
            if (kept is not null && kept.Are(found))
            {
                return kept;
            }
        }

        _next = (_next + 1) % MostKept;
        return _kept[_next] = new PayloadClocks(found);
    }
}
