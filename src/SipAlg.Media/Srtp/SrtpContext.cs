using System.Runtime.ConstrainedExecution;
using System.Security.Cryptography;

namespace SipAlg.Media.Srtp;

/// <summary>What became of a packet.</summary>
internal enum SrtpResult : byte
{
    Done,

    /// <summary>It is not of who has the key, or was changed on its way.</summary>
    NotAuthentic,

    /// <summary>It was there before, or is so old that nobody knows.</summary>
    Repeated,
}

/// <summary>Whoever has one direction's <see cref="SrtpState"/>: it is wiped with this. The relay thread's.</summary>
internal sealed unsafe class SrtpContext : CriticalFinalizerObject, IDisposable
{
    private readonly SrtpSources _others = new();

    /// <exception cref="CryptographicException">The system forbids the suite.</exception>
    public SrtpContext(SrtpKey key, long second) => State = SrtpState.New(key, _others, second);

    ~SrtpContext() => Free();

    public SrtpState* State { get; private set; }

    public int Sources => State->Sources;

    /// <inheritdoc cref="SrtpState.Growth"/>
    public int Growth => State->Growth;

    /// <summary>This key takes the place of another one.</summary>
    public void Follow(SrtpContext before)
    {
        if (before != this)
        {
            _others.Follow(before.State->Heard());
        }
    }

    /// <inheritdoc cref="SrtpState.Open"/>
    public SrtpResult Open(byte* packet, ref int octets, byte* scratch, long now) => State->Open(packet, ref octets, scratch, now);

    /// <inheritdoc cref="SrtpState.Seal"/>
    public SrtpResult Seal(byte* packet, ref int octets, byte* to) => State->Seal(packet, ref octets, to);

    /// <inheritdoc cref="SrtpState.OpenRtcp"/>
    public SrtpResult OpenRtcp(byte* packet, ref int octets, byte* scratch) => State->OpenRtcp(packet, ref octets, scratch);

    /// <inheritdoc cref="SrtpState.SealRtcp"/>
    public SrtpResult SealRtcp(byte* packet, ref int octets, byte* to) => State->SealRtcp(packet, ref octets, to);

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (State != null)
        {
            SrtpState.Free(State);
            State = null;
        }
    }
}
