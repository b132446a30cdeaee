using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Registrations;

/// <summary>
/// A binding as it was kept before the start, for it to be taken over; what its parts are stands at <see cref="BindingRecord"/>. Its texts
/// are UTF-8, where they were read: 200,000 are taken over without a string for any of them.
/// </summary>
public readonly ref struct KeptBinding
{
    public required long Id { get; init; }
    public required ReadOnlySpan<byte> Aor { get; init; }
    public required ReadOnlySpan<byte> Contact { get; init; }
    public required ReadOnlySpan<byte> CallId { get; init; }
    public required uint CSeq { get; init; }
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Of a listener of this run; its connection, if it had one, is gone.</summary>
    public required Flow Flow { get; init; }
    public required BindingTraits Traits { get; init; }
    public required int Q { get; init; }
    public ReadOnlySpan<byte> Instance { get; init; }
    public uint RegId { get; init; }
    public ReadOnlySpan<byte> Path { get; init; }
    public ReadOnlySpan<byte> Agent { get; init; }
    public ulong Token { get; init; }
    public ReadOnlySpan<byte> Registrar { get; init; }
    public DateTimeOffset UpstreamExpires { get; init; }
    public long Since { get; init; }

    internal BindingTexts Texts => new() { Aor = Aor, Contact = Contact, CallId = CallId, Instance = Instance, Path = Path, Agent = Agent };
}
