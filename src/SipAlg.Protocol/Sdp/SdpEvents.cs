using System.Text;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Sdp;

/// <summary>Finds telephone-event (RFC 4733 §2.4) in the streams of a description, and room for it.</summary>
public static class SdpEvents
{
    private const int UsualClockRate = 8_000;

    /// <summary>What nearly everybody uses.</summary>
    private const byte UsualPayloadType = 101;

    /// <summary>RFC 3551 §3: payload types from here to 127 are given out for the session.</summary>
    private const byte FirstDynamic = 96;
    private const byte LastDynamic = 127;

    /// <summary>Whether a stream is plain RTP audio, in whose packets events can be found and made.</summary>
    public static bool IsPlainAudio(SdpDescription description, int index) => description.Media(index).IsAudio && IsPlainRtp(description, index);

    /// <summary>Whether a stream is RTP that is not encrypted.</summary>
    public static bool IsPlainRtp(SdpDescription description, int index)
    {
        if (!description.Media(index).Transport.IsPlainRtp())
        {
            return false;
        }

        // Some agree on SRTP under the plain profile, so that who knows none falls back to RTP.
        return description.Media(index).IsOpened || !SdpCrypto.IsIn(description, index);
    }

    /// <summary>The telephone-event formats of a stream.</summary>
    public static TelephoneEventFormats Find(SdpDescription description, int index)
    {
        TelephoneEventFormats found = default;
        var formats = description.Formats(index);
        while (formats.Next(out var token))
        {
            if (TryPayloadType(description, token, out var type) && description.TryGetRtpmap(index, type, out var map) && IsEvent(description, map))
            {
                found.Add(new TelephoneEventFormat((byte)type, RateOf(map)));
            }
        }

        return found;
    }

    /// <summary>Formats that may be added to a stream without any: one for each clock rate of its codecs, under free payload types.</summary>
    public static TelephoneEventFormats Choose(SdpDescription description, int index)
    {
        TelephoneEventFormats chosen = default;
        var taken = Taken(description, index);
        var formats = description.Formats(index);
        while (formats.Next(out var token))
        {
            if (TryPayloadType(description, token, out var type) && TryCodecRate(description, index, type, out var rate) &&
                (chosen.IsEmpty || chosen.For(rate).ClockRate != rate) && TryFree(ref taken, out var free))
            {
                chosen.Add(new TelephoneEventFormat(free, rate));
            }
        }

        return chosen;
    }

    /// <summary>Those of the offered formats that fit an answer: of the clock rates of its codecs, else all.</summary>
    public static TelephoneEventFormats Fitting(SdpDescription answer, int index, in TelephoneEventFormats offered)
    {
        TelephoneEventFormats fitting = default;
        var formats = answer.Formats(index);
        while (formats.Next(out var token))
        {
            if (TryPayloadType(answer, token, out var type) && TryCodecRate(answer, index, type, out var rate) &&
                !offered.IsEmpty && offered.For(rate) is var format && format.ClockRate == rate)
            {
                fitting.Add(format);
            }
        }

        return fitting.IsEmpty ? offered : fitting;
    }

    /// <summary>The clock rate of a stream's first codec: the one that is preferred (RFC 3264 §6.1).</summary>
    public static int ClockRate(SdpDescription description, int index)
    {
        var formats = description.Formats(index);
        while (formats.Next(out var token))
        {
            if (TryPayloadType(description, token, out var type) && TryCodecRate(description, index, type, out var rate))
            {
                return rate;
            }
        }

        return UsualClockRate;
    }

    private static bool TryPayloadType(SdpDescription description, SdpSlice token, out int type) =>
        SdpTokens.TryReadNumber(description.Bytes(token), LastDynamic, out type);

    /// <summary>False for what is no codec: events, comfort noise, redundancy.</summary>
    private static bool TryCodecRate(SdpDescription description, int index, int type, out int rate)
    {
        if (!description.TryGetRtpmap(index, type, out var map))
        {
            rate = StaticRate(type);
            return type is < FirstDynamic and not 13;
        }

        rate = RateOf(map);
        var name = description.Bytes(map.Encoding);
        return !IsEvent(description, map) && !Ascii.EqualsIgnoreCase(name, "CN"u8) && !Ascii.EqualsIgnoreCase(name, "red"u8);
    }

    private static bool IsEvent(SdpDescription description, in SdpRtpmap map) =>
        Ascii.EqualsIgnoreCase(description.Bytes(map.Encoding), "telephone-event"u8);

    private static int RateOf(in SdpRtpmap map) => map.ClockRate == 0 ? UsualClockRate : map.ClockRate;

    /// <summary>RFC 3551 §6, table 4.</summary>
    private static int StaticRate(int type) => type switch
    {
        6 => 16_000,
        10 or 11 => 44_100,
        14 => 90_000,
        16 => 11_025,
        17 => 22_050,
        _ => UsualClockRate,
    };

    /// <summary>The payload types that the stream names, in m= or in an rtpmap.</summary>
    private static UInt128 Taken(SdpDescription description, int index)
    {
        UInt128 taken = 0;
        var formats = description.Formats(index);
        while (formats.Next(out var token))
        {
            taken |= TryPayloadType(description, token, out var type) ? UInt128.One << type : 0;
        }

        foreach (ref readonly var line in description.MediaLines(index))
        {
            taken |= line.Attribute == SdpAttribute.Rtpmap && SdpRtpmap.TryRead(description.Buffer, in line, out var map) ? UInt128.One << map.PayloadType : 0;
        }

        return taken;
    }

    private static bool TryFree(ref UInt128 taken, out byte free)
    {
        free = UsualPayloadType;
        for (var candidate = FirstDynamic; (taken >> free & 1) != 0 && candidate <= LastDynamic; candidate++)
        {
            free = candidate;
        }

        var isFree = (taken >> free & 1) == 0;
        taken |= UInt128.One << free;
        return isFree;
    }
}
