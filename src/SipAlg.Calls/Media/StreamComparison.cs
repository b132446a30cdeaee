using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>
/// Tells whether a side that answers an offer of what it had agreed to before says something new. One a lane, for its two indexes.
/// </summary>
internal sealed class StreamComparison
{
    private readonly SdpDescription _before = new();
    private readonly SdpDescription _offered = new();

    /// <param name="before">The side's description before, as the gateway wrote it for the other side.</param>
    /// <param name="offered">What it answers now.</param>
    public void Read(ReadOnlySpan<byte> before, ReadOnlySpan<byte> offered)
    {
        SdpParser.Parse(_before, before.ToArray(), 0, before.Length);
        SdpParser.Parse(_offered, offered.ToArray(), 0, offered.Length);
    }

    /// <summary>
    /// Whether one of its streams has another direction (hold by address too) than its description before leads to (RFC 3264 §6.1),
    /// or has lost a format that both sides had.
    /// </summary>
    public bool IsChanged(int index, SdpDescription now)
    {
        if (index >= _before.MediaCount || index >= _offered.MediaCount)
        {
            return true;
        }

        ref readonly var media = ref now.Media(index);
        return media.HasHoldAddress != _before.Media(index).HasHoldAddress ||
            media.Direction != SdpDirections.Answer(_offered.Media(index).Direction, _before.Media(index).Direction) ||
            HasLost(index, now);
    }

    private bool HasLost(int index, SdpDescription now)
    {
        var formats = _before.Formats(index);
        while (formats.Next(out var format))
        {
            var name = _before.Bytes(format);
            if (Has(_offered, index, name) && !Has(now, index, name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(SdpDescription description, int index, ReadOnlySpan<byte> name)
    {
        var formats = description.Formats(index);
        while (formats.Next(out var format))
        {
            if (description.Bytes(format).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }
}
