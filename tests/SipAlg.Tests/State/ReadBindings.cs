using System.Text;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.State;

namespace SipAlg.Tests.State;

/// <summary>What a file of bindings has, in their order.</summary>
internal static class ReadBindings
{
    /// <summary>Those that the flows of tests came by, or listeners like them.</summary>
    private static readonly KeptListeners Listeners = new([new ListenerOptions("phones", 0, Transport.Udp, IpEndpoint.Parse("10.0.0.1:5060")), new ListenerOptions("phones", 0, Transport.Tcp, IpEndpoint.Parse("10.0.0.1:5060"))], _ => true, (_, _) => default);

    public static IReadOnlyList<BindingRecord> All(this BindingRows rows, DateTimeOffset now)
    {
        var read = new List<BindingRecord>();
        rows.Read(now, Listeners, (in KeptBinding binding) => read.Add(Record(binding)));
        return [.. read.OrderBy(binding => binding.Id)];
    }

    private static BindingRecord Record(in KeptBinding kept) => new(
        kept.Id, Encoding.UTF8.GetString(kept.Aor), Encoding.UTF8.GetString(kept.Contact), Encoding.UTF8.GetString(kept.CallId), kept.CSeq, kept.Expires, kept.Flow, kept.Traits,
        kept.Q, Encoding.UTF8.GetString(kept.Instance), kept.RegId, Encoding.UTF8.GetString(kept.Path), Encoding.UTF8.GetString(kept.Agent))
    {
        Token = kept.Token,
        Registrar = Encoding.UTF8.GetString(kept.Registrar),
        UpstreamExpires = kept.UpstreamExpires,
        Since = kept.Since,
    };
}
