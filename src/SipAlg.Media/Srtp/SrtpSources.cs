using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Srtp;

/// <summary>How far one source (SSRC) is under a key, in RTP.</summary>
internal struct SrtpSource
{
    public PacketWindow Window;
    public long LastAt;
    public uint Ssrc;

    public void Heard(ulong index, long now)
    {
        Window.Add(index);
        LastAt = now;
    }
}

/// <summary>
/// The sources under a key beyond the first, and how far those were under the key before. None is ever forgotten: what it had sent could be sent again, and
/// encrypted with the same key stream.
/// </summary>
internal sealed class SrtpSources
{
    /// <summary>With the first: more than announcements and participants of the longest conference.</summary>
    public const int Most = 1024;

    private uint[] _ssrcs = [];
    private SrtpSource[] _sources = [];
    private PacketWindow[] _rtcp = [];
    private int _count;
    private int _last;

    /// <summary>Since some count on (RFC 3711 §3.3.1) where most begin anew.</summary>
    private (uint Ssrc, ulong Highest)[] _before = [];

    public ref SrtpSource this[int place] => ref _sources[place];

    public ref PacketWindow RtcpWindowAt(int place) => ref _rtcp[place];

    /// <returns>Its place; −1 if it is not known.</returns>
    public int Find(uint ssrc)
    {
        if (_ssrcs[_last] == ssrc)
        {
            return _last;
        }

        var place = _ssrcs.AsSpan(0, _count).IndexOf(ssrc);
        _last = place < 0 ? _last : place;
        return place;
    }

    public void Add(uint ssrc)
    {
        if (_count == _ssrcs.Length)
        {
            var room = Math.Max(1, 2 * _count);
            Array.Resize(ref _ssrcs, room);
            Array.Resize(ref _sources, room);
            Array.Resize(ref _rtcp, room);
        }

        _sources[_count].Ssrc = ssrc;
        _ssrcs[_count] = ssrc;
        _last = _count++;
    }

    /// <summary>Another key's sources, which this one takes the place of.</summary>
    public void Follow((uint Ssrc, ulong Highest)[] before) => _before = before;

    /// <summary>The index that a source had come to under the key before; null if it was not heard.</summary>
    public ulong? HighestBefore(uint ssrc)
    {
        var place = Array.FindIndex(_before, source => source.Ssrc == ssrc);
        return place < 0 ? null : _before[place].Highest;
    }
}
