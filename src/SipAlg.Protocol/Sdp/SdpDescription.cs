namespace SipAlg.Protocol.Sdp;

/// <summary>
/// An index over a session description (RFC 8866) in the buffer that it was received in. Nothing is copied: it is true as long
/// as the buffer keeps its content. Made once and filled again and again by <see cref="SdpParser"/>; after a fault it is empty.
/// </summary>
public sealed class SdpDescription
{
    /// <summary>Longest description in octets.</summary>
    public const int MaxLength = 65_535;
    public const int MaxLines = 2_048;
    public const int MaxMedia = 64;

    private SdpLine[] _lines = new SdpLine[64];
    private SdpMedia[] _media = new SdpMedia[4];
    private int _lineCount;

    internal byte[] Buffer { get; private set; } = [];
    public int Offset { get; private set; }
    public int Length { get; private set; }
    public int MediaCount { get; private set; }

    /// <summary>The session's c= line.</summary>
    public SdpConnection Connection { get; internal set; }

    /// <summary>The session's direction, sendrecv when it says none.</summary>
    public SdpDirection Direction { get; internal set; }

    /// <summary>Session id of the o= line.</summary>
    public SdpSlice SessionId { get; internal set; }

    /// <summary>Version of the o= line.</summary>
    public SdpSlice SessionVersion { get; internal set; }

    /// <summary>Address or name of the o= line.</summary>
    public SdpSlice OriginHost { get; internal set; }

    internal bool HasName { get; set; }
    internal bool HasFingerprint { get; set; }
    internal bool HasTiming { get; set; }
    internal int LineCount => _lineCount;

    /// <summary>All lines before the first m= line.</summary>
    internal ReadOnlySpan<SdpLine> SessionLines => _lines.AsSpan(0, MediaCount == 0 ? _lineCount : _media[0].FirstLine);

    /// <summary>The octets of a slice.</summary>
    public ReadOnlySpan<byte> Bytes(SdpSlice slice) => Buffer.AsSpan(slice.Offset, slice.Length);

    /// <summary>The media description of the <paramref name="index"/>-th m= line.</summary>
    public ref readonly SdpMedia Media(int index) => ref _media.AsSpan(0, MediaCount)[index];

    /// <summary>The formats of an m= line, one by one.</summary>
    public SdpTokens Formats(int index) => new(Buffer, Media(index).Formats.Offset, Media(index).Formats.End);

    /// <summary>The keys of a stream of RTP end here: it is read as plain RTP from now on.</summary>
    public void Open(int index)
    {
        ref var media = ref _media.AsSpan(0, MediaCount)[index];
        media.Transport = media.Transport.WithoutKeys();
        media.IsOpened = true;
    }

    /// <summary>The m= line and all that follow up to the next.</summary>
    internal ReadOnlySpan<SdpLine> MediaLines(int index) => _lines.AsSpan(Media(index).FirstLine, Media(index).LineCount);

    /// <summary>Finds the a=rtpmap of a payload type (RFC 8866 §6.6); false when the stream has none, as static types may.</summary>
    public bool TryGetRtpmap(int index, int payloadType, out SdpRtpmap rtpmap)
    {
        foreach (ref readonly var line in MediaLines(index))
        {
            if (line.Attribute == SdpAttribute.Rtpmap && SdpRtpmap.TryRead(Buffer, in line, out rtpmap) && rtpmap.PayloadType == payloadType)
            {
                return true;
            }
        }

        rtpmap = default;
        return false;
    }

    internal void Begin(byte[] buffer, int offset, int length)
    {
        Buffer = buffer;
        Offset = offset;
        Length = length;
        _lineCount = 0;
        MediaCount = 0;
        Connection = default;
        Direction = SdpDirection.SendRecv;
        SessionId = SessionVersion = OriginHost = default;
        HasName = HasTiming = HasFingerprint = false;
    }

    internal void Add(in SdpLine line)
    {
        if (_lineCount == _lines.Length)
        {
            Array.Resize(ref _lines, _lineCount * 2);
        }

        _lines[_lineCount++] = line;
        if (MediaCount > 0)
        {
            _media[MediaCount - 1].LineCount++;
        }
    }

    internal void AddMedia(in SdpMedia media)
    {
        if (MediaCount == _media.Length)
        {
            Array.Resize(ref _media, MediaCount * 2);
        }

        _media[MediaCount++] = media;
    }

    internal ref SdpMedia LastMedia() => ref _media[MediaCount - 1];
}
