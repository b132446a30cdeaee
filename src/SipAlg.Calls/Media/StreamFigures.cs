using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Media;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Media;

/// <summary>What came of the streams of one far side, by m= line, also by ports that are gone.</summary>
internal struct StreamFigures()
{
    private StreamKind[] _kinds = [];

    /// <summary>By ports that are gone; empty before the first has.</summary>
    private StreamStatistics[] _kept = [];

    /// <summary>Packets that came to RTP ports that are gone, what was refused included.</summary>
    public long PacketsBefore { get; private set; }

    /// <summary>M= lines there have been.</summary>
    public readonly int Count => Math.Max(_kinds.Length, _kept.Length);

    public readonly StreamKind KindOf(int index) => index < _kinds.Length ? _kinds[index] : StreamKind.Other;

    /// <summary>Says what a stream carries.</summary>
    public void Name(int index, StreamKind kind)
    {
        if (_kinds.Length <= index)
        {
            Array.Resize(ref _kinds, index + 1);
        }

        _kinds[index] = kind;
    }

    /// <summary>Takes over what came by a port that is about to go.</summary>
    public void Keep(MediaRelay relay, int index, in MediaPort port)
    {
        if (relay.TryRead(port, out var counters))
        {
            PacketsBefore += counters.Rtp.Totals.PacketsIn;
            Keep(index, counters.Stream);
        }
    }

    public void Keep(int index, in StreamStatistics figures)
    {
        if (figures is { Packets: 0, Reports: 0, Unauthentic: 0 })
        {
            return;
        }

        if (_kept.Length <= index)
        {
            Array.Resize(ref _kept, index + 1);
        }

        _kept[index] = _kept[index].With(figures);
    }

    /// <summary>What came of a stream.</summary>
    /// <param name="relay">Has what comes by its port.</param>
    /// <param name="port">None where it has none now.</param>
    /// <param name="index">Which.</param>
    public readonly StreamStatistics Of(MediaRelay relay, in MediaPort port, int index)
    {
        var kept = index < _kept.Length ? _kept[index] : default;
        return relay.TryRead(port, out var counters) ? kept.With(counters.Stream) : kept;
    }

    public static StreamKind KindOf(ReadOnlySpan<byte> media) => media.Length switch
    {
        4 when Ascii.EqualsIgnoreCase(media, "text"u8) => StreamKind.Text,
        5 when Ascii.EqualsIgnoreCase(media, "audio"u8) => StreamKind.Audio,
        5 when Ascii.EqualsIgnoreCase(media, "video"u8) => StreamKind.Video,
        5 when Ascii.EqualsIgnoreCase(media, "image"u8) => StreamKind.Image,
        7 when Ascii.EqualsIgnoreCase(media, "message"u8) => StreamKind.Message,
        11 when Ascii.EqualsIgnoreCase(media, "application"u8) => StreamKind.Application,
        _ => StreamKind.Other,
    };
}
