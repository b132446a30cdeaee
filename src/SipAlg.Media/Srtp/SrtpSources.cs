using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Srtp;

/// <summary>How far one source (SSRC) is under a key.</summary>
internal struct SrtpSource
{
    public PacketWindow Rtp;
    public PacketWindow Rtcp;
    public long LastAt;
}

/// <summary>The sources under a key. None is ever forgotten: what it had sent could be sent again, and encrypted with the same key stream.</summary>
internal sealed class SrtpSources
{
    /// <summary>More than announcements and participants of the longest conference.</summary>
    public const int Most = 1024;

    private uint[] _ssrcs = new uint[2];
    private SrtpSource[] _sources = new SrtpSource[2];
    private int _count;
    private int _last;

    public int Count => _count;

    /// <returns>Its place; −1 if it is not known.</returns>
    public int Find(uint ssrc)
    {
        if (_last < _count && _ssrcs[_last] == ssrc)
        {
            return _last;
        }

        var place = _ssrcs.AsSpan(0, _count).IndexOf(ssrc);
        _last = place < 0 ? _last : place;
        return place;
    }

    public ref SrtpSource At(int place) => ref _sources[place];

    public uint SsrcAt(int place) => _ssrcs[place];

    /// <returns>Its place; −1 if there are too many.</returns>
    public int Add(uint ssrc)
    {
        if (_count == Most)
        {
            return -1;
        }

        if (_count == _ssrcs.Length)
        {
            Array.Resize(ref _ssrcs, _count * 2);
            Array.Resize(ref _sources, _count * 2);
        }

        _ssrcs[_count] = ssrc;
        _sources[_count] = default;
        return _last = _count++;
    }
}
