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

    private uint[] _ssrcs = [];
    private SrtpSource[] _sources = [];
    private int _count;
    private int _last;

    /// <summary>Of most streams the only one: it needs no memory of its own.</summary>
    private uint _firstSsrc;
    private SrtpSource _first;

    public int Count => _count;

    /// <returns>Its place; −1 if it is not known.</returns>
    public int Find(uint ssrc)
    {
        if (_count == 0 || SsrcAt(_last) == ssrc)
        {
            return _count == 0 ? -1 : _last;
        }

        var place = _firstSsrc == ssrc ? 0 : _ssrcs.AsSpan(0, _count - 1).IndexOf(ssrc) is var found and >= 0 ? found + 1 : -1;
        _last = place < 0 ? _last : place;
        return place;
    }

    public ref SrtpSource At(int place) => ref place == 0 ? ref _first : ref _sources[place - 1];

    /// <returns>Its place; −1 if there are too many.</returns>
    public int Add(uint ssrc)
    {
        if (_count == Most)
        {
            return -1;
        }

        if (_count == 0)
        {
            _firstSsrc = ssrc;
            return _last = _count++;
        }

        if (_count > _ssrcs.Length)
        {
            Array.Resize(ref _ssrcs, _count * 2);
            Array.Resize(ref _sources, _count * 2);
        }

        _ssrcs[_count - 1] = ssrc;
        return _last = _count++;
    }

    private uint SsrcAt(int place) => place == 0 ? _firstSsrc : _ssrcs[place - 1];
}
