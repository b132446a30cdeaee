using System.Buffers;

namespace SipAlg.Signaling.Transports;

/// <summary>The octets of a connection that are not consumed yet, in a pooled array that is held only while there are any.</summary>
internal sealed class StreamBuffer
{
    private const int FirstSize = 4096;

    private byte[]? _octets;
    private int _start;
    private int _end;

    public bool IsEmpty => _start == _end;

    public ReadOnlySpan<byte> Unread => _octets.AsSpan(_start, _end - _start);

    /// <summary>Room to receive into: what was received is moved to the front, or to a larger array.</summary>
    public Memory<byte> Room()
    {
        _octets ??= ArrayPool<byte>.Shared.Rent(FirstSize);
        if (_end == _octets.Length)
        {
            Compact(_start > 0 ? _octets : ArrayPool<byte>.Shared.Rent(_octets.Length * 2));
        }

        return _octets.AsMemory(_end);
    }

    public void Received(int octets) => _end += octets;

    public void Consume(int octets) => _start += octets;

    /// <summary>Gives the array back when nothing is left in it.</summary>
    public void Trim()
    {
        if (IsEmpty)
        {
            Release();
        }
    }

    public void Release()
    {
        if (_octets is not null)
        {
            ArrayPool<byte>.Shared.Return(_octets);
        }

        (_octets, _start, _end) = (null, 0, 0);
    }

    private void Compact(byte[] into)
    {
        Unread.CopyTo(into);
        (_start, _end) = (0, _end - _start);
        if (into != _octets)
        {
            ArrayPool<byte>.Shared.Return(_octets!);
            _octets = into;
        }
    }
}
