using System.Security.Cryptography;

namespace SipAlg.Media.Srtp;

/// <summary>The keys of one pair of ports, from the lane that orders them to the relay thread that uses them.</summary>
internal sealed class SecurePair
{
    private MediaKeys? _ordered;
    private MediaKeys _current = MediaKeys.Awaited;

    /// <summary>Lane: other keys, or the same ones, from now on; those that were not taken over yet never are.</summary>
    public void Order(MediaKeys? keys)
    {
        var wanted = keys is not null && keys.TryUse() ? keys : MediaKeys.Awaited;
        Interlocked.Exchange(ref _ordered, wanted)?.Release();
    }

    /// <summary>Relay thread: what holds.</summary>
    /// <param name="second">Timestamps a second.</param>
    public MediaKeys Current(long second)
    {
        if (Volatile.Read(ref _ordered) is not null && Interlocked.Exchange(ref _ordered, null) is { } next)
        {
            TakeOver(next, second);
        }

        return _current;
    }

    /// <summary>Relay thread: the ports close.</summary>
    public void End()
    {
        Interlocked.Exchange(ref _ordered, null)?.Release();
        _current.Release();
        _current = MediaKeys.Awaited;
    }

    private void TakeOver(MediaKeys next, long second)
    {
        var before = _current;
        _current = next;
        try
        {
            if (before.Receive?.Context is { } old && next.Receive is { } receive && receive != before.Receive)
            {
                receive.ContextFor(second).Follow(old);
            }
        }
        catch (CryptographicException)
        {
            // The first packet meets it again, and is refused.
        }

        before.Release();
    }
}
