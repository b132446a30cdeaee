using SipAlg.Calls.Registrations;

namespace SipAlg.State;

/// <summary>
/// A binding as the octets of one column, but for what a refresh changes: a column for each part would cost three times as much to write.
/// </summary>
internal sealed class BindingOctets : IDisposable
{
    private readonly MemoryStream _octets = new();
    private readonly BinaryWriter _writer;
    private readonly BinaryReader _reader;

    public BindingOctets() => (_writer, _reader) = (new BinaryWriter(_octets), new BinaryReader(_octets));

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
        return _octets.GetBuffer().AsSpan(0, (int)_octets.Length);
    }

    /// <returns>False: the way that it came by cannot be read, and without one a binding leads nowhere.</returns>
    public bool TryRead(ReadOnlySpan<byte> octets, long id, Refreshed to, out (BindingRecord Binding, FlowText Flow) read)
    {
        _octets.SetLength(0);
        _octets.Write(octets);
        _octets.Position = 0;
        var (aor, contact, callId) = (_reader.ReadString(), _reader.ReadString(), _reader.ReadString());
        var isFlow = FlowText.TryParse(_reader.ReadString(), out var flow);
        var binding = new BindingRecord(id, aor, contact, callId, to.CSeq, DateTimeOffset.FromUnixTimeMilliseconds(to.Expires), default,
            (BindingTraits)_reader.ReadInt32(), _reader.ReadInt32(), _reader.ReadString(), _reader.ReadUInt32(), _reader.ReadString(), _reader.ReadString())
        {
            Token = _reader.ReadUInt64(),
            Registrar = _reader.ReadString(),
            UpstreamExpires = DateTimeOffset.FromUnixTimeMilliseconds(_reader.ReadInt64()),
        };
        read = (binding, flow);
        return isFlow;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _reader.Dispose();
        _octets.Dispose();
    }
}
