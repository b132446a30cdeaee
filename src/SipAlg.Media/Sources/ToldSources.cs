using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SipAlg.Linux;

namespace SipAlg.Media.Sources;

/// <summary>Sources of one stream that have been told of already: so many, and then no more, however many addresses are forged.</summary>
internal struct ToldSources
{
    public const int Most = 4;

    private Keys _keys;
    private byte _count;

    [InlineArray(Most)]
    private struct Keys
    {
        private ulong _first;
    }

    /// <summary>Whether this source is to be told of, which is then never so again.</summary>
    public bool TryAdd(in SockAddr source)
    {
        var key = KeyOf(source);
        if (_count == Most || ((ReadOnlySpan<ulong>)_keys)[.._count].Contains(key))
        {
            return false;
        }

        _keys[_count++] = key;
        return true;
    }

    /// <summary>Of IPv4 all that there is; an IPv6 address is mixed, and two that fall together are told of once.</summary>
    private static ulong KeyOf(in SockAddr source)
    {
        const ulong Mix = 0x9E3779B97F4A7C15;
        var words = MemoryMarshal.Cast<byte, ulong>(MemoryMarshal.AsBytes(new ReadOnlySpan<SockAddr>(in source))[..24]);
        return source.Family == SocketConstants.AfInet ? words[0] : (((words[0] * Mix) ^ words[1]) * Mix) ^ words[2];
    }
}
