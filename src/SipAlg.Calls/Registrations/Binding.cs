using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>What is special about a binding; kept over a restart.</summary>
[Flags]
public enum BindingTraits : byte
{
    None = 0,

    /// <summary>Its contact stands behind NAT: it is reached where its REGISTER came from.</summary>
    IsBehindNat = 1,

    /// <summary>It is one of an instance's flows (RFC 5626): reached by that flow alone.</summary>
    IsOutbound = 2,
}

/// <summary>
/// One contact of an address-of-record, for as long as it is registered (RFC 3261 §10). A slab's record: its texts lie in one
/// run of octets outside the collected heap.
/// </summary>
internal struct Binding
{
    /// <summary>Never used again; what a store knows it by.</summary>
    public long Id;

    /// <summary>The hash of the address-of-record; bindings of another one may share it.</summary>
    public ulong Key;

    /// <summary>The next slot with this key; −1: the last.</summary>
    public int Next;

    /// <summary>The next slot that is reached by the same connection; −1: the last.</summary>
    public int NextOnConnection;

    /// <summary>The slot before it there; −1: it is the first. A PBX has all its users on one connection, and any of them may go.</summary>
    public int PreviousOnConnection;

    /// <summary>Ends it.</summary>
    public TimerId Timer;

    /// <summary>Of a phone behind NAT.</summary>
    public KeepAliveState KeepAlive;

    /// <summary>Milliseconds on the lane's clock.</summary>
    public long Expires;

    /// <summary>When its device registered, in milliseconds since 1970: temporary GRUUs of an earlier registration stay invalid. 0: not known.</summary>
    public long Since;

    /// <summary>The way that its REGISTER came.</summary>
    public Flow Flow;

    /// <summary>In which it was registered; −1 before that is known.</summary>
    public int Realm;
    public uint CSeq;
    public uint RegId;
    public short Q;
    public BindingTraits Traits;
    public StoredOctets Texts;
    public BindingLengths Lengths;

    public readonly ReadOnlySpan<byte> Aor => Texts.Span[..Lengths.Aor];

    /// <summary>The URI as it was registered, parameters included.</summary>
    public readonly ReadOnlySpan<byte> Contact => Texts.Span.Slice(Lengths.Aor, Lengths.Contact);
    public readonly ReadOnlySpan<byte> CallId => Texts.Span.Slice(Lengths.Aor + Lengths.Contact, Lengths.CallId);

    /// <summary>The URN of "+sip.instance"; empty without one.</summary>
    public readonly ReadOnlySpan<byte> Instance => Texts.Span.Slice(Lengths.Aor + Lengths.Contact + Lengths.CallId, Lengths.Instance);

    /// <summary>The values of Path (RFC 3327), with commas; empty without any.</summary>
    public readonly ReadOnlySpan<byte> Path => Texts.Span.Slice(Lengths.Aor + Lengths.Contact + Lengths.CallId + Lengths.Instance, Lengths.Path);

    /// <summary>Whether it has these texts already.</summary>
    public readonly bool Holds(in BindingTexts texts) => Lengths == texts.Lengths && Contact.SequenceEqual(texts.Contact) && CallId.SequenceEqual(texts.CallId) &&
        Instance.SequenceEqual(texts.Instance) && Path.SequenceEqual(texts.Path) && Agent.SequenceEqual(texts.Agent);

    /// <summary>What its User-Agent said; empty if nothing.</summary>
    public readonly ReadOnlySpan<byte> Agent => Texts.Span[(Lengths.Aor + Lengths.Contact + Lengths.CallId + Lengths.Instance + Lengths.Path)..];
}

/// <summary>Where a binding's texts end, one behind the other.</summary>
internal readonly record struct BindingLengths(ushort Aor, ushort Contact, ushort CallId, ushort Instance, ushort Path);

/// <summary>The texts of a binding, as they come; the binding has copies.</summary>
internal readonly ref struct BindingTexts
{
    public ReadOnlySpan<byte> Aor { get; init; }
    public ReadOnlySpan<byte> Contact { get; init; }
    public ReadOnlySpan<byte> CallId { get; init; }
    public ReadOnlySpan<byte> Instance { get; init; }
    public ReadOnlySpan<byte> Path { get; init; }
    public ReadOnlySpan<byte> Agent { get; init; }

    public int Length => Aor.Length + Contact.Length + CallId.Length + Instance.Length + Path.Length + Agent.Length;

    public BindingLengths Lengths => new((ushort)Aor.Length, (ushort)Contact.Length, (ushort)CallId.Length, (ushort)Instance.Length, (ushort)Path.Length);

    /// <summary>Writes them one behind the other.</summary>
    public void CopyTo(Span<byte> room)
    {
        var at = 0;
        Append(room, ref at, Aor);
        Append(room, ref at, Contact);
        Append(room, ref at, CallId);
        Append(room, ref at, Instance);
        Append(room, ref at, Path);
        Append(room, ref at, Agent);
    }

    private static void Append(Span<byte> room, ref int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(room[at..]);
        at += text.Length;
    }
}
