using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>
/// Says which formats of a description's audio and video streams may cross, and in which order. Payload types keep their numbers
/// and meanings (RFC 3264 §8.3.2); what belongs to a codec follows it. Made once and filled again and again; it is true as long as the
/// description is.
/// </summary>
public sealed class SdpCodecFilter
{
    private const int AnyRank = -1;

    private readonly SdpFormats _formats = new();
    private readonly UInt128[] _kept = new UInt128[SdpDescription.MaxMedia];
    private readonly Result[] _results = new Result[SdpDescription.MaxMedia];
    private readonly byte[] _ranks = new byte[SdpDescription.MaxMedia * SdpFormats.Count];
    private int _preferred;

    [Flags]
    private enum Result : byte
    {
        Untouched = 0,
        Filtered = 1,
        Ordered = 2,

        /// <summary>No codec is left: of the formats only the first stays, since an m= line needs one.</summary>
        Refused = 4,
    }

    /// <summary>Reads a description.</summary>
    /// <param name="description">Without fault.</param>
    /// <param name="rules">What may cross.</param>
    /// <param name="isOffer">Preferred codecs come first; the order of an answer is the answerer's (RFC 3264 §6.1).</param>
    public void Read(SdpDescription description, SdpCodecRules rules, bool isOffer)
    {
        _preferred = Math.Min(rules.Prefer.Length, SdpCodecRules.MostPreferred);
        for (var index = 0; index < description.MediaCount; index++)
        {
            _results[index] = IsFiltered(description, index) ? Read(description, index, rules, isOffer) : Result.Untouched;
        }
    }

    /// <summary>Whether a stream has lost all its codecs: it is to be refused (RFC 3264 §6), or offered with port 0.</summary>
    public bool IsRefused(int index) => (_results[index] & Result.Refused) != 0;

    /// <summary>Whether a format of a stream crosses.</summary>
    public bool Keeps(int index, int payloadType) => _results[index] == Result.Untouched || (_kept[index] & SdpFormats.Bit(payloadType)) != 0;

    internal bool Touches(int index) => _results[index] != Result.Untouched;

    private static bool IsFiltered(SdpDescription description, int index)
    {
        ref readonly var media = ref description.Media(index);
        return media.Transport.IsRtp() && (media.IsAudio || Ascii.EqualsIgnoreCase(description.Bytes(media.Type), "video"u8));
    }

    private Result Read(SdpDescription description, int index, SdpCodecRules rules, bool isOffer)
    {
        _formats.Read(description, index);
        if (_formats.Listed == 0)
        {
            // Names of formats in place of payload types: nobody knows what they are.
            return rules.Allow.IsEmpty ? Result.Untouched : Result.Refused;
        }

        var codecs = Codecs(rules, out var kept);
        var hasNone = codecs != 0 && kept == 0;
        kept |= Companions(rules, codecs, kept);
        kept |= Followers(rules, SdpFormatKind.Redundancy, kept);
        kept |= Followers(rules, SdpFormatKind.Retransmission, kept);
        _kept[index] = kept;
        if (hasNone || kept == 0)
        {
            return Result.Refused;
        }

        var result = kept == _formats.Listed ? Result.Untouched : Result.Filtered;
        return isOffer && !rules.Prefer.IsEmpty && Rank(index, rules, kept) ? result | Result.Ordered : result;
    }

    /// <summary>The payload types that carry media by themselves, and which of them stay.</summary>
    private UInt128 Codecs(SdpCodecRules rules, out UInt128 kept)
    {
        UInt128 codecs = 0;
        kept = 0;
        for (var type = 0; type < SdpFormats.Count; type++)
        {
            if ((_formats.Listed & SdpFormats.Bit(type)) == 0 || _formats.Kind(type) != SdpFormatKind.Codec)
            {
                continue;
            }

            codecs |= SdpFormats.Bit(type);
            kept |= rules.Allows(_formats.Encoding(type), _formats.ClockRate(type)) && !IsRemoved(rules, type) ? SdpFormats.Bit(type) : 0;
        }

        return codecs;
    }

    /// <summary>
    /// Those that stay of the formats that go by clock rate: where codecs had that rate and all went, it goes too; where none ever
    /// had, it never went by rate and stays.
    /// </summary>
    private UInt128 Companions(SdpCodecRules rules, UInt128 codecs, UInt128 kept)
    {
        UInt128 companions = 0;
        for (var type = 0; type < SdpFormats.Count; type++)
        {
            var isCompanion = (_formats.Listed & SdpFormats.Bit(type)) != 0 && (_formats.Kind(type) == SdpFormatKind.Companion || IsBareRedundancy(type));
            if (isCompanion && !IsRemoved(rules, type) &&
                (HasRate(kept, _formats.ClockRate(type)) || !HasRate(codecs, _formats.ClockRate(type))))
            {
                companions |= SdpFormats.Bit(type);
            }
        }

        return companions;
    }

    private bool IsRemoved(SdpCodecRules rules, int type) => rules.Removes(_formats.Encoding(type), _formats.ClockRate(type));

    /// <summary>Video has red without a list of formats (RFC 5109 §14.2): it goes by clock rate.</summary>
    private bool IsBareRedundancy(int type) => _formats.Kind(type) == SdpFormatKind.Redundancy && _formats.Redundant(type) == 0;

    private bool HasRate(UInt128 types, int rate)
    {
        for (var type = 0; type < SdpFormats.Count; type++)
        {
            if ((types & SdpFormats.Bit(type)) != 0 && _formats.ClockRate(type) == rate)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Those that name the formats that they belong to.</summary>
    private UInt128 Followers(SdpCodecRules rules, SdpFormatKind kind, UInt128 kept)
    {
        UInt128 followers = 0;
        for (var type = 0; type < SdpFormats.Count; type++)
        {
            if ((_formats.Listed & SdpFormats.Bit(type)) != 0 && _formats.Kind(type) == kind && !IsRemoved(rules, type) && Follows(type, kind, kept))
            {
                followers |= SdpFormats.Bit(type);
            }
        }

        return followers;
    }

    private bool Follows(int type, SdpFormatKind kind, UInt128 kept)
    {
        if (kind == SdpFormatKind.Redundancy)
        {
            var listed = _formats.Redundant(type);
            return listed != 0 && (listed & ~kept) == 0;
        }

        var original = _formats.Retransmitted(type);
        return original >= 0 && (kept & SdpFormats.Bit(original)) != 0;
    }

    /// <summary>Notes which formats are preferred; false if none is, or they are in order already.</summary>
    private bool Rank(int index, SdpCodecRules rules, UInt128 kept)
    {
        var ranks = _ranks.AsSpan(index * SdpFormats.Count, SdpFormats.Count);
        var isOrdered = false;
        for (var type = 0; type < SdpFormats.Count; type++)
        {
            var rank = (kept & SdpFormats.Bit(type)) != 0 ? rules.Rank(_formats.Encoding(type), _formats.ClockRate(type)) : SdpCodecRules.MostPreferred;
            ranks[type] = (byte)rank;
            isOrdered |= rank < SdpCodecRules.MostPreferred;
        }

        return isOrdered;
    }

    // ---- writing

    /// <summary>Writes what stands in the m= line for the formats.</summary>
    internal void WriteFormats(SdpDescription source, int index, ref SdpOutput output)
    {
        var isOrdered = (_results[index] & Result.Ordered) != 0;
        var isFirst = true;
        for (var rank = 0; isOrdered && rank < _preferred; rank++)
        {
            WriteFormats(source, index, rank, ref isFirst, ref output);
        }

        WriteFormats(source, index, isOrdered ? SdpCodecRules.MostPreferred : AnyRank, ref isFirst, ref output);
    }

    private void WriteFormats(SdpDescription source, int index, int rank, ref bool isFirst, ref SdpOutput output)
    {
        var formats = source.Formats(index);
        while (formats.Next(out var format))
        {
            if (IsKept(source, index, format) && (rank == AnyRank || RankOf(source, index, format) == rank))
            {
                output.Append(isFirst ? default : " "u8);
                output.Append(source.Bytes(format));
                isFirst = false;
            }

            if (IsRefused(index))
            {
                return;
            }
        }
    }

    private bool IsKept(SdpDescription source, int index, SdpSlice format) =>
        IsRefused(index) || (SdpFormats.TryType(source, format, out var type) && (_kept[index] & SdpFormats.Bit(type)) != 0);

    private int RankOf(SdpDescription source, int index, SdpSlice format) =>
        SdpFormats.TryType(source, format, out var type) ? _ranks[(index * SdpFormats.Count) + type] : SdpCodecRules.MostPreferred;

    /// <summary>Whether a line of the stream stays: it speaks of no format, or of one that stays.</summary>
    internal bool Keeps(SdpDescription source, int index, in SdpLine line)
    {
        if (line.Type != 'a' || !IsOfFormat(source, in line) || !SdpFormats.TryValue(source.Buffer, in line, out var type, out _))
        {
            return true;
        }

        return IsRefused(index) ? IsFirst(source, index, type) : (_kept[index] & SdpFormats.Bit(type)) != 0;
    }

    private static bool IsFirst(SdpDescription source, int index, int type)
    {
        var formats = source.Formats(index);
        return formats.Next(out var first) && SdpFormats.TryType(source, first, out var only) && only == type;
    }

    /// <summary>Lines whose value begins with a payload type, or a wildcard that stays: RFC 8866 §6.6 and §6.15, RFC 4585 §4.2, RFC 6236 §3.1, 3GPP TS 26.114 §6.2.3.</summary>
    private static bool IsOfFormat(SdpDescription source, in SdpLine line)
    {
        if (line.Attribute is SdpAttribute.Rtpmap or SdpAttribute.Fmtp)
        {
            return true;
        }

        var value = source.Buffer.AsSpan(line.ValueStart, line.End - line.ValueStart);
        var colon = value.IndexOf((byte)':');
        return colon > 0 && value[..colon].Trim(" \t"u8) is var name &&
            (Ascii.EqualsIgnoreCase(name, "rtcp-fb"u8) || Ascii.EqualsIgnoreCase(name, "imageattr"u8) || Ascii.EqualsIgnoreCase(name, "framesize"u8));
    }
}
