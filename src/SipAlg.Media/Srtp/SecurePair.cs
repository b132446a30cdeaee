using System.Security.Cryptography;

namespace SipAlg.Media.Srtp;

/// <summary>The keys of one pair of ports, from the lane that orders them to the relay thread that uses them.</summary>
internal sealed class SecurePair
{
    private MediaKeys? _ordered;
    private MediaKeys _current = MediaKeys.Awaited;

    /// <summary>Of the current keys, at hand.</summary>
    private SrtpContext? _receives;
    private SrtpContext? _sends;

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

    /// <summary>Relay thread: that of what arrives, or of what leaves; null: there is no key yet, or the system forbids its suite.</summary>
    public SrtpContext? Context(bool sends, long second)
    {
        _ = Current(second);
        return sends ? _sends : _receives;
    }

    /// <summary>Relay thread: the ports close.</summary>
    public void End()
    {
        Interlocked.Exchange(ref _ordered, null)?.Release();
        (_receives, _sends) = (null, null);
        _current.Release();
        _current = MediaKeys.Awaited;
    }

    private void TakeOver(MediaKeys next, long second)
    {
        var before = _current;
        _current = next;
        (_receives, _sends) = (ContextOf(next.Receive, second), ContextOf(next.Send, second));
        if (before.Receive?.Context is { } old && next.Receive != before.Receive)
        {
            _receives?.Follow(old);
        }

        before.Release();
    }

    private static SrtpContext? ContextOf(SrtpKey? key, long second)
    {
        try
        {
            return key?.ContextFor(second);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
