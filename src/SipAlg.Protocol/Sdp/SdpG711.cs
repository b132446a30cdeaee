using System.Buffers.Text;
using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>The G.711 format of an offered stream that the gateway speaks itself, and its events.</summary>
public readonly struct SdpG711
{
    /// <summary>Two payload types and a blank.</summary>
    internal const int MaxFormatsLength = 7;

    private const int ClockRate = 8_000;

    private SdpG711(byte payloadType, bool isALaw, int eventPayloadType) =>
        (PayloadType, IsALaw, EventPayloadType) = (payloadType, isALaw, eventPayloadType);

    public byte PayloadType { get; }

    /// <summary>PCMA, else PCMU.</summary>
    public bool IsALaw { get; }

    /// <summary>Payload type of telephone-event (RFC 4733) at 8 kHz, −1 when not offered.</summary>
    public int EventPayloadType { get; }

    internal bool Holds(int payloadType) => payloadType == PayloadType || payloadType == EventPayloadType;

    /// <summary>Writes what stands for them in an m= line and returns its length.</summary>
    internal int WriteFormats(Span<byte> destination)
    {
        Utf8Formatter.TryFormat(PayloadType, destination, out var length);
        if (EventPayloadType < 0)
        {
            return length;
        }

        destination[length++] = (byte)' ';
        Utf8Formatter.TryFormat(EventPayloadType, destination[length..], out var written);
        return length + written;
    }

    /// <summary>Takes the first of PCMA and PCMU in the offer's order of preference (RFC 3264 §6.1).</summary>
    public static bool TryChoose(SdpDescription offer, int index, out SdpG711 choice)
    {
        int chosen = -1, events = -1;
        var isALaw = false;
        var formats = offer.Formats(index);
        while (formats.Next(out var format))
        {
            if (!SdpTokens.TryReadNumber(offer.Bytes(format), 127, out var type))
            {
                continue;
            }

            if (chosen < 0 && IsG711(offer, index, type, out isALaw))
            {
                chosen = type;
            }
            else if (events < 0 && IsNamed(offer, index, type, "telephone-event"u8))
            {
                events = type;
            }
        }

        choice = new SdpG711((byte)Math.Max(chosen, 0), isALaw, events);
        return chosen >= 0;
    }

    /// <summary>By its rtpmap, else by the static payload types of RFC 3551 §6.</summary>
    private static bool IsG711(SdpDescription offer, int index, int type, out bool isALaw)
    {
        if (offer.TryGetRtpmap(index, type, out _))
        {
            isALaw = IsNamed(offer, index, type, "PCMA"u8);
            return isALaw || IsNamed(offer, index, type, "PCMU"u8);
        }

        isALaw = type == 8;
        return type is 0 or 8;
    }

    private static bool IsNamed(SdpDescription offer, int index, int type, ReadOnlySpan<byte> encoding) =>
        offer.TryGetRtpmap(index, type, out var map) && map.ClockRate == ClockRate &&
        Ascii.EqualsIgnoreCase(offer.Bytes(map.Encoding), encoding);
}
