using SipAlg.Calls.Registrations;

namespace SipAlg.State;

/// <summary>
/// A binding as the octets of one column, but for what a refresh changes: a column for each part would cost three times as much to write.
/// </summary>
internal sealed class BindingOctets : IDisposable
{
    private readonly MemoryStream _octets = new();
    private readonly BinaryWriter _writer;

    public BindingOctets() => _writer = new BinaryWriter(_octets);

    /// <summary>Good until the next call.</summary>
    /// <param name="realm">Of its flow.</param>
    public ReadOnlySpan<byte> Of(BindingRecord binding, string realm)
    {
        _octets.SetLength(0);
        _writer.Write(binding.Aor);
        _writer.Write(binding.Contact);
        _writer.Write(binding.CallId);
        _writer.Write(new FlowText(realm, binding.Flow.Transport, binding.Flow.Local, binding.Flow.Remote).ToString());
        _writer.Write((int)binding.Traits);
        _writer.Write(binding.Q);
        _writer.Write(binding.Instance);
        _writer.Write(binding.RegId);
        _writer.Write(binding.Path);
        _writer.Write(binding.Agent);
        _writer.Write(binding.Token);
        _writer.Write(binding.Registrar);
        _writer.Write(binding.UpstreamExpires.ToUnixTimeMilliseconds());
        _writer.Write(binding.Since);
        return _octets.GetBuffer().AsSpan(0, (int)_octets.Length);
    }

    /// <param name="listeners">To find the one that it came by.</param>
    /// <param name="octets">What was kept; the texts of the binding are in them.</param>
    /// <param name="id">Its number.</param>
    /// <param name="to">Its last refresh.</param>
    /// <param name="binding">What was read.</param>
    /// <returns>False: there is no such listener, and without one a binding leads nowhere; or these are not the octets of a binding.</returns>
    public static bool TryRead(KeptListeners listeners, ReadOnlySpan<byte> octets, long id, Refreshed to, out KeptBinding binding)
    {
        var reader = new OctetReader(octets);
        var aor = reader.Text();
        var contact = reader.Text();
        var callId = reader.Text();
        binding = default;
        if (!listeners.TryFlow(reader.Text(), out var flow))
        {
            return false;
        }

        binding = new KeptBinding
        {
            Id = id,
            Aor = aor,
            Contact = contact,
            CallId = callId,
            CSeq = to.CSeq,
            Expires = DateTimeOffset.FromUnixTimeMilliseconds(to.Expires),
            Flow = flow,
            Traits = (BindingTraits)reader.Integer(),
            Q = reader.Integer(),
            Instance = reader.Text(),
            RegId = (uint)reader.Integer(),
            Path = reader.Text(),
            Agent = reader.Text(),
            Token = (ulong)reader.Long(),
            Registrar = reader.Text(),
            UpstreamExpires = DateTimeOffset.FromUnixTimeMilliseconds(reader.Long()),

            // Earlier versions ended before it.
            Since = reader.IsAtEnd ? 0 : reader.Long(),
        };
        return !reader.IsBroken;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _octets.Dispose();
    }
}
