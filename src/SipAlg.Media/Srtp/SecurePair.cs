using System.Security.Cryptography;

namespace SipAlg.Media.Srtp;

/// <summary>What the packets of one pair of ports are decrypted and encrypted with, at hand.</summary>
internal unsafe struct PairKeys
{
    /// <summary>Of what arrives; null: there is no key yet, or the system forbids its suite.</summary>
    public SrtpState* Receives;

    /// <summary>Of what leaves.</summary>
    public SrtpState* Sends;

    /// <summary>Where their ciphers are, to be fetched ahead together with them.</summary>
    public void* ReceivingCipher;
    public void* SendingCipher;
}

/// <summary>The keys of one pair of ports, from the lane that orders them to the relay thread that uses them.</summary>
internal sealed unsafe class SecurePair
{
    private MediaKeys? _ordered;
    private MediaKeys _current = MediaKeys.Awaited;

    /// <summary>Lane: other keys, or the same ones, from now on; those that were not taken over yet never are.</summary>
    public void Order(MediaKeys? keys)
    {
        var wanted = keys is not null && keys.TryUse() ? keys : MediaKeys.Awaited;
        Interlocked.Exchange(ref _ordered, wanted)?.Release();
    }

    /// <summary>Relay thread: what was ordered holds from now on.</summary>
    /// <param name="second">Timestamps a second.</param>
    /// <param name="keys">Of the pair; those that they were are not to be used any more.</param>
    public void TakeOver(long second, ref PairKeys keys)
    {
        if (Volatile.Read(ref _ordered) is null || Interlocked.Exchange(ref _ordered, null) is not { } next)
        {
            return;
        }

        var before = _current;
        _current = next;
        var (receives, sends) = (ContextOf(next.Receive, second), ContextOf(next.Send, second));
        if (before.Receive?.Context is { } old && next.Receive != before.Receive)
        {
            receives?.Follow(old);
        }

        keys = new PairKeys { Receives = receives is null ? null : receives.State, Sends = sends is null ? null : sends.State };
        keys.ReceivingCipher = keys.Receives == null ? null : keys.Receives->Cipher;
        keys.SendingCipher = keys.Sends == null ? null : keys.Sends->Cipher;
        before.Release();
    }

    /// <summary>Relay thread: the ports are closed.</summary>
    public void End(ref PairKeys keys)
    {
        keys = default;
        Interlocked.Exchange(ref _ordered, null)?.Release();
        _current.Release();
        _current = MediaKeys.Awaited;
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
