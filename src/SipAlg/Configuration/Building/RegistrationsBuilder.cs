using System.Collections.Immutable;
using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Configuration.Options;

namespace SipAlg.Configuration.Building;

/// <summary>Turns what is written of a realm's registrations into their models.</summary>
internal static class RegistrationsBuilder
{
    /// <summary>For a realm whose phones register here. What is not written gives way to what is.</summary>
    public static RegistrarSettings Registrar(RegistrationsOptions? written)
    {
        var (usual, byDefault) = (written?.DefaultExpires?.Value, RegistrarSettings.Default);
        var least = written?.MinExpires?.Value ?? Least(byDefault.Least, usual ?? byDefault.Least, written?.MaxExpires?.Value ?? byDefault.Least);
        var most = written?.MaxExpires?.Value ?? Most(byDefault.Most, usual ?? least, least);
        return new RegistrarSettings(least, usual ?? Least(Most(byDefault.Usual, least), most), most)
        {
            ServiceRoute = written?.ServiceRoute is { } route ? Encoding.ASCII.GetBytes(string.Join(", ", route.Value.Select(proxy => $"<{proxy.Value};lr>"))) : default,
        };
    }

    private static TimeSpan Least(params ReadOnlySpan<TimeSpan> times) => TimeSpan.FromTicks(times.ToArray().Min(time => time.Ticks));

    private static TimeSpan Most(params ReadOnlySpan<TimeSpan> times) => TimeSpan.FromTicks(times.ToArray().Max(time => time.Ticks));

    /// <summary>For a realm whose phones register with a peer; null for any other.</summary>
    public static RelaySettings? Relay(RegistrationsOptions? written, ImmutableArray<Peer> peers) => written?.RelayTo is { } registrar
        ? new RelaySettings(peers.First(peer => peer.Name == registrar.Value),
            written.UpstreamExpires?.Value ?? RelaySettings.UsualUpstream, written.PhoneExpires?.Value ?? RelaySettings.UsualPhone)
        : null;
}
