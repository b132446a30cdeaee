using System.Collections.Immutable;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Reloading;

/// <summary>Where the keys stand that only a start, or the system, lets take effect.</summary>
/// <param name="file">Its beginning, for what is not written any more.</param>
internal sealed class FixedPlaces(SourcePosition file, ImmutableDictionary<string, SourcePosition> places)
{
    /// <summary>Of <c>admin</c>, or <c>realms.phones.listen</c>; where it is not written, of what it would stand in.</summary>
    public SourcePosition Of(string key)
    {
        for (var path = key; path.Length > 0; path = path[..Math.Max(path.LastIndexOf('.'), 0)])
        {
            if (places.TryGetValue(path, out var at))
            {
                return at;
            }
        }

        return file;
    }

    public static FixedPlaces Of(GatewayOptions options)
    {
        var places = ImmutableDictionary.CreateBuilder<string, SourcePosition>(StringComparer.Ordinal);
        void Add(string key, SourcePosition? at)
        {
            if (at is { } known)
            {
                places[key] = known;
            }
        }

        Add("admin", options.Admin?.At);
        Add("media.fast_path", options.Media?.FastPath?.At);
        Add("media.sockets", options.Media?.Sockets?.At);
        Add("media.relay_priority", options.Media?.Priority?.At);
        Add("sip.t1", options.Sip?.T1?.At);
        Add("sip.lanes", options.Sip?.Lanes?.At);
        Add("sip.separate_strangers", options.Sip?.SeparateStrangers?.At);
        Add("sip.dns", options.Sip?.Dns is { Count: > 0 } servers ? servers[0].At : null);
        Add("state.folder", options.State?.Folder?.At);
        Add("trace.memory", options.Trace?.Memory?.At);
        Add("bans.nftables", options.Bans?.InKernel?.At);
        Add("logging.format", options.Logging?.Format?.At);
        foreach (var realm in options.Realms)
        {
            Add($"realms.{realm.Name}", realm.At);
            Add($"realms.{realm.Name}.listen", realm.Value.Listen?.At);
            foreach (var listen in realm.Value.Listen?.Value ?? [])
            {
                Add($"realms.{realm.Name}.listen.{listen.Value}", listen.At);
            }

            Add($"realms.{realm.Name}.domain", realm.Value.Domain?.At);
            Add($"realms.{realm.Name}.registrations", realm.Value.Registrations?.RelayTo?.At);
        }

        return new FixedPlaces(options.At, places.ToImmutable());
    }
}
